"""The example DAGs on a real Airflow 2, task after task in one process: tests/e2e/airflow runs them on Airflow 3, as people do."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.real.installation import installed
from mwaa_sandbox.process import clean_environment

VERSION = "2.11.2"
DAGS = Path(__file__).parents[3] / "examples" / "dags"
SECONDS = 300
RUN_THEM = """
import json
import sys

from airflow.models import DagBag

bag = DagBag(sys.argv[1], include_examples=False)
assert not bag.import_errors, bag.import_errors
told = {}
for dag_id, (conf, task) in json.loads(sys.argv[2]).items():
    run = bag.get_dag(dag_id).test(run_conf=conf)
    told[dag_id] = [run.state, run.get_task_instance(task).xcom_pull(task_ids=task)]
print("\\n" + json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.timeout(900 + SECONDS)  # where Airflow is not cached it has to be installed
def test_each_dag_runs_to_success_on_airflow_2(simulated_aws, tmp_path):
    airflow = installed(VERSION, progress=print)
    assert airflow.version == VERSION
    shutil.copyfile(airflow.database, tmp_path / "airflow.db")
    s3 = simulated_aws.client("s3")
    bucket = f"airflow-{simulated_aws.account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="orders.csv", Body=b"one\ntwo\n")
    runs = {
        "etl": ({"day": "2026-11-22"}, "load"),
        "mapping": ({"words": ["sensor", "hook"]}, "add_up"),
        "operators": ({"number": 7}, "odd"),
        "wait_for_file": ({"bucket": bucket, "key": "orders.csv"}, "count_lines"),
    }
    assert {path.stem for path in DAGS.glob("*.py")} == set(runs)

    done = subprocess.run(
        [airflow.python, "-c", RUN_THEM, DAGS, json.dumps(runs)],
        env=clean_environment(
            AIRFLOW_HOME=str(tmp_path),
            AIRFLOW__CORE__LOAD_EXAMPLES="False",
            AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{tmp_path / 'airflow.db'}",
            PYTHONDONTWRITEBYTECODE="1",
            **simulated_aws.environment(),
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "etl": ["success", {"day": "2026-11-22", "orders": 3, "total": 245}],
        "mapping": ["success", 10],
        "operators": ["success", "7 is odd, its square is 49"],
        "wait_for_file": ["success", 2],
    }
