"""Code from ConfigMaps and from the spec itself gets into the bucket, and from there to the environment."""

from __future__ import annotations

import base64
import hashlib

import pytest

pytestmark = pytest.mark.slow

DAG = "import airflow\n"
BYTES = b"\x00\xff\n"
BROKEN = "def broken(:\n"


def dags_of(name):
    return {"dags": [{"configMap": {"name": name}}]}


def test_a_changed_dag_gets_into_the_bucket_without_an_update_and_one_that_left_is_removed(world, name):
    world.put_config_map(name, a_py=DAG, b_py=DAG)
    made = world.coded(name, artifacts=dags_of(name)).apply()
    made.wait_settled()
    made.wait_files("dags/a.py", "dags/b.py")
    status = made.status()["artifacts"]["dags"]
    assert (status["files"], len(status["revisions"])) == (2, 1)

    changed = world.config_map(name, a_py=f"{DAG}# changed\n")
    made.apply_with({**changed, "binaryData": {"model.bin": base64.b64encode(BYTES).decode()}})
    made.wait_file("dags/a.py", f"{DAG}# changed\n")
    made.wait_files("dags/a.py", "dags/model.bin")
    assert world.client("s3").get_object(Bucket=made.bucket, Key="dags/model.bin")["Body"].read() == BYTES
    made.wait_settled()
    assert made.updates() == []
    assert made.versions("dags/a.py") == (2, 0)
    assert made.versions("dags/b.py") == (1, 1)


def test_the_environment_is_created_with_the_versions_that_were_put_there(world, name):
    made = world.coded(
        name,
        artifacts={"requirements": {"configMap": {"name": name, "key": "requirements.txt"}}},
    ).apply()
    message = made.wait_code("SourceNotFound")
    assert name in message
    assert not made.is_in_aws()
    world.put_config_map(name, requirements_txt="pandas==2.2.3\n")
    made.wait_settled()
    pin = made.status()["artifacts"]["requirements"]
    assert pin["sha256"] == hashlib.sha256(b"pandas==2.2.3\n").hexdigest()
    settings = made.in_aws()["settings"]
    assert (settings["RequirementsS3Path"], settings["RequirementsS3ObjectVersion"]) == (
        "requirements.txt",
        pin["versionId"],
    )
    assert made.read("requirements.txt", pin["versionId"]) == "pandas==2.2.3\n"


def test_changes_of_several_files_and_of_fields_are_one_update(world, name):
    world.put_config_map(name, requirements_txt="pandas==2.2.3\n")
    made = world.coded(
        name,
        artifacts={
            "requirements": {"configMap": {"name": name, "key": "requirements.txt"}},
            "startupScript": {"inline": "echo one\n"},
        },
        allow={"UpdateEnvironment": 1},
    ).apply()
    made.wait_settled()
    before = made.status()["artifacts"]
    made.apply_with(
        world.config_map(name, requirements_txt="pandas==2.3.0\n"),
        maxWorkers=7,
        artifacts={**made.spec["artifacts"], "startupScript": {"inline": "echo two\n"}},
    )
    world.until(lambda: made.in_aws()["settings"].get("MaxWorkers") == 7, "update")
    made.wait_settled()
    after = made.status()["artifacts"]
    assert before["requirements"]["versionId"] != after["requirements"]["versionId"]
    assert made.updates() == [
        {
            "MaxWorkers": 7,
            "RequirementsS3Path": "requirements.txt",
            "RequirementsS3ObjectVersion": after["requirements"]["versionId"],
            "StartupScriptS3Path": "startup.sh",
            "StartupScriptS3ObjectVersion": after["startupScript"]["versionId"],
        }
    ]


def test_going_back_to_an_earlier_requirement_puts_nothing_and_names_the_old_version(world, name):
    made = world.coded(name, artifacts={"requirements": {"inline": "one\n"}}, allow={"UpdateEnvironment": 2}).apply()
    made.wait_settled()
    first = made.status()["artifacts"]["requirements"]["versionId"]
    made.artifacts(requirements={"inline": "two\n"})
    world.until(lambda: made.in_aws()["settings"]["RequirementsS3ObjectVersion"] != first, "update")
    made.wait_settled()
    made.artifacts(requirements={"inline": "one\n"})
    world.until(lambda: made.in_aws()["settings"]["RequirementsS3ObjectVersion"] == first, "update back")
    made.wait_settled()
    assert made.versions("requirements.txt") == (2, 0)


def test_a_failing_check_keeps_the_old_code_and_says_so(world, name):
    world.put_config_map(name, a_py=DAG)
    made = world.coded(name, artifacts=dags_of(name)).apply()
    made.wait_settled()
    world.put_config_map(name, a_py=BROKEN, b_py=DAG)
    message = made.wait_code("ChecksFailed")
    assert "dags/a.py, line 1" in message
    assert made.condition("Ready")["status"] == "True"
    assert made.read("dags/a.py") == DAG
    made.wait_files("dags/a.py")
    world.put_config_map(name, a_py=DAG, b_py=DAG)
    made.wait_files("dags/a.py", "dags/b.py")
    made.wait_settled()


def test_somebody_elses_file_is_neither_overwritten_nor_removed(world, name):
    world.put_config_map(name, a_py=DAG, mine_py="mine = 1\n")
    made = world.coded(name, artifacts=dags_of(name))
    made.put("dags/a.py", "theirs = 1\n")
    made.put("dags/other.py", "theirs = 2\n")
    made.others |= {"dags/a.py", "dags/other.py"}
    made.apply()
    message = made.wait_code("FileNotOurs")
    assert "dags/a.py" in message
    made.wait_files("dags/mine.py")
    world.put_config_map(name, a_py=DAG)
    made.wait_files()
    assert (made.read("dags/a.py"), made.read("dags/other.py")) == ("theirs = 1\n", "theirs = 2\n")
    made.delete()


def test_the_files_stay_when_the_object_goes_and_belong_to_one_that_is_made_anew(world, name):
    world.put_config_map(name, a_py=DAG, b_py=DAG)
    made = world.coded(name, artifacts=dags_of(name), allow={"CreateEnvironment": 2, "DeleteEnvironment": 2}).apply()
    made.wait_settled()
    made.delete()
    made.wait_files("dags/a.py", "dags/b.py")
    world.put_config_map(name, a_py="again = 1\n")
    made.apply()
    made.wait_files("dags/a.py")
    made.wait_file("dags/a.py", "again = 1\n")
    made.wait_settled()


def test_nothing_is_put_while_the_object_is_paused_or_only_observed(world, name):
    world.put_config_map(name, a_py=DAG)
    made = world.coded(name, artifacts=dags_of(name)).apply()
    made.wait_settled()
    made.annotate("paused", "true")
    made.wait_reason("Synced", "Paused")
    made.apply(policies={"management": "Observe"})
    world.put_config_map(name, a_py=f"{DAG}# changed\n")
    made.annotate("paused", None)
    made.wait_reason("Ready", "Observing")
    assert made.versions("dags/a.py") == (1, 0)
    made.apply(policies=None)
    made.wait_file("dags/a.py", f"{DAG}# changed\n")
    made.wait_settled()


def test_a_source_that_is_gone_keeps_the_code_that_it_had(world, name):
    world.put_config_map(name, a_py=DAG)
    made = world.coded(name, artifacts=dags_of(name)).apply()
    made.wait_settled()
    world.kubectl("delete", f"configmap/{name}")
    message = made.wait_code("SourceNotFound")
    assert name in message
    assert made.condition("Ready")["status"] == "True"
    made.wait_files("dags/a.py")
    world.put_config_map(name, b_py=DAG)
    made.wait_files("dags/b.py")
    made.wait_settled()


def test_code_that_the_spec_names_no_longer_stays_and_is_said_to_be_yours(world, name):
    world.put_config_map(name, a_py=DAG)
    made = world.coded(name, artifacts={**dags_of(name), "requirements": {"inline": "one\n"}}).apply()
    made.wait_settled()
    made.apply(artifacts=None)
    world.until(lambda: "artifacts" not in made.status(), "forget the code")
    assert "is yours" in made.condition("ArtifactsReady")["message"]
    made.wait_files("dags/a.py", "requirements.txt")
    assert made.in_aws()["settings"]["RequirementsS3Path"] == "requirements.txt"
    assert made.updates() == []


def test_a_new_version_of_a_file_that_somebody_else_uploads_is_followed_at_one_call_a_look(world, name):
    made = world.coded(name, artifacts=None, requirementsS3Path="r.txt", allow={"UpdateEnvironment": 1})
    made.put("r.txt", "one\n")
    made.apply()
    made.wait_ready()
    second = made.put("r.txt", "two\n")
    since = world.aws.admin.calls(account=world.account)[-1].sequence
    made.request_reconcile()
    world.until(lambda: made.updates() != [], "follow the file")
    assert made.updates() == [{"RequirementsS3Path": "r.txt", "RequirementsS3ObjectVersion": second}]
    made.wait_for("condition=Synced")
    calls = world.aws.admin.calls(account=world.account, since=since)
    heads = [
        call for call in calls if call.operation == "HeadObject" and dict(call.parameters).get("Bucket") == made.bucket
    ]
    # Each look costs one; the checks before the update make one more.
    assert len(made.calls("GetEnvironment")) >= len(heads) - 1 > 0
