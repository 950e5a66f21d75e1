"""What moto lacks and the sandbox adds: operations of CloudWatch Logs and Service Quotas, keys by their ARN, and a plain no."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from mwaa_sandbox.aws.prerequisites import make_key

NOWHERE = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def refused():
    """Make a call that has to be refused, and return HTTP's status and the error's code."""

    def by(call, **parameters):
        with pytest.raises(ClientError) as raised:
            call(**parameters)
        answer = raised.value.response
        assert answer["Error"]["Message"]
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]

    return by


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("service-quotas", "list_service_quotas", {"ServiceCode": "s3"}),
        ("logs", "describe_account_policies", {"policyType": "DATA_PROTECTION_POLICY"}),
        ("ec2", "describe_fpga_images", {}),
        ("iam", "list_service_specific_credentials", {}),
        ("kms", "describe_custom_key_stores", {}),
    ],
)
def test_operation_that_nobody_has_is_refused_and_the_connection_goes_on(refused, clients, service, operation, members):
    client = clients(service)
    assert refused(getattr(client, operation), **members) == (501, "NotImplemented")


class TestKeysOfLogGroups:
    @pytest.fixture
    def logs(self, clients):
        return clients("logs")

    @pytest.fixture
    def key(self, clients, name):
        clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")
        return make_key(clients, role_name=name)

    @pytest.fixture
    def group(self, logs, name):
        logs.create_log_group(logGroupName=name)
        return name

    @pytest.fixture
    def key_of(self, logs):
        def of(group):
            [found] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
            return found.get("kmsKeyId")

        return of

    def test_group_takes_a_key_and_gives_it_up(self, logs, group, key, key_of):
        logs.associate_kms_key(logGroupName=group, kmsKeyId=key)
        assert key_of(group) == key
        logs.disassociate_kms_key(logGroupName=group)
        assert key_of(group) is None

    def test_group_can_be_named_by_its_arn(self, logs, group, key, key_of):
        arn = f"arn:aws:logs:eu-west-1:111122223333:log-group:{group}"
        logs.associate_kms_key(resourceIdentifier=arn, kmsKeyId=key)
        assert key_of(group) == key

    @pytest.mark.parametrize("operation", ["associate_kms_key", "disassociate_kms_key"])
    def test_group_that_is_not_there_is_not_found(self, logs, refused, key, operation):
        members = {"kmsKeyId": key} if operation == "associate_kms_key" else {}
        call = getattr(logs, operation)
        assert refused(call, logGroupName="nowhere", **members) == (400, "ResourceNotFoundException")

    def test_key_that_does_not_exist_is_refused(self, logs, refused, group):
        answer = refused(logs.associate_kms_key, logGroupName=group, kmsKeyId=NOWHERE)
        assert answer == (400, "InvalidParameterException")

    def test_key_that_is_disabled_is_refused(self, logs, clients, refused, group, key, key_of):
        clients("kms").disable_key(KeyId=key)
        answer = refused(logs.associate_kms_key, logGroupName=group, kmsKeyId=key)
        assert answer == (400, "InvalidParameterException")
        assert key_of(group) is None

    def test_key_whose_policy_leaves_cloudwatch_logs_out_is_refused(self, logs, clients, refused, group, key):
        policy = json.loads(clients("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        policy["Statement"] = policy["Statement"][:1]
        clients("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
        answer = refused(logs.associate_kms_key, logGroupName=group, kmsKeyId=key)
        assert answer == (400, "AccessDeniedException")


@pytest.mark.parametrize("form", ["Arn", "KeyId"])
def test_key_is_switched_off_and_on_by_its_id_and_by_its_arn(clients, form):
    kms = clients("kms")
    made = kms.create_key()["KeyMetadata"]

    def state():
        return kms.describe_key(KeyId=made["Arn"])["KeyMetadata"]["KeyState"]

    kms.disable_key(KeyId=made[form])
    assert state() == "Disabled"
    kms.enable_key(KeyId=made[form])
    assert state() == "Enabled"
    kms.schedule_key_deletion(KeyId=made[form], PendingWindowInDays=7)
    assert state() == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=made[form])
    assert state() == "Disabled"


def test_key_that_does_not_exist_cannot_be_switched_off_by_its_arn(clients, refused):
    assert refused(clients("kms").disable_key, KeyId=NOWHERE) == (400, "NotFoundException")


class TestQuotas:
    @pytest.fixture
    def quotas(self, clients):
        return clients("service-quotas")

    def test_quotas_of_mwaa_are_listed_with_the_number_of_environments_as_it_is_set(self, quotas):
        listed = quotas.list_service_quotas(ServiceCode="airflow")["Quotas"]
        assert {quota["QuotaName"]: quota["Value"] for quota in listed} == {
            "Environments per account per Region": 1000.0,  # what the fixture `aws` is started with
            "Workers per environment": 25.0,
            "Web servers per environment": 5.0,
        }

    def test_list_comes_in_pages(self, quotas):
        pages = list(
            quotas.get_paginator("list_service_quotas").paginate(
                ServiceCode="airflow", PaginationConfig={"PageSize": 2}
            )
        )
        assert [len(page["Quotas"]) for page in pages] == [2, 1]

    def test_one_quota_is_had_by_its_code(self, quotas):
        for quota in quotas.list_service_quotas(ServiceCode="airflow")["Quotas"]:
            assert quotas.get_service_quota(ServiceCode="airflow", QuotaCode=quota["QuotaCode"])["Quota"] == quota

    def test_unknown_code_is_not_found(self, quotas, refused):
        answer = refused(quotas.get_service_quota, ServiceCode="airflow", QuotaCode="L-0")
        assert answer == (400, "NoSuchResourceException")

    def test_other_services_stay_as_moto_has_them(self, quotas):
        assert quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-7E9ECCDB")["Quota"]["Value"] == 50.0


class TestConditionOfAnUploadInParts:
    @pytest.fixture
    def s3(self, clients):
        return clients("s3")

    @pytest.fixture
    def complete(self, s3, name):
        """Upload an object in parts into a bucket that has none, with a condition."""
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

        def completed(**condition):
            which = {"Bucket": name, "Key": "large"}
            upload = {**which, "UploadId": s3.create_multipart_upload(**which)["UploadId"]}
            tag = s3.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]
            parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
            return s3.complete_multipart_upload(**upload, MultipartUpload=parts, **condition)

        return completed

    def test_object_with_another_etag_is_not_overwritten(self, s3, complete, refused, name):
        there = s3.put_object(Bucket=name, Key="large", Body=b"theirs")["ETag"]
        assert refused(complete, IfMatch='"another"') == (412, "PreconditionFailed")
        assert refused(complete, IfNoneMatch="*") == (412, "PreconditionFailed")
        assert s3.get_object(Bucket=name, Key="large")["Body"].read() == b"theirs"
        complete(IfMatch=there)
        assert s3.get_object(Bucket=name, Key="large")["Body"].read() == b"part"

    def test_object_that_is_not_there_matches_nothing(self, complete, refused):
        assert refused(complete, IfMatch='"another"') == (404, "NoSuchKey")
        complete(IfNoneMatch="*")
