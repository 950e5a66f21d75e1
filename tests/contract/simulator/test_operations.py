"""The simulated MWAA as boto3 sees it: each operation, and that its answers are what the service model says."""

import datetime as dt
import re

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config
from mwaa_sandbox.aws.prerequisites import make_prerequisites

DAY = 86400.0
TAGS = {"team": "data", "équipe": "a b"}


def status_of(mwaa, name):
    return mwaa.get_environment(Name=name)["Environment"]["Status"]


def test_life_of_an_environment(aws, mwaa, name, request_for):
    arn = mwaa.create_environment(**request_for(name))["Arn"]
    assert arn == f"arn:aws:airflow:eu-west-1:111122223333:environment/{name}"
    assert status_of(mwaa, name) == "CREATING"
    aws.admin.advance(DAY)
    assert status_of(mwaa, name) == "AVAILABLE"
    assert mwaa.update_environment(Name=name, MaxWorkers=4)["Arn"] == arn
    assert status_of(mwaa, name) == "UPDATING"
    aws.admin.advance(DAY)
    environment = mwaa.get_environment(Name=name)["Environment"]
    assert (environment["Status"], environment["MaxWorkers"]) == ("AVAILABLE", 4)
    aws.admin.script_outcome("delete", "success", environment=name, duration_seconds=1200)
    mwaa.delete_environment(Name=name)
    assert status_of(mwaa, name) == "DELETING"
    aws.admin.advance(1200)
    assert status_of(mwaa, name) == "DELETED"
    aws.admin.advance(DAY)
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.get_environment(Name=name)


def everything(prerequisites, version):
    modules = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
    return {
        "AirflowConfigurationOptions": {"core.default_timezone": "utc", "core.fernet_key": "k"},
        "AirflowVersion": "3.3.1",
        "EndpointManagement": "SERVICE",
        "EnvironmentClass": "mw1.medium",
        "IdentityCenterConfiguration": {"StartUrl": "https://x.awsapps.com/start", "IdentityStoreId": "d-0123456789"},
        "LoggingConfiguration": {module: {"Enabled": True, "LogLevel": "INFO"} for module in modules},
        "MinWorkers": 1,
        "MaxWorkers": 5,
        "MinWebservers": 2,
        "MaxWebservers": 3,
        "Schedulers": 3,
        "RequirementsS3Path": "requirements.txt",
        "RequirementsS3ObjectVersion": version,
        "Tags": TAGS,
        "Teams": {"blue": {"SourceBucketArn": prerequisites.bucket_arn, "DagS3Path": "teams/blue/"}},
        "WebserverAccessMode": "PUBLIC_AND_PRIVATE",
        "WeeklyMaintenanceWindowStart": "SUN:14:00",
    }


def test_everything_that_is_given_is_returned(aws, mwaa, clients, name, prerequisites, request_for):
    s3 = clients("s3")
    version = s3.put_object(Bucket="airflow-shared", Key="requirements.txt", Body=b"x")["VersionId"]
    s3.put_object(Bucket="airflow-shared", Key="teams/blue/a.py", Body=b"x")
    given = everything(prerequisites, version)
    mwaa.create_environment(**request_for(name, **given))
    aws.admin.advance(DAY)
    shown = mwaa.get_environment(Name=name)["Environment"]
    expected = {**given, "AirflowConfigurationOptions": {"core.default_timezone": "utc", "core.fernet_key": "***"}}
    logging = expected.pop("LoggingConfiguration")
    assert {member: shown[member] for member in expected} == expected
    for module, configuration in logging.items():
        assert configuration.items() <= shown["LoggingConfiguration"][module].items()


def test_values_match_the_patterns_of_the_model(mwaa, available):
    """All but WebserverUrl, which in practice has no scheme, whatever its pattern says (mwaa-behaviour.md §1.2)."""
    mwaa.tag_resource(ResourceArn=f"arn:aws:airflow:eu-west-1:111122223333:environment/{available}", Tags=TAGS)
    shown = mwaa.get_environment(Name=available)["Environment"]
    shape = mwaa.meta.service_model.operation_model("GetEnvironment").output_shape.members["Environment"]
    checked = 0
    for member, value in shown.items():
        metadata = shape.members[member].metadata
        if isinstance(value, str) and "pattern" in metadata and member != "WebserverUrl":
            assert re.fullmatch(metadata["pattern"], value), f"{member}: {value}"
            checked += 1
        if isinstance(value, str) and "enum" in metadata:
            assert value in metadata["enum"]
    assert checked >= 8
    for module in shown["LoggingConfiguration"].values():
        if "CloudWatchLogGroupArn" in module:
            assert re.fullmatch(
                r"arn:aws:logs:eu-west-1:111122223333:log-group:airflow-.*", module["CloudWatchLogGroupArn"]
            )
    assert re.fullmatch(r"[0-9a-f-]{36}-vpce\.c\d+\.eu-west-1\.airflow\.amazonaws\.com", shown["WebserverUrl"])


def test_time_stamps_are_those_of_the_call(mwaa, available):
    before = dt.datetime.now(dt.UTC)
    mwaa.update_environment(Name=available)
    shown = mwaa.get_environment(Name=available)["Environment"]
    assert shown["CreatedAt"] < shown["LastUpdate"]["CreatedAt"]
    assert abs(shown["LastUpdate"]["CreatedAt"] - before) < dt.timedelta(seconds=10)


def test_last_update_is_pending_and_then_a_success(aws, mwaa, available):
    assert "LastUpdate" not in mwaa.get_environment(Name=available)["Environment"]
    mwaa.update_environment(Name=available, MaxWorkers=3, WorkerReplacementStrategy="GRACEFUL")
    pending = mwaa.get_environment(Name=available)["Environment"]["LastUpdate"]
    assert (pending["Status"], pending["WorkerReplacementStrategy"]) == ("PENDING", "GRACEFUL")
    aws.admin.advance(DAY)
    done = mwaa.get_environment(Name=available)["Environment"]["LastUpdate"]
    assert (done["Status"], done["CreatedAt"]) == ("SUCCESS", pending["CreatedAt"])


def test_log_groups_are_made_for_enabled_modules(aws, mwaa, clients, name, request_for):
    logging = {"SchedulerLogs": {"Enabled": True, "LogLevel": "INFO"}}
    mwaa.create_environment(**request_for(name, LoggingConfiguration=logging))
    groups = clients("logs").describe_log_groups(logGroupNamePrefix=f"airflow-{name}-")["logGroups"]
    assert [group["logGroupName"] for group in groups] == [f"airflow-{name}-Scheduler", f"airflow-{name}-Task"]


def test_tags_are_added_replaced_and_removed(mwaa, available):
    arn = mwaa.get_environment(Name=available)["Environment"]["Arn"]
    mwaa.tag_resource(ResourceArn=arn, Tags=TAGS)
    mwaa.tag_resource(ResourceArn=arn, Tags={"team": "ops"})
    assert mwaa.list_tags_for_resource(ResourceArn=arn)["Tags"] == {**TAGS, "team": "ops"}
    mwaa.untag_resource(ResourceArn=arn, tagKeys=["équipe", "unknown"])
    assert mwaa.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "ops"}
    assert mwaa.get_environment(Name=available)["Environment"]["Tags"] == {"team": "ops"}


def test_paginator_lists_every_environment_once(aws, request_for):
    account = "444455556666"
    lonely = aws.client("mwaa", account=account)
    made = make_prerequisites(
        aws.client_factory(account=account), name="p", bucket="airflow-pages", role_name="airflow"
    )
    network = {"SubnetIds": list(made.subnet_ids), "SecurityGroupIds": list(made.security_group_ids)}
    names = [f"page-{number:02}" for number in range(30)]
    for one in names:
        members = {
            "ExecutionRoleArn": made.role_arn,
            "SourceBucketArn": made.bucket_arn,
            "NetworkConfiguration": network,
        }
        lonely.create_environment(**request_for(one, **members))
    pages = [page["Environments"] for page in lonely.get_paginator("list_environments").paginate()]
    assert [len(page) for page in pages] == [25, 5]
    assert [one for page in pages for one in page] == names
    small = lonely.get_paginator("list_environments").paginate(PaginationConfig={"PageSize": 7})
    assert [one for page in small for one in page["Environments"]] == names


def test_tokens_are_given_for_an_environment_with_a_webserver(mwaa, available):
    shown = mwaa.get_environment(Name=available)["Environment"]
    cli = mwaa.create_cli_token(Name=available)
    web = mwaa.create_web_login_token(Name=available)
    assert cli["WebServerHostname"] == web["WebServerHostname"] == shown["WebserverUrl"]
    assert cli["CliToken"] != web["WebToken"]
    assert web["IamIdentity"]
    assert len(web["AirflowIdentity"]) <= 64


def test_tokens_are_not_given_before_there_is_a_webserver(mwaa, name, request_for):
    mwaa.create_environment(**request_for(name))
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.create_cli_token(Name=name)
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.create_web_login_token(Name=name)


def test_publish_metrics_is_retired(mwaa, available):
    with pytest.raises(mwaa.exceptions.ValidationException, match="no longer available"):
        mwaa.publish_metrics(EnvironmentName=available, MetricData=[])


@pytest.mark.parametrize(
    "operation", ["get_environment", "update_environment", "delete_environment", "create_cli_token"]
)
def test_unknown_environment_raises_the_modelled_class(mwaa, operation):
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException) as raised:
        getattr(mwaa, operation)(Name="nobody")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert "nobody" in raised.value.response["message"]
    assert raised.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:airflow:eu-west-1:111122223333:environment/nobody",
        "arn:aws:airflow:us-east-1:111122223333:environment/nobody",
    ],
)
def test_tags_of_an_unknown_resource_raise_the_modelled_class(mwaa, arn):
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.list_tags_for_resource(ResourceArn=arn)


def test_validation_raises_the_modelled_class_with_its_message_member(mwaa, name, request_for):
    with pytest.raises(mwaa.exceptions.ValidationException) as raised:
        mwaa.create_environment(**request_for(name, Schedulers=9))
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "'9' at 'schedulers'" in raised.value.response["message"]
    assert raised.value.response["Error"]["Message"] == raised.value.response["message"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("1bad", "regular expression"), ("a" * 81, "less than or equal to 80"), ("späße", "regular expression")],
)
def test_bad_names_in_the_path_are_validated(mwaa, name, message):
    with pytest.raises(mwaa.exceptions.ValidationException, match=message):
        mwaa.get_environment(Name=name)


def test_page_token_that_is_none_is_refused(mwaa):
    with pytest.raises(mwaa.exceptions.ValidationException, match="NextToken"):
        mwaa.list_environments(NextToken="%%%")
    with pytest.raises(mwaa.exceptions.ValidationException, match="less than or equal to 25"):
        mwaa.list_environments(MaxResults=26)


def test_accounts_and_regions_are_apart(aws, mwaa, available):
    for account, region in (("999900001111", "eu-west-1"), ("111122223333", "us-east-1")):
        other = aws.client("mwaa", account=account, region=region)
        assert other.list_environments()["Environments"] == []
        with pytest.raises(other.exceptions.ResourceNotFoundException):
            other.get_environment(Name=available)
    assert aws.client("sts", account="999900001111").get_caller_identity()["Account"] == "999900001111"


def test_assumed_role_works_in_the_account_of_the_role(aws, available):
    sts = aws.client("sts", account="999900001111")
    role = "arn:aws:iam::111122223333:role/reader"
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
    assumed = boto3.client(
        "mwaa",
        region_name="eu-west-1",
        endpoint_url=aws.endpoint,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(inject_host_prefix=False, proxies={}),
    )
    assert assumed.get_environment(Name=available)["Environment"]["Name"] == available


def test_second_environment_of_a_name_is_refused(mwaa, available, request_for):
    with pytest.raises(mwaa.exceptions.ValidationException, match="already exists"):
        mwaa.create_environment(**request_for(available))


def test_client_side_checks_of_boto3_are_what_the_facts_say(mwaa, name, request_for):
    """§1.1: minimums are checked before sending, so that these never arrive."""
    with pytest.raises(botocore.exceptions.ParamValidationError):
        mwaa.create_environment(**request_for(name, MaxWorkers=0))
