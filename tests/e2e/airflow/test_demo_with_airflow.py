"""The demo with a real Airflow, as the command itself: from an empty account to the result of a DAG in the status of an object."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from mwaa_sandbox.airflow.real.packages import package_sources
from mwaa_sandbox.browser import find_chromium

SECONDS = 600


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 60)
def test_demo_goes_from_nothing_to_the_result_of_a_dag_and_into_the_ui(environment, command, traces, tmp_path):
    picture = tmp_path / "airflow.png"
    more = ["--screenshot", str(picture)] if find_chromium() else []

    done = subprocess.run(
        [*command, "--airflow", "--no-keep", *more],
        env={**package_sources(os.environ), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    milestones = [
        "The AWS account is empty",
        "configmap/example-dags created",
        "$ kubectl apply -n data -f with-dags.yaml",
        "holds 4 DAG files as the sources have them",
        "with-dags is AVAILABLE",
        "$ kubectl apply -n data -f dag-run.yaml",
        "The run is success",
        'value: \'{"day": "2026-11-22", "orders": 3, "total": 245}\'',
        "$ kubectl mwaa login with-dags -n data --print",
        *(["Chromium has logged in"] if more else []),
        "Bucket airflow-with-dags, which is kept, and nothing else",
        "Done.",
    ]
    assert re.search(".*".join(map(re.escape, milestones)), done.stdout, re.DOTALL), done.stdout
    assert (traces.processes(), traces.files()) == ({}, [])
    if more:
        assert picture.read_bytes().startswith(b"\x89PNG")
