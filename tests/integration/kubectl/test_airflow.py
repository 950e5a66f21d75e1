"""`dags`, `run` and `cli`: what people do with the Airflow of an environment. Login: where its UI is."""

from __future__ import annotations

import json

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION

from tests.integration.dags import DAGS, LONG

VERSIONS = {"airflow3": "3.3.1", "airflow2": "2.11.2"}


@pytest.fixture(scope="module")
def inhabited(world):
    """An environment of each major with DAGs and a file that is broken, and tokens that live for a while of our time."""
    storage, bucket = world.client("s3"), world.made.bucket_arn.rpartition(":")[2]
    storage.put_object(Bucket=bucket, Key="inhabited/etl.py", Body=DAGS.encode())
    storage.put_object(Bucket=bucket, Key="inhabited/broken.py", Body=b"def oops(:\n")
    world.aws.admin.set_token_seconds(3600)
    for name, version in VERSIONS.items():
        world.apply(
            name, airflowVersion=version, webserverAccessMode="PUBLIC_ONLY", dagS3Path="inhabited", maxWorkers=5
        )
    world.apply("private")
    for name in (*VERSIONS, "private"):
        world.wait(name, "condition=Ready")
    yield
    world.aws.admin.set_token_seconds(60)


@pytest.fixture
def airflow(world, inhabited):
    """Runs a command about an environment, as a person for whom the sandbox's variables are set."""

    def command(word, *arguments, of="airflow3", **more):
        where = {"MWAA_OPERATOR_WEBSERVER_ENDPOINT": world.aws.endpoint}
        return world.mwaa(word, of, f"--namespace={world.namespace}", *arguments, **more, **where)

    return command


def scripted(world, name, **how):
    world.aws.admin.script_runs(world.account, DEFAULT_REGION, name, dag_id="etl", **how)


def news(done, kind):
    return [each for each in map(json.loads, done.stdout.splitlines()) if each["type"] == kind]


@pytest.mark.parametrize("major", VERSIONS)
def test_dags_are_listed_with_their_last_run_and_what_cannot_be_imported(airflow, major):
    run_id = airflow("run", "halted", of=major).stdout.strip()
    found = json.loads(airflow("dags", "-ojson", of=major).stdout)
    dags = {dag["dagId"]: dag for dag in found["dags"]}
    assert dags["halted"]["paused"]
    assert not dags["etl"]["paused"]
    assert (dags["halted"]["lastRun"]["runId"], dags["halted"]["lastRun"]["state"]) == (run_id, "queued")
    [error] = found["importErrors"]
    assert error["file"].endswith("broken.py")
    shown = airflow("dags", of=major).stdout
    assert "Import errors: 1" in shown
    assert "SyntaxError" in shown
    assert next(line.split() for line in shown.splitlines() if line.startswith("halted"))[1:4] == ["yes", "-", "queued"]


@pytest.mark.parametrize("major", VERSIONS)
def test_followed_run_tells_states_lines_and_xcoms_and_succeeds(world, airflow, major):
    scripted(world, major, task_seconds=120, log=["Reading 3 files"], xcoms={"load": {"return_value": 3}})
    printed = airflow("run", "etl", '--conf={"day": "2026-11-22"}', "--follow", of=major).stdout
    words = [line.split()[1:] for line in printed.splitlines()]
    for expected in (["etl", "running"], ["extract", "running"], ["load", "success"], ["etl", "success"]):
        assert expected in words
    assert sum(line.endswith("load | Reading 3 files") for line in printed.splitlines()) == 1
    assert ["return_value", "3"] in words
    assert "\x1b" not in printed


def test_failed_run_fails_the_command_with_the_task_that_failed(world, airflow):
    scripted(world, "airflow3", state="failed", task_id="load", log=["ValueError: no data"])
    done = airflow("run", "etl", "--follow", "-ojson", code=1)
    assert news(done, "run")[-1]["state"] == "failed"
    assert {"load", "extract"} == {each["task"] for each in news(done, "task")}
    assert "ValueError: no data" in [each["line"] for each in news(done, "log") if each["task"] == "load"]
    run_id = news(done, "run")[0]["run"]
    assert "failed: load" in airflow("run", "etl", "--attach", run_id, code=1).stdout


def test_run_of_the_operator_is_followed_without_a_way_to_aws(world, airflow):
    scripted(world, "airflow3", xcoms={"load": {"return_value": 3}})
    done = airflow("run", "etl", "--as-object", "--follow", "--collect=load", "-ojson", aws=False)
    assert news(done, "run")[-1]["state"] == "success"
    assert ("load", "success") in {(each["task"], each["state"]) for each in news(done, "task")}
    assert [(each["task"], each["value"]) for each in news(done, "xcom")] == [("load", "3")]
    assert world.kubectl("get", "mwaadagrun", news(done, "run")[0]["run"], "--output=name").stdout


def test_failed_run_of_the_operator_fails_the_command_with_the_end_of_the_log(world, airflow):
    scripted(world, "airflow3", state="failed", task_id="load", log=["ValueError: no data"])
    printed = airflow("run", "etl", "--as-object", "--follow", code=1, aws=False).stdout
    assert "load | ValueError: no data" in printed
    assert "failed: load" in printed


def test_run_whose_answer_was_lost_is_followed_and_not_started_twice(world, airflow):
    triggering = f"POST /api/v2/dags/{LONG}/dagRuns"
    world.aws.admin.add_fault("lost_answer", service="webserver", operation=triggering, account=world.account, count=1)
    assert "success" in airflow("run", LONG, "--follow").stdout
    assert len(json.loads(airflow("cli", "--", "dags", "list-runs", "-d", LONG, "-o", "json").stdout)) == 1


def test_run_of_a_paused_dag_is_not_waited_for_and_can_be_unpaused(airflow):
    assert "--unpause unpauses it first" in airflow("run", "halted", "--follow", code=1).stderr
    assert "success" in airflow("run", "halted", "--unpause", "--follow").stdout
    airflow("cli", "--", "dags", "pause", "halted")


def test_command_of_airflows_cli_is_run_and_ends_as_it_ended(airflow):
    assert "etl" in airflow("cli", "--", "dags", "list").stdout
    assert airflow("cli", "dags", "trigger", "nothing", code=1).stderr
    found = json.loads(airflow("cli", "-ojson", "--", "dags", "list", code=0).stdout)
    assert found["succeeded"]
    assert "etl" in found["stdout"]
    assert "MWAA does not run" in airflow("cli", "--", "users", "list", code=1).stderr


def test_what_is_wrong_is_told_before_anything_is_started(airflow):
    assert "There is no DAG elt" in airflow("run", "elt", code=1).stderr
    assert "--conf is not valid JSON" in airflow("run", "etl", "--conf={day", code=1).stderr
    assert "is not a JSON object" in airflow("run", "etl", "--conf=[1]", code=1).stderr
    assert "cannot be read" in airflow("run", "etl", "--conf=@/nowhere", code=1).stderr


def test_login_leads_to_the_web_server_of_the_sandbox(world, airflow):
    there = world.aws.admin.webserver(world.account, DEFAULT_REGION, "airflow3").url
    assert airflow("login", "--print").stdout.startswith(f"{there}/aws_mwaa/aws-console-sso?login=true#")


@pytest.mark.parametrize("arguments", [["run", "etl"], ["login", "--print"]], ids=lambda words: words[0])
def test_environment_of_the_same_name_in_another_account_is_not_taken_for_it(world, airflow, arguments):
    other = world.aws.environment(account="999988887777")
    said = airflow(*arguments, code=1, **other).stderr
    assert f"is in the AWS account {world.account}, and your credentials are for 999988887777" in said


@pytest.mark.parametrize(
    "arguments", [["dags"], ["run", "etl"], ["cli", "--", "dags", "list"]], ids=lambda words: words[0]
)
def test_private_web_server_is_said_to_be_one(airflow, arguments):
    said = airflow(*arguments, of="private", code=1).stderr
    assert "cannot be reached from here. If it is private, call from within its VPC" in said
