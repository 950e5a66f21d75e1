"""Requests against the service model: what boto3 does not check, MWAA does (mwaa-behaviour.md §1.1, §1.2)."""

import pytest
from mwaa_sandbox.aws.mwaa import shapes
from mwaa_sandbox.aws.mwaa.errors import SerializationError, ValidationError

ARN = "arn:aws:airflow:eu-west-1:111122223333:environment/e"


def logging(**module):
    return {"LoggingConfiguration": {"TaskLogs": module}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Name": "1bad"}, "'1bad' at 'name' .* regular expression"),
        ({"Name": "e" * 81}, "length less than or equal to 80"),
        ({"ExecutionRoleArn": "role/x"}, "'executionRoleArn' .* regular expression"),
        ({"SourceBucketArn": "arn:aws:s3:::bucket/path"}, "'sourceBucketArn'"),
        ({"NetworkConfiguration": {"SubnetIds": ["subnet-1"]}}, "'networkConfiguration.subnetIds' .* equal to 2"),
        ({"NetworkConfiguration": {"SubnetIds": ["subnet-1"] * 3}}, "length less than or equal to 2"),
        ({"NetworkConfiguration": {"SecurityGroupIds": ["sg-1"] * 6}}, "length less than or equal to 5"),
        ({"Schedulers": 9}, "'9' at 'schedulers' .* less than or equal to 5"),
        ({"MaxWorkers": 0}, "greater than or equal to 1"),
        ({"WebserverAccessMode": "PUBLIC"}, "enum value set: .PRIVATE_ONLY, PUBLIC_ONLY, PUBLIC_AND_PRIVATE."),
        ({"EndpointManagement": "MINE"}, "enum value set"),
        ({"WeeklyMaintenanceWindowStart": "SUN:14:15"}, "'weeklyMaintenanceWindowStart'"),
        ({"Tags": {}}, "'tags' .* greater than or equal to 1"),
        ({"Tags": {"a": ""}}, "'tags.a.member' .* greater than or equal to 1"),
        ({"Tags": {"a!": "b"}}, "'tags.key' .* regular expression"),
        ({"AirflowConfigurationOptions": {"Core.X": "1"}}, "'airflowConfigurationOptions.key'"),
        (logging(Enabled=True), "'loggingConfiguration.taskLogs.logLevel' .* must not be null"),
        (logging(Enabled=True, LogLevel="TRACE"), "enum value set"),
        ({"KmsKey": "mrk-123"}, "'kmsKey' .* regular expression"),
        ({"Teams": {"ab": {}}}, "'teams.key' .* greater than or equal to 3"),
    ],
)
def test_constraint_of_the_model_is_checked(request_of, members, message):
    with pytest.raises(ValidationError, match=message):
        shapes.accepted("CreateEnvironment", {**request_of("e"), **members})


@pytest.mark.parametrize("name", ["ExecutionRoleArn", "SourceBucketArn", "DagS3Path", "NetworkConfiguration"])
def test_required_member_is_missed(request_of, name):
    request = request_of("e")
    del request[name]
    with pytest.raises(ValidationError, match=f"at '{name[0].lower()}{name[1:]}' .* must not be null"):
        shapes.accepted("CreateEnvironment", request)


def test_all_problems_are_told_in_one_message(request_of):
    with pytest.raises(ValidationError, match=r"2 validation errors detected: .*; "):
        shapes.accepted("CreateEnvironment", {**request_of("e"), "Schedulers": 9, "MaxWorkers": 0})


def test_value_of_an_option_is_not_repeated_in_the_message(request_of):
    request = {**request_of("e"), "AirflowConfigurationOptions": {"smtp.smtp_password": "geheim\u00e9"}}
    with pytest.raises(ValidationError) as refused:
        shapes.accepted("CreateEnvironment", request)
    assert "geheim" not in refused.value.message


def test_unknown_members_and_nulls_are_ignored(request_of):
    request = request_of("e")
    assert shapes.accepted("CreateEnvironment", {**request, "Nonsense": 1, "KmsKey": None}) == request


def test_immutable_members_are_unknown_to_update():
    request = {"Name": "e", "KmsKey": "x", "EndpointManagement": "CUSTOMER"}
    network = {"NetworkConfiguration": {"SubnetIds": ["subnet-9"], "SecurityGroupIds": ["sg-1"]}}
    assert shapes.accepted("UpdateEnvironment", {**request, **network}) == {
        "Name": "e",
        "NetworkConfiguration": {"SecurityGroupIds": ["sg-1"]},
    }


def test_network_of_an_update_needs_security_groups():
    with pytest.raises(ValidationError, match="securityGroupIds"):
        shapes.accepted("UpdateEnvironment", {"Name": "e", "NetworkConfiguration": {"SubnetIds": ["subnet-9"]}})


@pytest.mark.parametrize(
    "members",
    [
        {"MaxWorkers": "5"},
        {"MaxWorkers": True},
        {"Tags": []},
        {"DagS3Path": 3},
        logging(Enabled="yes", LogLevel="INFO"),
    ],
)
def test_wrong_json_type_cannot_be_read(request_of, members):
    with pytest.raises(SerializationError):
        shapes.accepted("CreateEnvironment", {**request_of("e"), **members})


def test_tags_take_letters_of_any_language(request_of):
    tags = {"équipe": "données 12", "группа": "a:b/c=d+e-f@g_h.i"}
    assert shapes.accepted("TagResource", {"ResourceArn": ARN, "Tags": tags})["Tags"] == tags


def test_path_of_a_rest_call_has_at_most_64_characters():
    with pytest.raises(ValidationError, match="less than or equal to 64"):
        shapes.accepted("InvokeRestApi", {"Name": "e", "Path": "/dags/" + "x" * 64, "Method": "GET"})
    document = {"Name": "e", "Path": "/dags", "Method": "POST", "Body": {"any": ["thing", None]}}
    assert shapes.accepted("InvokeRestApi", document) == document
