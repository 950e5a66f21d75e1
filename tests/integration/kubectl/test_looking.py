"""`list`, `status`, `logs` and `login`: what people see of environments."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time

import pytest
import yaml
from mwaa_sandbox.aws.process import DEFAULT_REGION

from tests.integration.world import WITHIN


@pytest.fixture(scope="module")
def resting(world):
    """An environment that is Ready, with a scheduler's log."""
    world.apply(
        "resting",
        ready=True,
        maxWorkers=5,
        loggingConfiguration={"schedulerLogs": {"enabled": True, "logLevel": "INFO"}},
    )
    return "resting"


@pytest.fixture
def creating(world):
    """An environment that AWS is making until the test is over."""
    world.aws.admin.script_outcome("create", "stuck", environment="creating", account=world.account)
    world.apply("creating")
    world.wait("creating", "jsonpath={.status.environment.status}=CREATING")
    yield "creating"
    world.aws.admin.remove_environment(world.account, DEFAULT_REGION, "creating")
    world.kubectl("delete", "mwaa/creating", "--wait=false")


@contextlib.contextmanager
def started(world, *arguments):
    """The lines of a command that stays; it ends with the block, or when nothing came for too long."""
    argv = ["kubectl", "mwaa", *arguments, f"--namespace={world.namespace}"]
    running = subprocess.Popen(
        argv, env=world.variables(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    last = threading.Timer(WITHIN, running.kill)
    last.start()
    try:
        yield running.stdout
    finally:
        last.cancel()
        running.terminate()
        running.communicate(timeout=WITHIN)


def row(printed, name):
    return next(line.split() for line in printed.splitlines() if name in line.split())


def test_list_tells_status_version_class_and_workers_of_each(mwaa, resting):
    shown = row(mwaa("list").stdout, resting)
    assert shown[1:3] == ["True", "AVAILABLE"]
    assert {"mw1.small", "eu-west-1", "1-5"} <= set(shown)


def test_list_of_all_namespaces_names_them(world, resting):
    assert row(world.mwaa("list", "-A").stdout, resting)[0] == world.namespace


def test_list_is_piped_without_colours_or_padding(mwaa, resting):
    printed = mwaa("list").stdout
    assert "\x1b" not in printed
    assert all(line == line.rstrip() for line in printed.splitlines())


def test_list_shows_how_far_a_create_is(mwaa, resting, creating):
    shown = " ".join(row(mwaa("list").stdout, creating))
    assert "CREATING" in shown
    assert "create, about" in shown or "longer than usual" in shown


def test_list_for_programs_holds_the_objects(told, resting):
    assert resting in {item["metadata"]["name"] for item in told("list")["items"]}


def test_watched_list_tells_what_changes(world, resting):
    with started(world, "list", "--watch") as lines:
        assert any(f"{resting} True AVAILABLE" in line for line in lines), "it never named the environment"
        world.kubectl("annotate", f"mwaa/{resting}", "mwaa-operator.dev/paused=true")
        assert any("Paused" in line for line in lines), "it never told of the pause"
    world.kubectl("annotate", f"mwaa/{resting}", "mwaa-operator.dev/paused-")


def test_status_tells_the_story_conditions_checks_and_events(mwaa, world, resting):
    printed = mwaa("status", resting).stdout
    assert f"{world.namespace}/{resting}  ready  AVAILABLE" in printed
    for heading in ("Conditions", "Checks", "In AWS", "Events"):
        assert f"\n{heading}\n" in printed
    assert f"arn:aws:airflow:eu-west-1:{world.account}:environment/{resting}" in printed


def test_status_shows_when_a_create_is_expected_to_end(mwaa, told, creating):
    assert "the usual time of this create" in mwaa("status", creating).stdout
    found = told("status", creating)["progress"]
    assert found["operation"] == "create"
    assert found["startedAt"] < found["expectedEnd"]


def test_status_names_the_error_that_a_check_found(mwaa, world):
    world.apply("hopeless", executionRoleArn=f"arn:aws:iam::{world.account}:role/none")
    world.wait("hopeless", "condition=Stalled")
    printed = mwaa("status", "hopeless").stdout
    assert "not ready  not in AWS" in printed
    assert "RoleExists" in printed
    world.kubectl("delete", "mwaa/hopeless")


def test_logs_show_what_the_scheduler_wrote(mwaa, told, resting):
    assert "Starting the scheduler" in mwaa("logs", resting, "scheduler").stdout
    found = told("logs", resting, "scheduler", "--tail=1")
    assert found["logGroup"] == f"airflow-{resting}-Scheduler"
    assert len(found["events"]) == 1


def test_followed_logs_show_each_event_once_as_it_comes(world, resting):
    group, stream = f"airflow-{resting}-Scheduler", "scheduler_followed"
    client = world.client("logs")
    client.create_log_stream(logGroupName=group, logStreamName=stream)
    with started(world, "logs", resting, "scheduler", "--follow") as lines:
        heard = []
        for word in ("first", "second", "third"):
            event = {"timestamp": int(time.time() * 1000), "message": word}
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
            heard.append(next(line for line in lines if stream in line))
        assert [line.split()[-1] for line in heard] == ["first", "second", "third"]


def test_log_that_is_not_enabled_is_told_how_to_be_enabled(mwaa, resting):
    assert "spec.loggingConfiguration.workerLogs" in mwaa("logs", resting, "worker", code=1).stderr


def test_login_prints_an_address_with_a_token_of_the_caller(mwaa, told, resting):
    host = told("status", resting)["status"]["environment"]["webserverUrl"].removeprefix("https://")
    assert mwaa("login", resting, "--print").stdout.startswith(f"https://{host}/aws_mwaa/aws-console-sso?login=true#")


def test_what_is_not_there_is_told_with_what_to_do(mwaa):
    said = mwaa("status", "nobody", code=1).stderr
    assert "There is no MwaaEnvironment nobody" in said
    assert "kubectl mwaa list -A" in said


def test_mistake_on_the_command_line_is_no_pending_change(mwaa):
    assert "No such option" in mwaa("plan", "--bogus", code=1).stderr


def test_kubectl_completes_commands_and_names(world, resting):
    argv = ["kubectl", "__complete", "mwaa", "status", f"--namespace={world.namespace}", "rest"]
    done = subprocess.run(argv, env=world.variables(), capture_output=True, text=True, check=True, timeout=WITHIN)
    assert done.stdout.splitlines()[0] == resting


def test_reader_without_permission_is_told_whom_to_ask(world, resting):
    world.kubectl("create", "serviceaccount", "stranger")
    stranger = world.control_plane.service_account_kubeconfig(world.namespace, "stranger")
    said = world.mwaa("list", f"--namespace={world.namespace}", code=1, KUBECONFIG=str(stranger)).stderr
    assert "cannot list" in said
    assert "Ask whoever runs the cluster" in said


def test_yaml_and_json_say_the_same(mwaa, resting):
    one, other = (mwaa("status", resting, f"--output={form}").stdout for form in ("json", "yaml"))
    assert json.loads(one)["status"] == yaml.safe_load(other)["status"]
