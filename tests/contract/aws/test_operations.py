"""Each operation of the adapters, carried out by the simulated AWS."""

import secrets

import pytest
from mwaa_operator.aws import mwaa, s3, sts
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.pytest_plugin import SimulatedAccount

ACCOUNT = "210987654321"


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests of this file, because a network takes seconds to make."""
    return SimulatedAccount(simulated_aws_server, ACCOUNT)


@pytest.fixture(scope="module")
def prerequisites(simulated_aws):
    return make_prerequisites(simulated_aws.client, name="env", bucket=f"airflow-{ACCOUNT}", role_name="airflow")


@pytest.fixture
def request_for(prerequisites):
    """Make the members of a CreateEnvironment that is accepted."""

    def request(name, **members):
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
def client(one_attempt, clients):
    return clients.client("mwaa")


@pytest.fixture
def created(client, request_for):
    """Name an environment that is being created, with its ARN."""
    return "env", mwaa.call(client, "CreateEnvironment", request_for("env"))["Arn"]


@pytest.fixture
def available(in_account, created):
    admin, place = in_account.admin, (in_account.account, "eu-west-1", "env")
    admin.patch_environment(*place, Status="AVAILABLE")
    return created


def test_an_environment_that_does_not_exist_is_none(client):
    assert mwaa.get_environment(client, "env") is None


def test_create_gives_the_arn_and_get_the_environment(client, created):
    name, arn = created
    found = mwaa.get_environment(client, name)
    assert (found.arn, found.status) == (arn, "CREATING")
    assert found.created_at is not None


def test_update_sends_what_it_is_given_and_nothing_else(client, available, in_account):
    name, arn = available
    assert mwaa.call(client, "UpdateEnvironment", {"Name": name, "MaxWorkers": 9})["Arn"] == arn
    (call,) = in_account.admin.calls(operation="UpdateEnvironment", account=in_account.account)
    assert call.parameters == {"Name": name, "MaxWorkers": 9}
    assert mwaa.get_environment(client, name).status == "UPDATING"


def test_delete_begins_to_delete(client, available):
    name, _ = available
    assert "Arn" not in mwaa.call(client, "DeleteEnvironment", {"Name": name})
    assert mwaa.get_environment(client, name).status == "DELETING"


def test_tags_are_set_and_removed(client, available):
    name, arn = available
    mwaa.call(client, "TagResource", {"ResourceArn": arn, "Tags": {"team": "data", "cost": "7"}})
    assert mwaa.get_environment(client, name).tags == {"team": "data", "cost": "7"}
    mwaa.call(client, "UntagResource", {"ResourceArn": arn, "tagKeys": ["cost"]})
    assert mwaa.get_environment(client, name).tags == {"team": "data"}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("UpdateEnvironment", {"Name": "env", "MaxWorkers": 9}), ("DeleteEnvironment", {"Name": "env"})],
)
def test_a_call_for_an_environment_that_does_not_exist_says_gone(client, operation, parameters):
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, operation, parameters)
    assert (caught.value.kind, caught.value.operation) == (FailureKind.GONE, operation)
    assert caught.value.request_id


@pytest.mark.parametrize("operation", ["UpdateEnvironment", "DeleteEnvironment"])
def test_a_call_while_aws_is_at_work_says_conflict(client, created, operation):
    with pytest.raises(AwsError, match="must complete previous operation") as caught:
        mwaa.call(client, operation, {"Name": created[0]})
    assert caught.value.kind is FailureKind.CONFLICT


def test_a_second_environment_of_one_name_says_conflict(client, created, request_for):
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, "CreateEnvironment", request_for(created[0]))
    assert caught.value.kind is FailureKind.CONFLICT


def test_values_that_aws_refuses_say_invalid(client, request_for):
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, "CreateEnvironment", request_for("1bad"))
    assert caught.value.kind is FailureKind.INVALID


def test_a_role_that_aws_cannot_assume_says_propagation(client, request_for, in_account):
    role = f"arn:aws:iam::{in_account.account}:role/made-a-second-ago"
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, "CreateEnvironment", request_for("env", ExecutionRoleArn=role))
    assert caught.value.kind is FailureKind.PROPAGATION


def test_more_environments_than_the_account_may_have_say_quota(client, request_for):
    for number in range(10):
        mwaa.call(client, "CreateEnvironment", request_for(f"e{number}"))
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, "CreateEnvironment", request_for("e10"))
    assert caught.value.kind is FailureKind.QUOTA


def test_a_lost_answer_hides_a_call_that_was_carried_out(client, request_for, in_account, one_attempt):
    in_account.admin.add_fault("lost_answer", operation="CreateEnvironment", account=in_account.account)
    with pytest.raises(AwsError) as caught:
        mwaa.call(client, "CreateEnvironment", request_for("env"))
    assert caught.value.kind is FailureKind.TRANSIENT
    assert mwaa.get_environment(client, "env").status == "CREATING"


# ---- S3 and STS ----


@pytest.fixture
def bucket(in_account):
    """Name a versioned bucket."""
    storage, name = in_account.client("s3"), f"code-{secrets.token_hex(4)}"
    storage.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    storage.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_the_newest_version_is_the_one_that_was_put_last(clients, in_account, bucket):
    storage = in_account.client("s3")
    put = [storage.put_object(Bucket=bucket, Key="r.txt", Body=body)["VersionId"] for body in (b"1", b"2")]
    assert s3.newest_version(clients.client("s3"), bucket=bucket, key="r.txt") == put[-1]


@pytest.mark.parametrize("deleted", [False, True], ids=["never there", "deleted"])
def test_a_file_that_is_not_there_says_missing_and_which(clients, in_account, bucket, deleted):
    if deleted:
        in_account.client("s3").put_object(Bucket=bucket, Key="r.txt", Body=b"1")
        in_account.client("s3").delete_object(Bucket=bucket, Key="r.txt")
    with pytest.raises(AwsError, match=rf"no object r\.txt in the bucket {bucket}") as caught:
        s3.newest_version(clients.client("s3"), bucket=bucket, key="r.txt")
    assert caught.value.kind is FailureKind.MISSING


def test_a_bucket_that_is_not_there_says_missing(clients):
    with pytest.raises(AwsError) as caught:
        s3.newest_version(clients.client("s3"), bucket="no-such-bucket-anywhere", key="r.txt")
    assert caught.value.kind is FailureKind.MISSING


def test_a_bucket_without_versions_says_so(clients, in_account):
    name = f"plain-{secrets.token_hex(4)}"
    storage = in_account.client("s3")
    storage.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    storage.put_object(Bucket=name, Key="r.txt", Body=b"1")
    with pytest.raises(AwsError, match="not versioned") as caught:
        s3.newest_version(clients.client("s3"), bucket=name, key="r.txt")
    assert caught.value.kind is FailureKind.MISSING


def test_a_file_that_may_not_be_looked_at_names_the_permissions_that_are_missing(
    clients, in_account, bucket, one_attempt
):
    in_account.admin.add_fault("access_denied", service="s3", account=in_account.account)
    with pytest.raises(AwsError, match=r"s3:GetObject.*s3:ListBucket") as caught:
        s3.newest_version(clients.client("s3"), bucket=bucket, key="r.txt")
    assert (caught.value.kind, caught.value.action) == (FailureKind.DENIED, "s3:GetObject")


def test_the_account_is_the_one_of_the_credentials(clients, in_account):
    assert sts.account_id(clients.client("sts")) == in_account.account
