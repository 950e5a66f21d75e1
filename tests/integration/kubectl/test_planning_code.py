"""`plan` and `doctor` of specs with artifacts, whose files are still to be put into the bucket, or are there."""

from __future__ import annotations

import pytest

DAGS = {"dags": [{"git": {"url": "https://git.example.com/team/dags.git", "ref": "main"}}]}
REQUIREMENTS = {"requirements": {"inline": "pandas==2.2.3\n"}}
PUBLIC = {"webserverAccessMode": "PUBLIC_ONLY"}


def values(told):
    return {change["field"]: change.get("to") for change in told["plan"]["changes"]}


@pytest.fixture(scope="module")
def coded(world):
    """An environment whose requirements come from its spec."""
    world.apply("coded", ready=True, artifacts=REQUIREMENTS, **PUBLIC)
    return "coded"


def test_plan_without_aws_names_the_files_that_will_be_there(world, told):
    file = world.manifest("to-come", artifacts={**DAGS, **REQUIREMENTS}, **PUBLIC)
    found = told("plan", "--offline", "-f", file, code=2)
    assert values(found)["requirementsS3Path"] == "requirements.txt"
    assert "Artifacts" in [part["kind"] for part in found["parts"]]


def test_plan_of_what_is_not_there_yet_tells_that_code_comes_first(world, told):
    file = world.manifest("to-come", artifacts={**DAGS, **REQUIREMENTS}, dagS3Path="nothing-here", **PUBLIC)
    found = told("plan", "-f", file, code=2)
    assert found["action"] == "Create"
    [part] = [part for part in found["parts"] if part["kind"] == "Artifacts"]
    assert not part["ready"]
    assert any("artifacts" in each for each in found["notes"])
    assert not [one for one in found["findings"] if one["verdict"] == "Error"]


def test_doctor_misses_no_folder_that_artifacts_fills(world, told):
    checks = {}
    for name, more in {"with": {"artifacts": DAGS}, "without": {}}.items():
        file = world.manifest(name, dagS3Path="nothing-here", **PUBLIC, **more)
        found = told("doctor", "-f", file, code=0 if more else 2)
        checks[name] = {check["check"]: check["verdict"] for check in found["checks"]}
    assert (checks["with"]["DagFolderExists"], checks["without"]["DagFolderExists"]) == ("Ok", "Error")


def test_plan_of_what_is_there_has_nothing_to_do(mwaa, coded):
    assert "Nothing to do" in mwaa("plan", coded).stdout


def test_plan_of_another_field_leaves_the_files_as_they_are(world, told, coded):
    file = world.manifest(coded, artifacts=REQUIREMENTS, maxWorkers=7, **PUBLIC)
    found = told("plan", "-f", file, code=2)
    assert set(values(found)) == {"maxWorkers"}
    assert [part["kind"] for part in found["parts"] if not part["ready"]] == []


def test_doctor_looks_at_the_file_that_was_put_there(told, coded):
    checks = {check["check"]: check["verdict"] for check in told("doctor", coded)["checks"]}
    assert checks["FilesExist"] == "Ok"
