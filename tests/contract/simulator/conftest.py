"""One simulated AWS for all tests here, whose time stands still unless a test moves it.

Every answer that a client of the `mwaa` fixture gets is checked against the shape that the service model gives it, as it
came over the wire: no member too many, none missing, all of the right type.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.validate import ParamValidator
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws

from .networks import Vpc

ACCOUNT, REGION = "111122223333", "eu-west-1"
A_DAY = 86400.0
ALL_LOGS = {
    module: {"Enabled": True, "LogLevel": "INFO"}
    for module in ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
}


@pytest.fixture(scope="session")
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws.start(time_scale=0, quota=1000, warm=True) as running:
        yield running


@pytest.fixture(scope="session")
def clients(aws: SimulatedAws) -> Callable[[str], Any]:
    """A service's name to the client of the account that all tests share. Clients are slow to make, so made once."""
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = aws.client(service, account=ACCOUNT, region=REGION)
        return made[service]

    return client


@pytest.fixture(scope="session")
def prerequisites(clients: Callable[[str], Any]) -> Prerequisites:
    return make_prerequisites(clients, name="shared", bucket="airflow-shared", role_name="airflow")


@pytest.fixture(scope="session")
def mwaa(clients: Callable[[str], Any]) -> Any:
    """A client of MWAA whose answers are checked."""
    client = clients("mwaa")

    def remember(model: Any, context: dict[str, Any], **_: Any) -> None:
        context["sandbox_output_shape"] = model.output_shape

    def check(response_dict: dict[str, Any] | None, context: dict[str, Any], **_: Any) -> None:
        if response_dict is not None and response_dict["status_code"] == 200:
            report = ParamValidator().validate(json.loads(response_dict["body"]), context["sandbox_output_shape"])
            assert not report.has_errors(), report.generate_report()

    client.meta.events.register("before-call.mwaa.*", remember)
    client.meta.events.register("response-received.mwaa.*", check)
    return client


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"e{secrets.token_hex(4)}"


@pytest.fixture(autouse=True)
def _no_fault_is_left(aws: SimulatedAws) -> Iterator[None]:
    yield
    aws.admin.remove_faults()


@pytest.fixture
def request_for(prerequisites: Prerequisites) -> Callable[..., dict[str, Any]]:
    """Make the members of a CreateEnvironment that is accepted."""

    def request(name: str, **members: Any) -> dict[str, Any]:
        return {
            "Name": name,
            "ExecutionRoleArn": prerequisites.role_arn,
            "SourceBucketArn": prerequisites.bucket_arn,
            "DagS3Path": "dags",
            "NetworkConfiguration": {
                "SubnetIds": list(prerequisites.subnet_ids),
                "SecurityGroupIds": list(prerequisites.security_group_ids),
            },
            **members,
        }

    return request


@pytest.fixture
def available(aws: SimulatedAws, mwaa: Any, name: str, request_for: Callable[..., dict[str, Any]]) -> str:
    """The name of an environment that is AVAILABLE."""
    mwaa.create_environment(**request_for(name))
    aws.admin.advance(A_DAY)
    return name


@pytest.fixture
def outcome(aws: SimulatedAws, mwaa: Any, name: str, request_for: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Create an environment in a network, and return how that ends. Can be called again, for another environment."""
    names = (f"{name}-{number}" for number in itertools.count())

    def of(subnets: list[str], *groups: str, **members: Any) -> str:
        network = {"SubnetIds": subnets, "SecurityGroupIds": list(groups)}
        return ending(aws, mwaa, request_for(next(names), NetworkConfiguration=network, **members))

    return of


def ending(aws: SimulatedAws, mwaa: Any, request: dict[str, Any]) -> str:
    """Create an environment and return its status after an hour; a failure has to be told as AWS tells it."""
    mwaa.create_environment(**request)
    aws.admin.advance(15 * 60)
    environment = mwaa.get_environment(Name=request["Name"])["Environment"]
    assert environment["Status"] == "CREATING", "nothing is noticed at once"
    aws.admin.advance(45 * 60)
    environment = mwaa.get_environment(Name=request["Name"])["Environment"]
    if environment["Status"] == "CREATE_FAILED":
        error = environment["LastUpdate"]["Error"]
        assert error["ErrorCode"] == "INCORRECT_CONFIGURATION"
        assert error["ErrorMessage"].startswith("You may need to check the execution role permissions policy")
    return str(environment["Status"])


@pytest.fixture
def created(aws: SimulatedAws, mwaa: Any, name: str, request_for: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Create an environment with all logs on and return its status at the end."""

    def create(**members: Any) -> str:
        mwaa.create_environment(**request_for(name, LoggingConfiguration=ALL_LOGS, **members))
        aws.admin.advance(3600)
        return str(mwaa.get_environment(Name=name)["Environment"]["Status"])

    return create


@pytest.fixture
def streams(clients: Callable[[str], Any], name: str) -> Callable[[str], dict[str, list[str]]]:
    """Return the streams of a log group: name to lines."""

    def of(module: str) -> dict[str, list[str]]:
        logs, group = clients("logs"), f"airflow-{name}-{module}"
        found = logs.describe_log_streams(logGroupName=group)["logStreams"]
        return {
            one["logStreamName"]: [
                event["message"]
                for event in logs.get_log_events(
                    logGroupName=group, logStreamName=one["logStreamName"], startFromHead=True
                )["events"]
            ]
            for one in found
        }

    return of


@pytest.fixture
def text_of(streams: Callable[[str], dict[str, list[str]]]) -> Callable[[str, str], str]:
    """Return all that stands in the streams of a group whose names start like that."""

    def of(module: str, prefix: str) -> str:
        return "\n".join(line for name, lines in streams(module).items() if name.startswith(prefix) for line in lines)

    return of


@pytest.fixture
def vpc(clients: Callable[[str], Any], name: str) -> Vpc:
    """A VPC of the test's own."""
    return Vpc(clients("ec2"), name)


@pytest.fixture
def subnets(vpc: Vpc) -> list[str]:
    """Two subnets of it, in two zones, with no way out yet."""
    return vpc.subnets()
