"""Each way to run or reach a DAG, gone on a real Airflow, and each example DAG run to success.

It is one file because the Airflow is shared, and files are what is handed out to the processes that run tests.
"""

from __future__ import annotations

import ast
import json
import re
import runpy

import pytest
import yaml
from mwaa_sandbox.airflow.real.runner import SYNC_SECONDS
from mwaa_sandbox.browser import browser, find_chromium

from .conftest import EXAMPLES, NOWHERE, PATIENCE, SCALE
from .lambda_runtime import LambdaRuntime, unpacked

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

DAY = "2026-11-22"
CONF = json.dumps({"day": DAY})
INICONFIG = "2.1.0"
"""A version of a package that is small, needs nothing itself, and is no part of Airflow."""
PACKAGES = """
from importlib.metadata import version

from airflow.sdk import dag, task


@dag(schedule=None, is_paused_upon_creation=False)
def packages():
    @task
    def installed():
        return version("iniconfig")

    installed()


packages()
"""
LOADED = {"day": DAY, "orders": 3, "total": 245}
"""What the example `etl` returns for that day."""


def test_boto3_starts_a_dag_and_follows_it(world):
    told = world.example("clients/by_boto3.py", world.name, "etl", "--conf", CONF)

    assert re.fullmatch(r"Started \S+\nIt ended in success\n", told)


def test_rest_with_a_web_session_starts_a_dag_and_reads_what_a_task_returned(world):
    told = world.example("clients/by_rest.py", world.name, "etl", "--conf", CONF, "--task", "load")

    returned = re.search(r"It ended in success\nload returned (.*)\n", told)
    assert returned, told
    assert ast.literal_eval(returned[1]) == LOADED


def test_command_line_starts_a_dag_with_mapped_tasks(world):
    conf = json.dumps({"words": ["operator", "sensor"]})

    told = world.example(
        *("clients/by_cli.py", world.name, "dags", "trigger", "mapping", "--run-id", "by-cli", "--conf", conf)
    )

    assert "by-cli" in told
    assert world.ending("mapping", "by-cli") == "success"
    assert world.xcom("mapping", "by-cli", "add_up") == len("operator") + len("sensor")


def test_sensor_waits_for_the_file_and_hook_reads_it(world):
    key = "incoming/late.csv"
    run = world.start("wait_for_file", {"bucket": world.bucket, "key": key})
    world.eventually("the sensor waits", lambda: world.task_states("wait_for_file", run)["wait"] == "up_for_reschedule")

    world.put(key, "one\ntwo\nthree\n")

    assert world.ending("wait_for_file", run) == "success"
    assert world.xcom("wait_for_file", run, "count_lines") == 3


def test_lambda_function_starts_a_dag_once_for_an_object_that_arrives(world, tmp_path):
    world.example("lambda/deploy.py", "--environment", world.name, "--bucket", world.bucket)
    function = world.client("lambda").get_function(FunctionName="start-dag")["Configuration"]
    [policy] = world.client("iam").list_role_policies(RoleName="start-dag")["PolicyNames"]
    document = world.client("iam").get_role_policy(RoleName="start-dag", PolicyName=policy)["PolicyDocument"]
    [notified] = world.client("s3").get_bucket_notification_configuration(Bucket=world.bucket)[
        "LambdaFunctionConfigurations"
    ]
    assert notified["LambdaFunctionArn"] == function["FunctionArn"]
    package = runpy.run_path(str(EXAMPLES / "lambda" / "deploy.py"))["package"]()
    event = json.loads((EXAMPLES / "lambda" / "event.json").read_text(encoding="utf-8"))
    event["Records"][0]["s3"]["bucket"]["name"] = world.bucket
    world.put("incoming/orders of today.csv", "one\ntwo\n")

    running = LambdaRuntime(
        function,
        unpacked(package, tmp_path / "function"),
        world.as_role(document, function["Role"]),
        tmp_path / "function.log",
    )
    try:
        [run] = running.invoke(event)["runs"]
        assert running.invoke(event)["runs"] == [run]  # S3 may tell of an object twice
        assert running.invoke({"Event": "s3:TestEvent"})["runs"] == []
    finally:
        running.close()

    assert f"{run} is there already" in running.log()
    assert world.ending("wait_for_file", run) == "success"
    assert world.xcom("wait_for_file", run, "count_lines") == 2


def test_dag_run_object_brings_an_xcom_into_its_status(world):
    document = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaDagRun",
        "metadata": {"name": "nightly"},
        "spec": {
            "environmentRef": {"name": world.name},
            "dagId": "etl",
            "conf": {"day": DAY},
            "collect": [{"taskId": "load"}],
        },
    }
    world.kubectl("apply", "--filename=-", input=yaml.safe_dump(document))

    complete = ("wait", "mwaadagrun/nightly", "--for=condition=Complete", "--timeout=2s")
    world.until(lambda: world.kubectl(*complete, check=False).returncode == 0, "complete the run", PATIENCE)

    status = json.loads(world.kubectl("get", "mwaadagrun/nightly", "--output=json").stdout)["status"]
    [collected] = status["xcoms"]
    assert (status["state"], collected["taskId"], json.loads(collected["value"])) == ("success", "load", LOADED)


def test_kubectl_mwaa_runs_a_dag_with_operators_and_a_branch_and_follows_it(world):
    told = world.mwaa("run", world.name, "operators", "--follow", "--conf", '{"number": 8}')

    assert "8 is even, its square is 64" in told


def test_kubectl_mwaa_gives_airflow_a_command(world):
    listed = world.mwaa("cli", world.name, "--", "dags", "list")

    assert "wait_for_file" in listed


def test_web_token_opens_a_session_once(world):
    mwaa = world.client("mwaa")
    token = mwaa.create_web_login_token(Name=world.name)

    (first, cookie, _), (second, *_) = (
        world.web.log_in(token["WebToken"], token["WebServerHostname"]) for _ in range(2)
    )

    assert (first, second) == (200, 403)
    assert cookie.startswith("_token=")


@pytest.mark.skipif(
    find_chromium() is None, reason="there is no Chromium here: apt-get install chromium-headless-shell"
)
def test_kubectl_mwaa_login_opens_the_ui_in_a_browser(world):
    run = world.start("etl", {"day": DAY})
    assert world.ending("etl", run) == "success"
    address = world.mwaa("login", world.name, "--print").strip()
    server = "/".join(address.split("/")[:3])

    with browser() as page:
        page.open(f"{server}/dags/etl/runs/{run}")
        page.wait_for_text("Sign in", seconds=PATIENCE)  # without the token nobody gets in
        page.open(address)
        page.wait_for_text("Dags", "Admin", seconds=PATIENCE)
        page.open(f"{server}/dags/etl/runs/{run}")
        page.wait_for_text("extract", "transform", "load", seconds=PATIENCE)


def test_changed_dag_in_the_config_map_runs_within_a_minute_without_an_update(world):
    """Of that minute of AWS-time, MWAA may take half until it looks for new files, which pass at once here. The rest passes slowly: what
    Airflow and this machine need for a run does not scale.
    """
    source = (EXAMPLES / "dags" / "etl.py").read_text(encoding="utf-8").replace("[120, 80, 45]", "[1, 2]")
    clock = world.aws.admin.clock
    world.aws.admin.set_time_scale(0.25)
    try:
        began = clock().now
        world.change("configmap", "example-dags", {"data": {"etl.py": source}})
        world.eventually("the new file is in the bucket", lambda: world.read("dags/etl.py") == source)
        world.aws.admin.advance(SYNC_SECONDS)

        def runs_new_code():
            run = world.start("etl", {"day": DAY})
            assert world.ending("etl", run) == "success"
            return world.xcom("etl", run, "load")["total"] == 3

        world.eventually("the new code runs", runs_new_code)
        took = clock().now - began
    finally:
        world.aws.admin.set_time_scale(SCALE)

    assert took <= 60
    assert world.updates() == []


def test_requirement_that_cannot_be_had_is_in_the_log_and_its_correction_is_exactly_one_update(world):
    assert f"No matching distribution found for {NOWHERE.strip()}" in world.log("Worker")
    world.change("configmap", "example-dags", {"data": {"packages.py": PACKAGES}})
    patch = {"spec": {"artifacts": {"requirements": {"inline": f"iniconfig=={INICONFIG}\n"}}}}
    world.change("mwaa", world.name, patch)
    world.eventually("it is Ready with them", world.is_ready)

    world.eventually("Airflow has the DAG that tells", lambda: "packages" in world.dag_ids())
    run = world.start("packages", {})
    assert world.ending("packages", run) == "success"
    assert world.xcom("packages", run, "installed") == INICONFIG
    [update] = world.updates()
    assert "RequirementsS3ObjectVersion" in update.parameters
