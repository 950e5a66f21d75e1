"""Runs that do not end by themselves, objects that go, and an operator that dies: nothing is doubled, nothing is left running."""

from __future__ import annotations

from tests.integration.dags import LONG

from .conftest import A_DAY


def test_deleting_the_object_ends_its_run(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("cancelled").wait_for("jsonpath={.status.state}=running")
    run_id = run.status["runId"]
    run.delete()
    [found] = [each for each in world.runs_in_airflow("three", "etl") if each["dag_run_id"] == run_id]
    assert found["state"] == "failed"
    run.wait_event("Cancelled", "Normal")


def test_deleting_the_object_leaves_an_orphan_running(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("orphaning", onDelete="Orphan").wait_for("jsonpath={.status.state}=running")
    run_id = run.status["runId"]
    run.delete()
    [found] = [each for each in world.runs_in_airflow("three", "etl") if each["dag_run_id"] == run_id]
    assert found["state"] == "running"


def test_run_that_takes_too_long_is_ended_and_failed(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("slow", timeoutSeconds=120).wait_for("condition=Failed")
    assert run.condition("Failed")["reason"] == "DeadlineExceeded"
    assert run.in_airflow()["state"] == "failed"


def test_timeout_may_be_given_while_the_run_is_under_way(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("hurried").wait_for("jsonpath={.status.state}=running")
    world.kubectl("patch", "dagrun/hurried", "--type=merge", '--patch={"spec":{"timeoutSeconds":1}}')
    assert run.wait_for("condition=Failed").condition("Failed")["reason"] == "DeadlineExceeded"


def test_finished_object_goes_when_its_time_has_come(world):
    world.run("short-lived", ttlSecondsAfterFinished=60).wait_gone()


def test_finished_object_is_held_no_more(world):
    run = world.run("released").wait_for("condition=Complete")
    world.until(lambda: "finalizers" not in run.get()["metadata"], "take the finalizer off")


def test_run_that_vanished_from_airflow_is_not_started_again(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("vanishing").wait_for("jsonpath={.status.state}=running")
    run_id = run.status["runId"]
    world.airflow("three", "DELETE", f"/dags/etl/dagRuns/{run_id}")
    assert run.wait_for("condition=Failed").condition("Failed")["reason"] == "RunVanished"
    assert run_id not in {each["dag_run_id"] for each in world.runs_in_airflow("three", "etl")}


def test_operator_that_dies_right_after_it_asked_for_the_run_finds_it_again(world):
    """The call arrives, its answer does not, and the process that would have waited for it is gone."""
    trigger = f"POST /api/v2/dags/{LONG}/dagRuns"
    already = len(world.runs_in_airflow("three", LONG))
    world.aws.admin.add_fault(
        "lost_answer", service="webserver", operation=trigger, account=world.account, count=1, delay_seconds=5
    )
    run = world.run("dying", dag=LONG)
    world.until(lambda: len(world.runs_in_airflow("three", LONG)) > already, "ask for the run")
    world.operator.kill()
    world.run_operator()
    run.wait_for("condition=Complete")
    assert len(world.runs_in_airflow("three", LONG)) == already + 1


def test_lost_answer_makes_no_second_run(world):
    already = len(world.runs_in_airflow("three", "etl"))
    world.aws.admin.add_fault(
        "lost_answer", service="airflow", operation="InvokeRestApi", account=world.account, environment="three", count=3
    )
    world.run("unheard").wait_for("condition=Complete")
    assert len(world.runs_in_airflow("three", "etl")) == already + 1


def test_object_deleted_while_nobody_looks_ends_its_run_after_the_start(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("unwatched").wait_for("jsonpath={.status.state}=running")
    run_id = run.status["runId"]
    world.operator.kill()
    world.kubectl("delete", "dagrun/unwatched", "--wait=false")
    world.run_operator()
    run.wait_gone()
    [found] = [each for each in world.runs_in_airflow("three", "etl") if each["dag_run_id"] == run_id]
    assert found["state"] == "failed"


def test_permission_that_is_missing_is_named_and_the_run_goes_on_once_it_is_given(world):
    looking = {"Effect": "Allow", "Action": ["airflow:GetEnvironment", "sts:GetCallerIdentity"], "Resource": "*"}
    operator = f"AKIASBOX{world.account}"
    world.aws.admin.enforce(
        operator,
        {"Version": "2012-10-17", "Statement": [looking]},
        role_arn=f"arn:aws:iam::{world.account}:role/mwaa-operator",
    )
    try:
        run = world.run("forbidden").wait_reason("Stalled", "AccessDenied")
        assert "airflow:InvokeRestApi" in run.condition("Stalled")["message"]
    finally:
        world.aws.admin.enforce(None)
    run.wait_for("condition=Complete")
