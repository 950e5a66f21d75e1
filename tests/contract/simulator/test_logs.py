"""What an environment's containers leave in CloudWatch Logs, and the flaws that show there (mwaa-behaviour.md §2, §3.4, §8)."""

from __future__ import annotations

import pytest

from .networks import INTERFACE_SERVICES, Vpc

BUCKET = "airflow-shared"


@pytest.fixture
def upload(clients, name):
    """Put a file into the shared bucket and return the members that name it."""

    def put(file, text):
        key = f"{name}/{file}"
        version = clients("s3").put_object(Bucket=BUCKET, Key=key, Body=text.encode())["VersionId"]
        return {f"{file}S3Path": key, f"{file}S3ObjectVersion": version}

    return put


@pytest.fixture
def private(clients, name):
    """A network without a way to the internet, and with all endpoints."""
    vpc = Vpc(clients("ec2"), name)
    subnets, group = vpc.subnets(), vpc.group()
    vpc.s3_endpoint(vpc.route(subnets))
    for service in INTERFACE_SERVICES:
        vpc.endpoint(service, subnets, group)
    return {"SubnetIds": subnets, "SecurityGroupIds": [group]}


def test_every_part_writes_into_its_group(created, upload, streams, text_of):
    files = {**upload("Requirements", "pandas==2.2.0\n"), **upload("StartupScript", "echo 'made ready'\n")}
    assert created(**files) == "AVAILABLE"
    for module, component in (("Scheduler", "scheduler"), ("Worker", "worker"), ("WebServer", "webserver")):
        starts = {stream.partition("_ip-")[0] for stream in streams(module)}
        assert starts == {component, "requirements_install", "startup_script_execution"}
        assert "Successfully installed pandas-2.2.0" in text_of(module, "requirements_install_ip-") or (
            module == "WebServer"  # private, so it has no internet
        )
        assert "made ready" in text_of(module, "startup_script_execution_ip-")
    assert "Starting the scheduler" in text_of("Scheduler", "scheduler_ip-")
    assert "ready." in text_of("Worker", "worker_ip-")
    assert "There are 1 files" in text_of("DAGProcessing", "dag-processor-manager.log")
    assert streams("Task") == {}, "no task has run"


def test_nothing_is_written_for_modules_that_are_off(aws, mwaa, clients, available, upload):
    mwaa.update_environment(Name=available, **upload("Requirements", "pandas\n"))
    aws.admin.advance(3600)
    groups = clients("logs").describe_log_groups(logGroupNamePrefix=f"airflow-{available}-")["logGroups"]
    assert [group["logGroupName"] for group in groups] == [f"airflow-{available}-Task"]


def test_group_that_is_there_keeps_its_retention_and_its_key(clients, created, name):
    logs, group = clients("logs"), f"airflow-{name}-Scheduler"
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    logs.create_log_group(logGroupName=group, kmsKeyId=key)
    logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    assert created() == "AVAILABLE"
    [found] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert (found["retentionInDays"], found["kmsKeyId"]) == (30, key)


@pytest.mark.parametrize(
    ("requirements", "said"),
    [
        ("pandas==2.2.0\nthis is nonsense\n", "ERROR: Invalid requirement: 'this is nonsense'"),
        ("apache-airflow==2.5.0\n", "ERROR: ResolutionImpossible"),
        (
            "my-package-that-does-not-exist\n",
            "ERROR: No matching distribution found for my-package-that-does-not-exist",
        ),
        ("pandas==999.0\n", "ERROR: Could not find a version that satisfies the requirement pandas==999.0"),
    ],
)
def test_requirements_that_cannot_be_installed_are_an_error_in_the_log_and_no_more(
    created, upload, text_of, requirements, said
):
    assert created(**upload("Requirements", requirements)) == "AVAILABLE"
    text = text_of("Scheduler", "requirements_install_ip-")
    assert said in text
    assert "WARNING: Constraints should be specified" in text
    assert "ERROR: pip installation exited with a non-zero error code" in text


def test_requirements_of_an_update_are_installed_anew(aws, mwaa, name, created, upload, text_of):
    assert created(**upload("Requirements", "pandas\n")) == "AVAILABLE"
    mwaa.update_environment(Name=name, **upload("Requirements", "a-thing-that-does-not-exist\n"))
    aws.admin.advance(3600)
    environment = mwaa.get_environment(Name=name)["Environment"]
    assert (environment["Status"], environment["LastUpdate"]["Status"]) == ("AVAILABLE", "SUCCESS")
    assert "No matching distribution found for a-thing-that-does-not-exist" in text_of("Worker", "requirements_install")


@pytest.mark.parametrize(("mode", "fails"), [("PRIVATE_ONLY", True), ("PUBLIC_ONLY", False)])
def test_private_web_server_installs_wheels_only(created, upload, text_of, mode, fails):
    assert created(WebserverAccessMode=mode, **upload("Requirements", "pandas==2.2.0\n")) == "AVAILABLE"
    text = text_of("WebServer", "requirements_install_ip-")
    assert ("Connection to pypi.org timed out" in text) is fails
    assert ("ERROR: No matching distribution found for pandas==2.2.0" in text) is fails
    assert "Successfully installed pandas-2.2.0" in text_of("Scheduler", "requirements_install_ip-")


def test_wheels_are_installed_without_the_internet(created, upload, text_of, private):
    wheels = "--find-links /usr/local/airflow/plugins\n--no-index\npandas==2.2.0\n"
    assert created(NetworkConfiguration=private, **upload("Requirements", wheels)) == "AVAILABLE"
    for module in ("Scheduler", "WebServer"):
        assert "Successfully installed pandas-2.2.0" in text_of(module, "requirements_install_ip-")


@pytest.mark.parametrize(
    ("version", "mode", "fails"),
    [("3.3.1", "PUBLIC_ONLY", True), ("3.3.1", "PRIVATE_ONLY", False), ("2.11.2", "PUBLIC_ONLY", False)],
)
def test_workers_do_not_reach_a_public_web_server_without_the_internet(created, text_of, private, version, mode, fails):
    members = {"AirflowVersion": version, "WebserverAccessMode": mode}
    assert created(NetworkConfiguration=private, **members) == "AVAILABLE", "AWS does not look"
    assert ("httpx.ConnectTimeout" in text_of("Worker", "worker_ip-")) is fails


@pytest.mark.parametrize(
    "script",
    ["echo preparing\nexit 1\n", "sleep 600\n", "set -e\nfalse\n"],
    ids=["ends with an error", "takes too long", "stops at an error"],
)
def test_startup_script_that_fails_makes_the_containers_unhealthy_and_the_create_fail(created, upload, text_of, script):
    assert created(**upload("StartupScript", script)) == "CREATE_FAILED"
    assert "Failed to locate environment variables file" in text_of("Scheduler", "startup_script_execution_ip-")
    assert "Marked container as unhealthy" in text_of("Scheduler", "scheduler_ip-")


def test_startup_script_that_downloads_fails_on_a_private_web_server(created, upload, text_of):
    script = "set -e\ncurl -o /tmp/tool https://downloads.example.com/tool\n"
    assert created(WebserverAccessMode="PRIVATE_ONLY", **upload("StartupScript", script)) == "CREATE_FAILED"
    assert "Failed to connect to downloads.example.com" in text_of("WebServer", "startup_script_execution_ip-")
    assert "Failed to connect" not in text_of("Scheduler", "startup_script_execution_ip-")


def test_failed_startup_script_of_an_update_is_rolled_back(aws, mwaa, name, created, upload, text_of):
    assert created() == "AVAILABLE"
    mwaa.update_environment(Name=name, **upload("StartupScript", "exit 3\n"))
    aws.admin.advance(7200)
    environment = mwaa.get_environment(Name=name)["Environment"]
    assert environment["Status"] == "UPDATE_FAILED"
    assert "StartupScriptS3Path" not in environment
    assert "Failed to locate environment variables file" in text_of("Worker", "startup_script_execution_ip-")


def test_database_that_is_not_admitted_shows_in_the_scheduler(clients, created, name, text_of):
    vpc = Vpc(clients("ec2"), name)
    subnets = vpc.subnets()
    vpc.route(subnets, **vpc.nat())
    network = {"SubnetIds": subnets, "SecurityGroupIds": [vpc.group(443)]}
    assert created(NetworkConfiguration=network) == "CREATE_FAILED"
    assert "port 5432 failed: Connection timed out" in text_of("Scheduler", "scheduler_ip-")


def test_nothing_reaches_cloudwatch_without_a_way_out(clients, created, name, streams):
    vpc = Vpc(clients("ec2"), name)
    subnets = vpc.subnets()
    vpc.route(subnets)
    network = {"SubnetIds": subnets, "SecurityGroupIds": [vpc.group()]}
    assert created(NetworkConfiguration=network) == "CREATE_FAILED"
    assert streams("Scheduler") == {}
