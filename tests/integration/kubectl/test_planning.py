"""`plan` and `doctor`: what would happen, as the operator itself decides it, and whether it would go well."""

from __future__ import annotations

from pathlib import Path

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION

MANUAL = {"update": {"approval": "Manual"}}


@pytest.fixture(scope="module")
def planned(world):
    """An environment whose updates wait for approval."""
    world.apply("planned", ready=True, maxWorkers=5, policies=MANUAL)
    return "planned"


def edit(world, name, **spec):
    """Apply another spec, and wait until the operator has looked at it; gives the plan in the status."""
    world.apply(name, **spec)
    generation = world.get(name)["metadata"]["generation"]
    world.wait(name, f"jsonpath={{.status.observedGeneration}}={generation}")
    return world.get(name)["status"].get("plan")


def without_hash(plan):
    return {key: value for key, value in plan.items() if key not in {"hash", "waitingFor"}}


def test_nothing_to_do_is_exit_code_0(mwaa, planned):
    assert "Nothing to do" in mwaa("plan", planned).stdout


def test_plan_of_a_file_is_the_one_that_the_operator_makes_of_it_then(world, told, planned):
    other = {"maxWorkers": 9, "airflowConfigurationOptions": {"core.parallelism": "40"}}
    file = world.manifest(planned, **other, policies=MANUAL)
    before = told("plan", "-f", file, code=2)
    after = edit(world, planned, **other, policies=MANUAL)
    assert {change["field"] for change in before["plan"]["changes"]} == {
        "maxWorkers",
        "airflowConfigurationOptions.core.parallelism",
    }
    assert without_hash(before["plan"]) == without_hash(after)
    # Of an object that the operator has planned for, the hash is known as well.
    assert told("plan", planned, code=2)["plan"] == after
    edit(world, planned, maxWorkers=5, policies=MANUAL)


def test_plan_changes_nothing(world, mwaa, planned):
    already = world.aws.admin.calls(service="airflow", account=world.account, environment=planned)
    mwaa("plan", "-f", world.manifest(planned, maxWorkers=8, policies=MANUAL), code=2)
    more = world.aws.admin.calls(service="airflow", account=world.account, environment=planned)[len(already) :]
    # The operator asks Airflow how it is, whatever people do.
    assert {call.operation for call in more} <= {"GetEnvironment", "InvokeRestApi", "CreateWebLoginToken"}
    assert world.get(planned)["spec"]["maxWorkers"] == 5


def test_file_is_planned_without_a_cluster(world, told, planned):
    file = world.manifest(planned, maxWorkers=7)
    found = told("plan", "-f", file, code=2, cluster=False)
    assert (found["basis"], found["action"]) == ("Aws", "Update")
    assert [change["field"] for change in found["plan"]["changes"]] == ["maxWorkers"]
    assert any("not in any cluster" in note for note in found["notes"])


def test_file_that_asks_for_what_there_is_needs_nothing_even_without_a_cluster(world, told, planned):
    assert told("plan", "-f", world.manifest(planned, maxWorkers=5), cluster=False)["standing"] == "settled"


def test_file_is_planned_as_a_create_without_cluster_and_aws(world, told):
    file = world.manifest("new", airflowConfigurationOptions={"smtp.smtp_password": "hunter2"})
    found = told("plan", "-f", file, code=2, cluster=False, aws=False)
    assert (found["basis"], found["action"], found["calls"]) == ("Spec", "Create", ["CreateEnvironment"])
    assert found["plan"]["estimatedMinutes"] == 25
    assert "hunter2" not in str(found)
    assert told("plan", "-f", file, "--offline", code=2)["plan"] == found["plan"]


def test_plan_of_an_object_without_aws_credentials_is_that_of_the_status(told, planned):
    found = told("plan", planned, aws=False)
    assert (found["basis"], found["standing"]) == ("Status", "settled")


def test_spec_that_cannot_be_read_is_told_by_field_and_without_its_values(world, mwaa):
    file = world.manifest("wrong", minWorkers=9, maxWorkers=3, airflowConfigurationOptions={"smtp.smtp_password": 4711})
    said = mwaa("plan", "-f", file, "--offline", code=1).stderr
    assert "airflowConfigurationOptions" in said
    assert "4711" not in said


def test_file_is_taken_from_standard_input(world, mwaa):
    written = Path(world.manifest("piped")).read_text(encoding="utf-8")
    assert "Create" in mwaa("plan", "-f", "-", "--offline", code=2, stdin=written).stdout


def test_plan_that_a_check_stops_is_exit_code_1_with_what_was_found(world, mwaa):
    file = world.manifest("stopped", executionRoleArn=f"arn:aws:iam::{world.account}:role/none")
    printed = mwaa("plan", "-f", file, code=1).stdout
    assert "Create: cannot go on" in printed
    assert "RoleExists" in printed


def test_plan_names_what_is_made_before_the_environment(world, told):
    spec = {
        "sourceBucketArn": None,
        "provision": {"bucket": {"name": f"airflow-new-{world.account}"}, "logRetentionDays": 30},
    }
    found = told("plan", "-f", world.manifest("provided", **spec), code=2)
    assert found["action"] == "Create"
    assert found["parts"][0]["kind"] == "Bucket"
    assert "CreateBucket" in found["parts"][0]["calls"]


def test_drift_that_is_only_reported_is_no_update(world, told):
    world.apply("drifting", ready=True, maxWorkers=5, policies={"drift": "Report"})
    world.aws.admin.patch_environment(world.account, DEFAULT_REGION, "drifting", MaxWorkers=3)
    found = told("plan", "drifting", code=2)
    assert (found["reason"], found["calls"], found["driftedFields"]) == ("Drifted", [], ["maxWorkers"])


def test_other_credentials_than_those_of_the_account_plan_nothing(world, planned):
    elsewhere = world.aws.environment(account="111122223333")
    said = world.mwaa("plan", "-f", world.manifest(planned), f"-n{world.namespace}", code=1, **elsewhere).stderr
    assert f"in the AWS account {world.account}, and your credentials are for 111122223333" in said


def test_doctor_shows_every_check_and_finds_nothing_wrong(told, planned):
    found = told("doctor", planned)
    verdicts = {check["verdict"] for check in found["checks"]}
    assert found["errors"] == 0
    assert found["passed"] > 40
    assert "Ok" in verdicts
    assert "Error" not in verdicts


def test_doctor_finds_a_role_that_is_not_there(world, mwaa, told):
    file = world.manifest("sick", executionRoleArn=f"arn:aws:iam::{world.account}:role/none")
    assert "There is no role" in mwaa("doctor", "-f", file, "--quiet", code=2).stdout
    [found] = [check for check in told("doctor", "-f", file, code=2)["checks"] if check["check"] == "RoleExists"]
    assert found["verdict"] == "Error"
    assert found["page"].startswith("https://docs.aws.amazon.com/")


def test_doctor_finds_a_file_and_a_bucket_that_are_not_there(world, told):
    for missing in ({}, {"sourceBucketArn": f"arn:aws:s3:::nowhere-{world.account}"}):
        file = world.manifest("bare", requirementsS3Path="nowhere.txt", **missing)
        checks = {check["check"]: check["verdict"] for check in told("doctor", "-f", file, code=2)["checks"]}
        assert checks["FilesExist"] == "Error"
        assert checks["BucketExists"] == ("Error" if missing else "Ok")


def test_doctor_without_credentials_says_where_they_come_from(world, mwaa):
    assert "AWS_PROFILE" in mwaa("doctor", "-f", world.manifest("blind"), code=1, aws=False).stderr


def test_doctor_offline_makes_the_checks_that_need_no_look(world, told):
    found = told("doctor", "-f", world.manifest("unseen", airflowVersion="1.10.12"), "--offline", code=2)
    assert found["unknown"] > 0
    assert "AirflowVersionSupported" in {check["check"] for check in found["checks"] if check["verdict"] == "Error"}
