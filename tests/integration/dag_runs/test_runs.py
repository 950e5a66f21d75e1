"""From an object to a run, and from its end to conditions as Jobs have them."""

from __future__ import annotations

import json

import pytest

from tests.integration.dags import LONG

from .conftest import A_DAY, VERSIONS


@pytest.mark.parametrize("environment", VERSIONS)
def test_run_that_succeeds_is_complete_with_tasks_and_xcoms(world, environment):
    world.script(environment, xcoms={"load": {"return_value": "3 rows", "big": "x" * 5000}})
    wanted = [{"taskId": "load"}, {"taskId": "load", "key": "big"}, {"taskId": "load", "key": "none"}]
    run = world.run(f"good-{environment}", environment, conf={"day": "2026-11-22"}, collect=wanted)
    status = run.wait_for("condition=Complete").status
    assert status["state"] == "success"
    assert [(task["taskId"], task["state"], task["tries"]) for task in status["tasks"]] == [
        ("extract", "success", 1),
        ("load", "success", 1),
    ]
    value, big, missing = status["xcoms"]
    assert (value["value"], big["value"], big["truncated"]) == ("3 rows", "x" * 4096, True)
    assert "none" in missing["problem"]
    assert {each["type"] for each in status["conditions"]} == {"Complete"}
    assert run.in_airflow(environment)["conf"] == {"day": "2026-11-22"}


@pytest.mark.parametrize("environment", VERSIONS)
def test_run_that_fails_names_the_task_and_the_end_of_its_log(world, environment):
    world.script(environment, state="failed", task_id="extract", log=["reading", "ValueError: no data"])
    run = world.run(f"bad-{environment}", environment)
    failed = run.wait_for("condition=Failed").condition("Failed")
    assert failed["reason"] == "RunFailed"
    assert "The task extract failed after 1 try." in failed["message"]
    failure = run.status["failure"]
    assert (failure["taskId"], failure["tries"]) == ("extract", 1)
    assert "ValueError: no data" in failure["log"]
    assert {task["taskId"]: task["state"] for task in run.status["tasks"]}["load"] == "upstream_failed"
    run.wait_event("RunFailed", "Warning")


def test_ids_too_long_for_the_paths_that_mwaa_takes_go_by_a_web_session(world):
    world.script("three", dag=LONG, xcoms={"only": {"return_value": 3}})
    run = world.run("long", dag=LONG, collect=[{"taskId": "only"}])
    assert run.wait_for("condition=Complete").status["xcoms"] == [
        {"taskId": "only", "key": "return_value", "value": "3"}
    ]
    calls = world.aws.admin.calls(service="webserver", account=world.account)
    assert any(call.operation.startswith("POST /api/v2/dags/a_dag") for call in calls)


def test_run_of_a_paused_dag_waits_and_says_why(world):
    run = world.run("halted", dag="halted").wait_reason("Reconciling", "DagPaused")
    assert run.status["state"] == "queued"
    world.airflow("three", "PATCH", "/dags/halted", is_paused=False)
    run.wait_for("condition=Complete")


def test_paused_dag_is_unpaused_first_where_the_spec_says_so(world):
    world.airflow("two", "PATCH", "/dags/halted", is_paused=True)
    world.run("unpausing", "two", dag="halted", unpause=True).wait_for("condition=Complete")
    assert world.airflow("two", "GET", "/dags/halted")["is_paused"] is False


def test_run_waits_for_its_environment_and_starts_when_that_is_available(world):
    run = world.run("early", "later").wait_reason("Reconciling", "WaitingForEnvironment")
    assert "no MwaaEnvironment later" in run.condition("Reconciling")["message"]
    assert "finalizers" not in run.get()["metadata"]
    world.environment("later", airflowVersion="3.3.1")
    run.wait_for("condition=Complete")


def test_dag_that_airflow_does_not_know_fails_after_a_while(world):
    run = world.run("unknown", dag="nowhere")
    failed = run.wait_for("condition=Failed").condition("Failed")
    assert failed["reason"] == "DagNotFound"
    assert "Airflow knows no DAG nowhere." in failed["message"]
    assert run.status["state"] == "waiting"


def test_columns_tell_how_a_run_goes(world):
    world.run("columns").wait_for("condition=Complete")
    header, row = world.kubectl("get", "dagrun/columns").stdout.splitlines()
    assert header.split() == ["NAME", "DAG", "ENVIRONMENT", "STATE", "STARTED", "ENDED", "AGE"]
    assert row.split()[:4] == ["columns", "etl", "three", "success"]


def test_conf_is_in_no_log_and_no_event(world):
    secret = "tr0ub4dor-and-3"
    run = world.run("secretive", conf={"password": secret}).wait_for("condition=Complete")
    run.wait_event("Succeeded", "Normal")
    assert secret not in world.log_file.read_text(encoding="utf-8")
    assert secret not in json.dumps(list(run.events().values()))
    assert secret not in json.dumps(run.status)


def test_finished_runs_are_counted_by_reason(world):
    world.run("counted").wait_for("condition=Complete")
    world.until(lambda: world.operator.metric("mwaa_dag_runs_finished_total", reason="Succeeded") > 0, "count the run")
    assert world.operator.metric("mwaa_dag_runs", state="success") > 0


def test_run_that_is_paused_is_not_started_before_it_goes_on(world):
    document = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaDagRun",
        "metadata": {"name": "resting", "annotations": {"mwaa-operator.dev/paused": "true"}},
        "spec": {"environmentRef": {"name": "three"}, "dagId": "etl"},
    }
    world.kubectl("apply", "--filename=-", input=json.dumps(document))
    run = world.handle("resting").wait_reason("Reconciling", "Paused")
    assert "runId" not in run.status
    world.kubectl("annotate", "dagrun/resting", "mwaa-operator.dev/paused-")
    run.wait_for("condition=Complete")


def test_environment_of_somebody_else_runs_nothing(world):
    """Whoever may create a MwaaEnvironment could name any environment of the account."""
    world.environment("squatter", name="three", policies={"management": "Observe"})
    run = world.run("trespassing", "squatter").wait_reason("Stalled", "EnvironmentNotOwned")
    assert "runId" not in run.status
    world.kubectl("delete", "mwaa/squatter", "--wait=false")


def test_run_under_way_shows_its_tasks(world):
    world.script("three", task_seconds=A_DAY)
    run = world.run("watched").wait_for("jsonpath={.status.state}=running")
    world.until(lambda: "running" in [task.get("state") for task in run.status["tasks"]], "show a task that runs")
    assert run.condition("Reconciling")["reason"] == "Running"
    run.delete()
