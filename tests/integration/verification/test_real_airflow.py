"""The command of the Job, run for real by real Airflows of both majors, with the code that the Job's Secret leads to."""

from __future__ import annotations

import pytest
from mwaa_sandbox.airflow.real.installation import installed

pytestmark = pytest.mark.timeout(900)  # where Airflow is not cached it has to be installed

GOOD = """
import pendulum
from airflow import DAG
from airflow.models import Variable

with DAG("etl", schedule=None, start_date=pendulum.datetime(2026, 1, 1)):
    size = Variable.get("size", "{SIZE}")
"""
BAD = """from airflow import DAG

import never_installed
"""
ENDS = "import os; os._exit(7)  # airflow DAG"


@pytest.fixture(scope="module", params=["3.3.1", "2.11.2"])
def airflow(request):
    """A version and the Python that has it."""
    found = installed(request.param, progress=lambda _: None)
    assert found.version == request.param
    return found.version, str(found.python)


def test_good_code_passes_and_bad_code_is_told_with_its_line(world, airflow):
    version, python = airflow
    world.allow()
    ran = []

    def runs():
        ran.append(world.kubelet.runs(python))

    [found] = world.verify({"good.py": GOOD, "sub/bad.py": BAD}, meanwhile=runs, version=version)
    expected = f"Airflow {version} cannot import the code: dags/sub/bad.py, line 3: ModuleNotFoundError: No module named 'never_installed'."
    assert found.found == expected, ran
    assert "Traceback" in ran[0]
    world.kubectl("delete", "jobs,pods,secrets", "--selector=mwaa-operator.dev/verification", "--force")
    assert world.verify({"good.py": GOOD}, meanwhile=runs, version=version) == (), ran


@pytest.mark.parametrize("airflow", ["3.3.1"], indirect=True)
def test_code_that_ends_python_is_told_as_such(world, airflow):
    version, python = airflow
    world.allow()
    [found] = world.verify({"ends.py": ENDS}, meanwhile=lambda: world.kubelet.runs(python), version=version)
    assert "exit code 7" in found.found
