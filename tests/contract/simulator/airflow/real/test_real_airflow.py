"""A real Airflow behind the web server of a simulated environment, of both major versions."""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import signal

import pytest
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
from mwaa_sandbox.aws.process import DEFAULT_REGION

from .conftest import MAX_WORKERS, PATIENCE, TO_INSTALL, VERSIONS, eventually
from .files import CROWD
from .processes import below, own_child, parents

pytestmark = [pytest.mark.slow, pytest.mark.timeout(TO_INSTALL + 4 * PATIENCE)]


def run_to_the_end(environment, run_id):
    eventually("the DAG is known", lambda: environment.is_up() and "etl" in dag_ids(environment))
    body = {"dag_run_id": run_id, **({} if environment.major == 2 else {"logical_date": None})}
    with contextlib.suppress(environment.mwaa.exceptions.RestApiServerException):
        environment.rest("POST", "/dags/etl/dagRuns", body)  # on a busy machine its answer may come too late
    path = f"/dags/etl/dagRuns/{run_id}"
    return eventually(
        "the run ends",
        lambda: (run := environment.rest("GET", path))["state"] in {"success", "failed"} and run["state"],
    )


def dag_ids(environment):
    return [dag["dag_id"] for dag in environment.rest("GET", "/dags")["dags"]]


def xcom(environment, run_id, task_id):
    """Return an XCom's value by a web session: the path is too long for InvokeRestApi."""
    api = "/api/v1" if environment.major == 2 else "/api/v2"
    path = f"{api}/dags/etl/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
    status, _, body = environment.web("GET", path, Cookie=environment.cookie())
    assert status == 200, body
    value = ast.literal_eval(body.decode().replace("null", "None"))["value"]
    return ast.literal_eval(value) if environment.major == 2 else value


def test_dag_from_the_bucket_runs_with_requirements_plugins_startup_script_and_options(environment):
    assert run_to_the_end(environment, "first") == "success", (
        environment.log("Task") + environment.log("Scheduler")[-4000:]
    )
    assert xcom(environment, "first", "extract") == {
        "requirement": "2.1.0",
        "plugin": "hello from plugins.zip",
        "exported": "exported",
        "timezone": "Europe/Dublin",
        "endpoint": environment.aws.endpoint,
    }
    eventually(
        "the task's log", lambda: "extracting in a real task" in environment.log("Task", "dag_id=etl/run_id=first")
    )


def test_version_is_real_and_examples_are_not_loaded_whatever_the_options_say(environment):
    assert environment.rest("GET", "/version")["version"] == VERSIONS[environment.major]
    assert dag_ids(environment) == ["etl"]


def test_every_component_writes_into_its_log_group(environment):
    for group in ("Scheduler", "WebServer", "DAGProcessing"):
        eventually(f"lines in {group}", lambda: environment.log(group))  # noqa: B023 - used at once
    assert "iniconfig" in environment.log("Worker", "requirements_install")
    assert "the startup script was here" in environment.log("Worker", "startup_script_execution")


def test_command_line_reaches_it(environment):
    status, output = environment.cli("dags list -o plain")
    assert status == 200
    assert "etl" in output
    assert environment.cli("users list")[0] == 500


def test_token_opens_its_own_pages(environment):
    status, _, page = environment.web("GET", "/home", Cookie=environment.cookie())
    assert status == 200
    assert b"Airflow" in page
    assert environment.web("GET", f"/api/v{environment.major - 1}/dags")[0] in {401, 403}


def test_caller_has_the_role_of_the_policy(environment):
    statement = {
        "Effect": "Allow",
        "Action": "airflow:InvokeRestApi",
        "Resource": f"arn:aws:airflow:*:*:role/{environment.name}/Viewer",
    }
    admin = environment.aws.admin
    key = environment.aws.environment()["AWS_ACCESS_KEY_ID"]
    admin.enforce(key, {"Version": "2012-10-17", "Statement": [statement]})
    try:
        assert environment.rest("GET", "/dags")
        with pytest.raises(environment.mwaa.exceptions.RestApiClientException) as told:
            environment.rest("PATCH", "/dags/etl", {"is_paused": True})
    finally:
        admin.enforce(None)
    assert told.value.response["RestApiStatusCode"] == 403


def test_new_and_removed_files_are_seen(environment):
    source = b"from airflow import DAG\nlate = DAG('late', schedule=None)\n"
    environment.put("dags/late.py", source)
    eventually("the new DAG", lambda: "late" in dag_ids(environment))
    environment.put(
        "dags/broken.py", b"import nothing_of_that_name  # a file is read only if it speaks of Airflow and a DAG\n"
    )
    errors = eventually("an import error", lambda: environment.rest("GET", "/importErrors")["import_errors"])
    assert "nothing_of_that_name" in errors[0]["stack_trace"]
    environment.remove("dags/late.py")
    environment.remove("dags/broken.py")
    eventually("the DAG is gone", lambda: "late" not in dag_ids(environment))


def test_workers_follow_the_tasks_of_a_real_dag_up_to_the_most_and_back(environments, tmp_path):
    environment, flag = environments[3], tmp_path / "go"
    fleet = functools.partial(environment.aws.admin.fleet, DEFAULT_ACCOUNT, DEFAULT_REGION, environment.name)
    extra = functools.partial(environment.metric, "CPUUtilization", "SampleCount", Cluster="AdditionalWorker")
    running = functools.partial(environment.metric, "RunningTasks", "Maximum", Function="Executor")
    environment.put("dags/crowd.py", CROWD.format(flag=str(flag), tasks=MAX_WORKERS + 2).encode())
    eventually("the DAG is known", lambda: "crowd" in dag_ids(environment))
    assert fleet().workers == 1

    environment.rest("POST", "/dags/crowd/dagRuns", {"dag_run_id": "up", "logical_date": None})
    eventually("there are as many workers as there may be", lambda: fleet().workers == MAX_WORKERS)
    eventually("CloudWatch counts them", lambda: max(extra(minutes=10), default=0) == MAX_WORKERS - 1)
    eventually("CloudWatch counts the tasks", lambda: max(running(minutes=10), default=0) == MAX_WORKERS)

    flag.touch()
    state = functools.partial(environment.rest, "GET", "/dags/crowd/dagRuns/up")
    eventually("the run ends", lambda: state()["state"] == "success")
    eventually("they are gone", lambda: fleet().workers == 1)
    eventually("CloudWatch counts none", lambda: not extra(minutes=5))
    scaled = [event for event in fleet().events if event.component == "workers"]
    assert max(event.after for event in scaled) == MAX_WORKERS


def test_nothing_is_left_of_them_when_the_simulator_is_killed(environments):
    """The last test here. DAG processors and tasks take process groups of their own, and other names than they were started by."""
    simulator = own_child("--airflow")
    running = set(below(simulator, parents()))
    assert len(running) > len(environments) * 3, (
        "the simulator, and of each Airflow a web server, a scheduler, and DAG processors"
    )

    os.kill(simulator, signal.SIGKILL)

    eventually("all have ended", lambda: not running & parents().keys())
