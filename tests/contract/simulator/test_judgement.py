"""What the simulated MWAA refuses after a look at the other services, in AWS's own words (mwaa-behaviour.md §1.3, §4 to §6)."""

from __future__ import annotations

import json
import urllib.request

import pytest
from mwaa_sandbox.aws.prerequisites import make_key

DAY = 86400.0
ROLE = "arn:aws:iam::111122223333:role/"
SERVICES = ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]
READ_ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.fixture
def make_bucket(aws, name):
    """Make a bucket that is as it should be, except for what the test leaves out."""

    def make(*, versioning=True, blocked=True, dags="dags/a.py", region="eu-west-1"):
        s3 = aws.client("s3", account="111122223333", region=region)
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=f"b-{name}", **place)
        if versioning:
            s3.put_bucket_versioning(Bucket=f"b-{name}", VersioningConfiguration={"Status": "Enabled"})
        if blocked:
            flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
            configuration = dict.fromkeys(flags, True)
            if blocked == "partly":
                configuration["BlockPublicPolicy"] = False
            s3.put_public_access_block(Bucket=f"b-{name}", PublicAccessBlockConfiguration=configuration)
        if dags:
            s3.put_object(Bucket=f"b-{name}", Key=dags, Body=b"x")
        return f"arn:aws:s3:::b-{name}"

    return make


@pytest.fixture
def make_role(clients, name):
    """Make a role with these principals and policies."""
    iam = clients("iam")

    def make(*, services=SERVICES, statements=(READ_ALL,)):
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}))
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        return f"{ROLE}{name}"

    return make


@pytest.fixture
def refusal(mwaa, name, request_for):
    """Try to create an environment and return what the service says."""

    def refused(**members):
        with pytest.raises(mwaa.exceptions.ValidationException) as raised:
            mwaa.create_environment(**request_for(name, **members))
        assert name not in mwaa.list_environments().get("Environments")
        return raised.value.response["message"]

    return refused


def test_bucket_that_does_not_exist(refusal):
    assert refusal(SourceBucketArn="arn:aws:s3:::nobodys") == "Provided bucket nobodys does not exist"


def test_bucket_in_another_region(refusal, make_bucket):
    assert "must be in the Region eu-west-1" in refusal(SourceBucketArn=make_bucket(region="eu-central-1"))


def test_bucket_without_versioning(refusal, make_bucket, make_role):
    message = refusal(SourceBucketArn=make_bucket(versioning=False), ExecutionRoleArn=make_role())
    assert "does not have versioning enabled" in message


@pytest.fixture
def bucket_with_key(clients, name, make_bucket):
    """Make a bucket that encrypts with a key by default."""

    def make(key):
        arn = make_bucket()
        default = {"SSEAlgorithm": "aws:kms", **({} if key is None else {"KMSMasterKeyID": key})}
        clients("s3").put_bucket_encryption(
            Bucket=f"b-{name}",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )
        return arn

    return make


@pytest.fixture
def key(clients, name, make_role):
    """The key of a role that is as it should be."""
    make_role()
    return make_key(clients, role_name=name)


def test_bucket_with_a_key_that_is_not_the_environments(refusal, clients, bucket_with_key, key, name):
    bucket = bucket_with_key(clients("kms").create_key()["KeyMetadata"]["Arn"])
    for members in ({}, {"KmsKey": key}):
        message = refusal(SourceBucketArn=bucket, ExecutionRoleArn=f"{ROLE}{name}", **members)
        assert "is not the KMS key of the environment" in message


def test_bucket_with_an_alias(refusal, clients, bucket_with_key, key, name):
    clients("kms").create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    message = refusal(SourceBucketArn=bucket_with_key(f"alias/{name}"), ExecutionRoleArn=f"{ROLE}{name}", KmsKey=key)
    assert "is not the KMS key of the environment" in message


@pytest.mark.parametrize("named", ["id", "arn", None, "alias/aws/s3"])
def test_bucket_with_the_key_of_the_environment_or_one_of_aws_is_taken(
    mwaa, request_for, bucket_with_key, key, name, named
):
    bucket = bucket_with_key({"id": key.rpartition("/")[2], "arn": key}.get(named, named))
    members = {"SourceBucketArn": bucket, "ExecutionRoleArn": f"{ROLE}{name}", "KmsKey": key}
    mwaa.create_environment(**request_for(name, **members))
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "CREATING"


@pytest.mark.parametrize(
    "kind",
    [
        {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"},
        {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"},
        {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
    ],
)
def test_key_that_is_not_symmetric(refusal, clients, kind):
    key = clients("kms").create_key(**kind)["KeyMetadata"]["Arn"]
    assert "is not a symmetric key for encryption" in refusal(KmsKey=key)


@pytest.mark.parametrize("blocked", [False, "partly"])
def test_bucket_open_to_the_public(refusal, make_bucket, make_role, name, blocked):
    message = refusal(SourceBucketArn=make_bucket(blocked=blocked), ExecutionRoleArn=make_role())
    assert message == f"Provided bucket does not have BlockPublicAccess set for s3 bucket b-{name}"


def test_role_that_may_not_read_the_public_access_block(refusal, make_role):
    allowed = {"Effect": "Allow", "Action": ["s3:GetObject*", "s3:List*"], "Resource": "*"}
    message = refusal(ExecutionRoleArn=make_role(statements=[allowed]))
    assert message == "Provided bucket does not have BlockPublicAccess set for s3 bucket airflow-shared"


def test_account_wide_public_access_block_is_enough(aws, mwaa, name, request_for, make_bucket, make_role):
    bucket, role = make_bucket(blocked=False), make_role()
    block_account(aws, "true")
    try:
        mwaa.create_environment(**request_for(name, SourceBucketArn=bucket, ExecutionRoleArn=role))
    finally:
        block_account(aws, "false")


def block_account(aws, value):
    """PutPublicAccessBlock of S3 Control, by hand: boto3 puts the account before the host, which leads nowhere here."""
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    settings = "".join(f"<{flag}>{value}</{flag}>" for flag in flags)
    namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/"
    document = f'<PublicAccessBlockConfiguration xmlns="{namespace}">{settings}</PublicAccessBlockConfiguration>'
    request = urllib.request.Request(
        f"{aws.endpoint}/v20180820/configuration/publicAccessBlock",
        data=document.encode(),
        method="PUT",
        headers={
            "Authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/s3/aws4_request",
            "Content-Type": "application/xml",
            "x-amz-account-id": "111122223333",
        },
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
        pass


def test_dag_prefix_that_is_not_there(refusal):
    message = refusal(DagS3Path="nothing/here")
    assert message == ("Provided role does not have sufficient permissions for s3 location airflow-shared/nothing/here")


def test_role_that_may_not_read_the_dags(refusal, make_role):
    only_bucket = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::airflow-shared"}
    message = refusal(ExecutionRoleArn=make_role(statements=[only_bucket]))
    assert message == "Provided role does not have sufficient permissions for s3 location airflow-shared/dags"


def not_assumable(arn):
    return (
        f"Failed to assume role {arn}. This could be due to the role's trust policy. Please ensure your role is "
        "assumable by 'airflow-env.amazonaws.com' Service Principal and try again."
    )


def test_role_that_does_not_exist(refusal):
    assert refusal(ExecutionRoleArn=f"{ROLE}nobody") == not_assumable(f"{ROLE}nobody")


@pytest.mark.parametrize("services", [SERVICES[:1], SERVICES[1:], ["ec2.amazonaws.com"]])
def test_role_that_does_not_let_both_services_in(refusal, make_role, name, services):
    make_role(services=services)
    assert refusal(ExecutionRoleArn=f"{ROLE}{name}") == not_assumable(f"{ROLE}{name}")


def test_role_of_another_account(refusal):
    arn = "arn:aws:iam::999900001111:role/airflow"
    assert refusal(ExecutionRoleArn=arn) == not_assumable(arn)


def test_new_role_is_not_seen_until_it_has_propagated(aws, mwaa, name, request_for, make_role, refusal):
    aws.admin.set_role_propagation(10)
    try:
        arn = make_role()
        assert refusal(ExecutionRoleArn=arn) == not_assumable(arn)
    finally:
        aws.admin.set_role_propagation(0)
    mwaa.create_environment(**request_for(name, ExecutionRoleArn=arn))


def test_object_version_that_does_not_exist(refusal):
    message = refusal(RequirementsS3Path="requirements.txt", RequirementsS3ObjectVersion="abc")
    assert message == "Unable to access version abc of airflow-shared/requirements.txt"


def test_object_version_of_an_older_upload_is_accepted(mwaa, clients, name, request_for):
    s3 = clients("s3")
    old = s3.put_object(Bucket="airflow-shared", Key=f"{name}.txt", Body=b"1")["VersionId"]
    s3.put_object(Bucket="airflow-shared", Key=f"{name}.txt", Body=b"2")
    mwaa.create_environment(**request_for(name, RequirementsS3Path=f"{name}.txt", RequirementsS3ObjectVersion=old))


def test_version_of_a_delete_marker_cannot_be_read(refusal, clients, name):
    s3 = clients("s3")
    s3.put_object(Bucket="airflow-shared", Key=f"{name}.txt", Body=b"1")
    marker = s3.delete_object(Bucket="airflow-shared", Key=f"{name}.txt")["VersionId"]
    message = refusal(RequirementsS3Path=f"{name}.txt", RequirementsS3ObjectVersion=marker)
    assert message == f"Unable to access version {marker} of airflow-shared/{name}.txt"


def test_subnets_and_security_groups_that_do_not_exist(refusal, prerequisites):
    network = {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": list(prerequisites.security_group_ids)}
    assert refusal(NetworkConfiguration=network) == "The subnet IDs subnet-1, subnet-2 do not exist"
    network = {"SubnetIds": list(prerequisites.subnet_ids), "SecurityGroupIds": ["sg-1"]}
    assert refusal(NetworkConfiguration=network) == "The security group IDs sg-1 do not exist"


def test_kms_key_must_exist_here_and_be_enabled(refusal, clients, mwaa, name, request_for):
    kms = clients("kms")
    metadata = kms.create_key()["KeyMetadata"]
    other = "00000000-0000-4000-8000-000000000000"
    assert "does not exist in eu-west-1" in refusal(KmsKey=other)
    kms.disable_key(KeyId=metadata["KeyId"])
    assert "is not enabled" in refusal(KmsKey=metadata["Arn"])
    kms.enable_key(KeyId=metadata["KeyId"])
    mwaa.create_environment(**request_for(name, KmsKey=metadata["Arn"]))
    assert mwaa.get_environment(Name=name)["Environment"]["KmsKey"] == metadata["Arn"]


def test_update_is_judged_as_well(mwaa, available):
    with pytest.raises(mwaa.exceptions.ValidationException, match="Failed to assume role"):
        mwaa.update_environment(Name=available, ExecutionRoleArn=f"{ROLE}nobody")
    assert mwaa.get_environment(Name=available)["Environment"]["Status"] == "AVAILABLE"
