"""What a test does to the simulator through `AdminClient`, seen from a client that suffers it."""

from __future__ import annotations

import concurrent.futures
import time
import urllib.error
import urllib.request

import botocore.exceptions
import pytest
from mwaa_sandbox.aws.admin_client import AdminError

ACCOUNT, REGION, DAY = "111122223333", "eu-west-1", 86400.0


@pytest.mark.parametrize(
    ("kind", "more", "status", "code"),
    [
        ("throttle", {}, 429, "ThrottlingException"),
        ("throttle", {"error_code": "TooManyRequestsException"}, 429, "TooManyRequestsException"),
        ("error5xx", {}, 500, "InternalServerException"),
        ("error5xx", {"error_code": "ServiceUnavailableException"}, 503, "ServiceUnavailableException"),
        ("access_denied", {}, 403, "AccessDeniedException"),
        ("validation", {"message": "no luck"}, 400, "ValidationException"),
        ("html", {}, 502, "502"),
    ],
)
def test_fault_is_raised_as_the_error_that_it_stands_for(aws, mwaa, available, kind, more, status, code):
    aws.admin.add_fault(kind, service="mwaa", operation="GetEnvironment", account=ACCOUNT, count=1, **more)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        mwaa.get_environment(Name=available)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert raised.value.response["Error"]["Code"] == code
    assert more.get("message", "") in raised.value.response["Error"]["Message"]
    mwaa.get_environment(Name=available)


def test_modelled_faults_are_raised_as_modelled_classes(aws, mwaa, available):
    cases = {
        "InternalServerException": ("error5xx", {}),
        "ValidationException": ("validation", {}),
    }
    for name, (kind, more) in cases.items():
        aws.admin.add_fault(kind, operation="GetEnvironment", environment=available, count=1, **more)
        with pytest.raises(getattr(mwaa.exceptions, name)) as raised:
            mwaa.get_environment(Name=available)
        assert raised.value.response["message"]
    aws.admin.add_fault("error5xx", environment=available, count=1, error_code="ServiceUnavailableException")
    with pytest.raises(mwaa.exceptions.ServiceUnavailableException) as raised:
        mwaa.update_environment(Name=available)
    assert raised.value.response["message"]
    aws.admin.add_fault("access_denied", environment=available, count=1)
    with pytest.raises(mwaa.exceptions.AccessDeniedException) as raised:
        mwaa.create_web_login_token(Name=available)
    assert "is not authorized to perform: airflow:CreateWebLoginToken" in raised.value.response["Message"]


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("s3", lambda client: client.list_buckets()),
        ("iam", lambda client: client.list_roles()),
        ("ec2", lambda client: client.describe_vpcs()),
        ("sts", lambda client: client.get_caller_identity()),
        ("logs", lambda client: client.describe_log_groups()),
        ("kms", lambda client: client.list_keys()),
    ],
)
def test_faults_speak_the_protocol_of_each_service(aws, clients, service, call):
    aws.admin.add_fault("throttle", service=service, account=ACCOUNT, count=1, message="too fast")
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call(clients(service))
    assert raised.value.response["Error"]["Code"] == "ThrottlingException"
    assert raised.value.response["Error"]["Message"] == "too fast"
    call(clients(service))


@pytest.mark.parametrize(
    ("service", "operation", "members", "action", "resource"),
    [
        ("s3", "get_bucket_encryption", {"Bucket": "b"}, "s3:GetEncryptionConfiguration", "arn:aws:s3:::b"),
        ("s3", "list_objects_v2", {"Bucket": "b"}, "s3:ListBucket", "arn:aws:s3:::b"),
        ("cloudwatch", "list_metrics", {}, "cloudwatch:ListMetrics", "*"),
        ("ec2", "describe_vpcs", {}, "ec2:DescribeVpcs", "*"),
        ("mwaa", "get_environment", {"Name": "e"}, "airflow:GetEnvironment", "arn:aws:airflow:{}:{}:environment/e"),
        ("sts", "get_caller_identity", {}, "sts:GetCallerIdentity", "*"),
    ],
)
def test_denial_names_the_action_as_iam_does(aws, clients, service, operation, members, action, resource):
    aws.admin.add_fault("access_denied", account=ACCOUNT, count=1)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        getattr(clients(service), operation)(**members)
    told = f"is not authorized to perform: {action} on resource: {resource.format(REGION, ACCOUNT)}"
    assert raised.value.response["Error"]["Message"].endswith(told)


def test_lost_answer_is_carried_out(aws, mwaa, name, request_for):
    aws.admin.add_fault("lost_answer", operation="CreateEnvironment", environment=name, count=1)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        mwaa.create_environment(**request_for(name))
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "CREATING"
    [call] = aws.admin.calls(operation="CreateEnvironment", environment=name)
    assert call.status == 0


def test_connection_reset_is_not_carried_out(aws, mwaa, name, request_for):
    aws.admin.add_fault("connection_reset", operation="CreateEnvironment", environment=name, count=1)
    with pytest.raises(botocore.exceptions.HTTPClientError) as got:
        mwaa.create_environment(**request_for(name))
    assert "reset by peer" in str(got.value.kwargs["error"])
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.get_environment(Name=name)


def test_timeout_is_not_answered_for_as_long_as_it_was_told(aws, mwaa, available):
    aws.admin.add_fault("timeout", environment=available, count=1, delay_seconds=0.3)
    began = time.monotonic()
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        mwaa.update_environment(Name=available)
    assert time.monotonic() - began >= 0.3
    assert mwaa.get_environment(Name=available)["Environment"]["Status"] == "AVAILABLE"


def test_connection_works_again_after_a_fault(aws, mwaa, available):
    for kind in ("html", "lost_answer", "connection_reset"):
        aws.admin.add_fault(kind, environment=available, count=1)
        with pytest.raises((botocore.exceptions.ClientError, botocore.exceptions.HTTPClientError)):
            mwaa.get_environment(Name=available)
        assert mwaa.get_environment(Name=available)["Environment"]["Name"] == available


def test_latency_delays_what_it_is_for(aws, mwaa, available):
    aws.admin.set_latency(0.2, service="mwaa", operation="GetEnvironment")
    try:
        began = time.monotonic()
        mwaa.get_environment(Name=available)
        assert time.monotonic() - began >= 0.2
    finally:
        aws.admin.set_latency(0, service="mwaa", operation="GetEnvironment")
    [call] = aws.admin.calls(operation="GetEnvironment", environment=available)
    assert call.duration_seconds >= 0.2


def test_latency_of_one_environment_delays_no_other(aws, mwaa, available):
    aws.admin.set_latency(5, environment="another")
    try:
        mwaa.get_environment(Name=available)
    finally:
        aws.admin.set_latency(0, environment="another")
    [call] = aws.admin.calls(operation="GetEnvironment", environment=available)
    assert call.duration_seconds < 5


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("rolled_back_update_failed", "UPDATE_FAILED"),
        ("rolled_back_available", "AVAILABLE"),
        ("unavailable", "UNAVAILABLE"),
    ],
)
def test_scripted_update_ends_as_told(aws, mwaa, available, outcome, status):
    error = {"code": "INCORRECT_CONFIGURATION", "message": "the requirements cannot be installed"}
    aws.admin.script_outcome("update", outcome, environment=available, duration_seconds=1000, error=error)
    mwaa.update_environment(Name=available, MaxWorkers=3)
    aws.admin.advance(999)
    assert mwaa.get_environment(Name=available)["Environment"]["Status"] == "ROLLING_BACK"
    aws.admin.advance(1)
    environment = mwaa.get_environment(Name=available)["Environment"]
    assert (environment["Status"], environment["MaxWorkers"]) == (status, 10)
    assert environment["LastUpdate"]["Status"] == "FAILED"
    assert environment["LastUpdate"]["Error"] == {"ErrorCode": error["code"], "ErrorMessage": error["message"]}
    mwaa.delete_environment(Name=available)


def test_scripted_create_fails_and_can_only_be_deleted(aws, mwaa, name, request_for):
    aws.admin.script_outcome("create", "create_failed", environment=name)
    mwaa.create_environment(**request_for(name))
    aws.admin.advance(DAY)
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "CREATE_FAILED"
    with pytest.raises(
        mwaa.exceptions.ValidationException, match=r"Environments with CREATE_FAILED status cannot be updated\."
    ):
        mwaa.update_environment(Name=name)
    mwaa.delete_environment(Name=name)


def test_drift_is_made_behind_everybodys_back(aws, mwaa, available):
    aws.admin.patch_environment(ACCOUNT, REGION, available, MaxWorkers=9, Tags={"x": "y"}, Status="UNAVAILABLE")
    environment = mwaa.get_environment(Name=available)["Environment"]
    assert (environment["MaxWorkers"], environment["Tags"], environment["Status"]) == (9, {"x": "y"}, "UNAVAILABLE")


@pytest.mark.parametrize(
    ("members", "message"),
    [({"WebserverUrl": "x"}, "cannot change WebserverUrl"), ({"MaxWorkers": None}, "always has MaxWorkers")],
)
def test_drift_that_cannot_be_is_refused(aws, available, members, message):
    with pytest.raises(AdminError, match=message):
        aws.admin.patch_environment(ACCOUNT, REGION, available, **members)


def test_environment_vanishes(aws, mwaa, available):
    aws.admin.remove_environment(ACCOUNT, REGION, available)
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.get_environment(Name=available)
    with pytest.raises(AdminError, match="HTTP 404"):
        aws.admin.remove_environment(ACCOUNT, REGION, available)


def test_maintenance_starts_when_told(aws, mwaa, available):
    aws.admin.start_maintenance(ACCOUNT, REGION, available, duration_seconds=600)
    assert mwaa.get_environment(Name=available)["Environment"]["Status"] == "MAINTENANCE"
    with pytest.raises(AdminError, match="HTTP 409"):
        aws.admin.start_maintenance(ACCOUNT, REGION, available)
    aws.admin.advance(600)
    environment = mwaa.get_environment(Name=available)["Environment"]
    assert (environment["Status"], environment["LastUpdate"]["Source"]) == ("AVAILABLE", "MAINTENANCE")


def test_raw_state_is_not_masked(aws, mwaa, name, request_for):
    options = {"core.fernet_key": "k"}
    mwaa.create_environment(**request_for(name, AirflowConfigurationOptions=options))
    raw = aws.admin.environment(ACCOUNT, REGION, name)
    assert raw["settings"]["AirflowConfigurationOptions"] == options
    assert raw["operation"]["kind"] == "create"
    assert raw in [one for one in aws.admin.environments(account=ACCOUNT) if one["name"] == name]


def test_call_log_tells_who_asked_for_what_and_hides_option_values(aws, mwaa, name, request_for):
    last = max((call.sequence for call in aws.admin.calls()), default=0)
    mwaa.create_environment(**request_for(name, AirflowConfigurationOptions={"smtp.smtp_password": "geheim"}))
    with pytest.raises(mwaa.exceptions.ValidationException):
        mwaa.delete_environment(Name=name)
    create, delete = aws.admin.calls(since=last, account=ACCOUNT)
    assert (create.service, create.operation, create.environment) == ("airflow", "CreateEnvironment", name)
    assert (create.account, create.region, create.status, create.error_code) == (ACCOUNT, REGION, 200, None)
    assert create.parameters["AirflowConfigurationOptions"] == {"smtp.smtp_password": "***"}
    assert "geheim" not in repr(create)
    assert "Boto3" in create.user_agent
    assert abs(create.time - time.time()) < 30
    assert (delete.operation, delete.status, delete.error_code) == ("DeleteEnvironment", 400, "ValidationException")
    assert aws.admin.counters(account=ACCOUNT).environments[name] == {"CreateEnvironment": 1, "DeleteEnvironment": 1}


def test_call_log_knows_tag_calls_by_their_environment(aws, mwaa, available):
    mwaa.list_tags_for_resource(ResourceArn=f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/{available}")
    assert aws.admin.calls(operation="ListTagsForResource", environment=available)


def test_call_log_covers_motos_services(aws, clients):
    last = max((call.sequence for call in aws.admin.calls()), default=0)
    clients("s3").list_objects_v2(Bucket="airflow-shared")
    clients("iam").get_role(RoleName="airflow")
    clients("logs").describe_log_groups()
    with pytest.raises(botocore.exceptions.ClientError):
        clients("ec2").describe_subnets(SubnetIds=["subnet-00000000"])
    seen = [(call.service, call.operation, call.status, call.error_code) for call in aws.admin.calls(since=last)]
    assert seen == [
        ("s3", "ListObjectsV2", 200, None),
        ("iam", "GetRole", 200, None),
        ("logs", "DescribeLogGroups", 200, None),
        ("ec2", "DescribeSubnets", 400, "InvalidSubnetID.NotFound"),
    ]


def test_mistakes_in_admin_documents_are_told(aws):
    with pytest.raises(AdminError, match="kind must be one of throttle"):
        aws.admin.add_fault("nonsense")
    with pytest.raises(AdminError, match="outcome unavailable is not one of a create"):
        aws.admin.script_outcome("create", "unavailable")
    with pytest.raises(AdminError, match="unknown: creation"):
        aws.admin.set_durations(creation={"meanSeconds": 1})
    with pytest.raises(AdminError, match="backwards"):
        aws.admin.advance(-1)


def test_durations_can_be_overridden(aws, mwaa, name, request_for):
    before = aws.admin.durations()
    aws.admin.set_durations(create={"meanSeconds": 10, "spread": 0})
    try:
        mwaa.create_environment(**request_for(name))
    finally:
        aws.admin.set_durations(**before)
    aws.admin.advance(10)
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "AVAILABLE"


def test_reset_of_an_account_leaves_the_others(aws, mwaa, available):
    other = aws.client("mwaa", account="777788889999")
    other.list_environments()
    aws.admin.reset(account="777788889999")
    assert aws.admin.calls(account="777788889999") == []
    assert mwaa.get_environment(Name=available)["Environment"]["Name"] == available


def test_server_keeps_connections_and_takes_bodies_of_any_kind(aws, clients):
    """A chunked upload, an empty body and a plain one over the same connection must not get in each other's way."""
    s3 = clients("s3")
    body = b"x" * 300_000
    for key in ("dags/one", "dags/two"):
        s3.put_object(Bucket="airflow-shared", Key=key, Body=body)
        assert s3.get_object(Bucket="airflow-shared", Key=key)["Body"].read() == body
        assert s3.head_object(Bucket="airflow-shared", Key=key)["ContentLength"] == len(body)


def test_many_callers_at_once_get_their_answers(aws, mwaa, clients, name, request_for):
    names = [f"{name}-{number}" for number in range(60)]

    def make(one):
        mwaa.create_environment(**request_for(one))
        clients("s3").put_object(Bucket="airflow-shared", Key=f"many/{one}", Body=b"x")
        return mwaa.get_environment(Name=one)["Environment"]["Status"]

    clients("s3")
    with concurrent.futures.ThreadPoolExecutor(max_workers=20) as pool:
        assert list(pool.map(make, names)) == ["CREATING"] * len(names)
    assert len(aws.admin.calls(operation="CreateEnvironment", account=ACCOUNT)) >= len(names)


def test_path_that_no_operation_has_is_unknown(aws):
    request = urllib.request.Request(
        f"{aws.endpoint}/nonsense",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/airflow/aws4_request"},
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
    with raised.value as answer:
        assert (answer.code, answer.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
