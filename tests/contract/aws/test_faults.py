"""Every way in which a call can go wrong, through to what it means."""

import time

import pytest
from mwaa_operator.aws import mwaa, s3, sessions, sts
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_sandbox.pytest_plugin import SimulatedAccount

CANARY = "canary-7b1f"
NAMED = {
    "throttle": (FailureKind.THROTTLED, "ThrottlingException"),
    "error5xx": (FailureKind.TRANSIENT, "InternalServerException"),
    "access_denied": (FailureKind.DENIED, "AccessDeniedException"),
    "html": (FailureKind.TRANSIENT, "502"),
}
UNANSWERED = {
    "timeout": (FailureKind.TRANSIENT, "ConnectionClosedError"),
    "lost_answer": (FailureKind.TRANSIENT, "ConnectionClosedError"),
    "connection_reset": (FailureKind.TRANSIENT, "ConnectionClosedError"),
}
MWAA = {**NAMED, **UNANSWERED, "validation": (FailureKind.PROPAGATION, "ValidationException")}
STS = {**NAMED, **UNANSWERED}
S3 = {  # a HEAD has no body, so its errors have no name
    **UNANSWERED,
    "throttle": (FailureKind.THROTTLED, "429"),
    "error5xx": (FailureKind.TRANSIENT, "500"),
    "access_denied": (FailureKind.DENIED, "403"),
    "html": (FailureKind.TRANSIENT, "502"),
}
CALLS = {
    "GetEnvironment": {"Name": "env"},
    "CreateEnvironment": {
        "Name": "env",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "SourceBucketArn": "arn:aws:s3:::b",
        "DagS3Path": "dags",
        "NetworkConfiguration": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
        "AirflowConfigurationOptions": {"smtp.smtp_password": CANARY},
    },
    "UpdateEnvironment": {"Name": "env", "AirflowConfigurationOptions": {"smtp.smtp_password": CANARY}},
    "DeleteEnvironment": {"Name": "env"},
    "TagResource": {
        "ResourceArn": "arn:aws:airflow:eu-west-1:123456789012:environment/env",
        "Tags": {"a": CANARY},
    },
    "UntagResource": {
        "ResourceArn": "arn:aws:airflow:eu-west-1:123456789012:environment/env",
        "tagKeys": ["a"],
    },
}


def mwaa_call(client, operation):
    if operation == "GetEnvironment":
        return mwaa.get_environment(client, CALLS[operation]["Name"])
    return mwaa.call(client, operation, CALLS[operation])


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests of this file, so that they can share clients."""
    return SimulatedAccount(simulated_aws_server, "321098765432")


@pytest.fixture(scope="module")
def quick(simulated_aws):
    """Clients that repeat nothing, made once: that takes longer than a fault."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in simulated_aws.environment().items():
            patch.setenv(name, value)
        patch.setattr(sessions, "ATTEMPTS", 1)
        made = Clients(connections=4)
        for service in ("mwaa", "s3", "sts"):
            made.client(service)
    return made


@pytest.fixture
def fails(in_account):
    """Put a fault in force, make a call, and give the AwsError that it ends in."""

    def run(fault, call, **selection):
        in_account.admin.add_fault(
            fault, account=in_account.account, delay_seconds=0.05 if fault == "timeout" else None, **selection
        )
        with pytest.raises(AwsError) as caught:
            call()
        return caught.value

    return run


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", MWAA)
def test_a_fault_of_mwaa_ends_in_its_kind_of_failure(fails, quick, operation, fault):
    client = quick.client("mwaa")
    error = fails(fault, lambda: mwaa_call(client, operation), service="airflow", operation=operation)
    assert (error.kind, error.code) == MWAA[fault]
    assert error.operation == operation
    assert CANARY not in f"{error}{error!r}{error.message}"


@pytest.mark.parametrize("fault", STS)
def test_a_fault_of_sts_ends_in_its_kind_of_failure(fails, quick, fault):
    client = quick.client("sts")
    error = fails(fault, lambda: sts.account_id(client), service="sts")
    assert (error.kind, error.code) == STS[fault]
    assert error.operation == "GetCallerIdentity"


@pytest.mark.parametrize("fault", S3)
def test_a_fault_of_s3_ends_in_its_kind_of_failure(fails, quick, fault):
    client = quick.client("s3")
    error = fails(fault, lambda: s3.newest_version(client, bucket="some-bucket", key="r.txt"), service="s3")
    assert (error.kind, error.code) == S3[fault]
    assert error.operation == "HeadObject"


def test_a_denied_call_names_the_permission_that_is_missing(fails, quick):
    client = quick.client("mwaa")
    error = fails("access_denied", lambda: mwaa.get_environment(client, "env"), service="airflow")
    assert "airflow:GetEnvironment" in error.message
    assert error.action == "airflow:GetEnvironment"


def test_a_call_that_aws_leaves_unanswered_ends_with_the_read_time_out(in_account, impatient, clients):
    in_account.admin.set_latency(20, service="airflow", account=in_account.account)
    began = time.monotonic()
    try:
        with pytest.raises(AwsError) as caught:
            mwaa.get_environment(clients.client("mwaa"), "env")
    finally:
        in_account.admin.set_latency(0, service="airflow", account=in_account.account)
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "ReadTimeoutError")
    assert time.monotonic() - began < 15


def test_an_address_where_nobody_listens_is_passing(in_account, monkeypatch, one_attempt):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError) as caught:
        mwaa.get_environment(Clients(connections=1).client("mwaa"), "env")
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "EndpointConnectionError")


@pytest.mark.parametrize("fault", ["throttle", "error5xx", "html", "connection_reset"])
def test_boto3_itself_repeats_what_passes_twice(in_account, clients, fault):
    in_account.admin.add_fault(fault, account=in_account.account, service="airflow", count=2)
    assert mwaa.get_environment(clients.client("mwaa"), "env") is None
    assert len(in_account.admin.calls(operation="GetEnvironment", account=in_account.account)) == 3


@pytest.mark.parametrize("operation", ["CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment"])
@pytest.mark.parametrize("fault", [*UNANSWERED, "error5xx", "html"])
def test_a_call_that_may_have_been_carried_out_is_not_repeated_blindly(in_account, clients, operation, fault):
    """boto3 would: it cannot know that AWS may be half an hour at work on it by then."""
    in_account.admin.add_fault(
        fault, operation=operation, account=in_account.account, delay_seconds=0.05 if fault == "timeout" else None
    )
    with pytest.raises(AwsError) as caught:
        mwaa.call(clients.client("mwaa"), operation, CALLS[operation])
    assert caught.value.kind is FailureKind.TRANSIENT
    assert len(in_account.admin.calls(operation=operation, account=in_account.account)) == 1


def test_a_call_that_aws_has_no_time_for_is_repeated_by_boto3_itself(in_account, clients):
    in_account.admin.add_fault("throttle", operation="DeleteEnvironment", account=in_account.account, count=2)
    with pytest.raises(AwsError) as caught:
        mwaa.call(clients.client("mwaa"), "DeleteEnvironment", CALLS["DeleteEnvironment"])
    assert caught.value.kind is FailureKind.GONE
    assert len(in_account.admin.calls(operation="DeleteEnvironment", account=in_account.account)) == 3


@pytest.mark.parametrize(
    "parameters",
    [
        {"Name": "env", "AirflowConfigurationOptions": {"smtp.smtp_password": ["of the wrong type", CANARY]}},
        {"Name": "env", "NoSuchMember": CANARY},
        {"Name": "env", "AirflowConfigurationOptions": {"smtp.smtp_password": f"é{CANARY}"}},
    ],
    ids=["boto3 refuses the type", "boto3 refuses the member", "aws refuses the characters"],
)
def test_a_value_that_is_refused_is_not_quoted(quick, parameters):
    with pytest.raises(AwsError) as caught:
        mwaa.call(quick.client("mwaa"), "UpdateEnvironment", parameters)
    assert caught.value.kind is FailureKind.INVALID
    assert CANARY not in f"{caught.value}{caught.value!r}{caught.value.message}"
    assert caught.value.__suppress_context__
