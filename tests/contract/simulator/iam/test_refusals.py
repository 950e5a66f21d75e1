"""Who is held to policies, and how each service says that they do not allow a call."""

from __future__ import annotations

import json

import pytest

from .callers import ACCOUNT, KEY, OTHER_ROLE, PLACE, REGION, allow, client_with, not_allowed, policy, refused


def test_ec2_refuses_in_its_own_words(held, may):
    may(allow("ec2:DescribeVpcs"))
    held("ec2").describe_vpcs()
    told = refused(held("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    assert told["Code"] == "UnauthorizedOperation"
    resource = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/*"
    assert told["Message"] == (
        f"You are not authorized to perform this operation. {not_allowed('ec2:CreateVpc', resource)}"
    )


def test_s3_refuses_in_its_own_words(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    may()
    told = refused(held("s3").list_objects_v2, Bucket=name)
    assert told["Code"] == "AccessDenied"
    assert told["Message"] == not_allowed("s3:ListBucket", f"arn:aws:s3:::{name}", quoted=True)
    assert refused(held("s3").head_bucket, Bucket=name)["Code"] == "403"


@pytest.mark.parametrize(
    ("service", "operation", "members", "code", "action", "resource"),
    [
        ("iam", "get_role", {"RoleName": "nobody"}, "AccessDenied", "iam:GetRole", OTHER_ROLE.replace("other", "nobody")),
        ("sts", "assume_role", {"RoleArn": OTHER_ROLE, "RoleSessionName": "me"}, "AccessDenied", "sts:AssumeRole", OTHER_ROLE),
        (
            "logs",
            "create_log_group",
            {"logGroupName": "airflow-e-Task"},
            "AccessDeniedException",
            "logs:CreateLogGroup",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:airflow-e-Task:log-stream:",
        ),
        (
            "kms",
            "describe_key",
            {"KeyId": "11111111-2222-3333-4444-555555555555"},
            "AccessDeniedException",
            "kms:DescribeKey",
            f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
        ),
        (
            "service-quotas",
            "get_service_quota",
            {"ServiceCode": "airflow", "QuotaCode": "L-1"},
            "AccessDeniedException",
            "servicequotas:GetServiceQuota",
            "*",
        ),
        (
            "cloudwatch",
            "list_metrics",
            {},
            "AccessDeniedException",
            "cloudwatch:ListMetrics",
            "*",
        ),
        (
            "mwaa",
            "get_environment",
            {"Name": "e"},
            "AccessDeniedException",
            "airflow:GetEnvironment",
            f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/e",
        ),
        ("s3control", "get_public_access_block", {"AccountId": ACCOUNT}, "AccessDenied", "s3:GetAccountPublicAccessBlock", "*"),
    ],
)  # fmt: skip
def test_services_name_the_action_that_is_missing(held, may, service, operation, members, code, action, resource):
    may()
    told = refused(getattr(held(service), operation), **members)
    quoted = service == "s3control"
    assert (told["Code"], told["Message"]) == (code, not_allowed(action, resource, quoted=quoted))


def test_explicit_deny_and_boundary_are_named(held, may, aws):
    may(allow("*"), {**allow("ec2:*"), "Effect": "Deny"})
    assert refused(held("ec2").describe_vpcs)["Message"].endswith("with an explicit deny in an identity-based policy")
    may(allow("*"), boundary=policy(allow("s3:*")))
    assert (
        "because no permissions boundary allows the ec2:DescribeVpcs action"
        in (refused(held("ec2").describe_vpcs)["Message"])
    )


def test_everybody_may_ask_who_they_are(held, may):
    may()
    assert held("sts").get_caller_identity()["Account"] == ACCOUNT


def test_refused_call_is_noted_and_changes_nothing(held, may, clients, aws, name):
    may()
    known = aws.admin.calls(account=ACCOUNT)[-1].sequence
    refused(held("s3").create_bucket, Bucket=name, CreateBucketConfiguration=PLACE)
    [call] = aws.admin.calls(account=ACCOUNT, operation="CreateBucket", since=known)
    assert (call.status, call.error_code) == (403, "AccessDenied")
    assert name not in [bucket["Name"] for bucket in clients("s3").list_buckets()["Buckets"]]


def test_caller_without_a_role_is_a_user(held, aws):
    aws.admin.enforce(KEY, json.dumps(policy(allow("s3:*"))))
    told = refused(held("ec2").describe_vpcs)["Message"]
    assert f"User: arn:aws:iam::{ACCOUNT}:user/{KEY} is not authorized" in told


def test_enforcement_ends(held, may, aws):
    may()
    aws.admin.enforce(KEY)
    held("ec2").describe_vpcs()


def test_malformed_policy_is_told_to_who_enforces_it(aws):
    with pytest.raises(Exception, match="Invalid effect"):
        aws.admin.enforce(KEY, {"Statement": {**allow("*"), "Effect": "Permit"}})


def test_sessions_that_sts_hands_out_are_held_to_their_role(aws, clients):
    aws.admin.enforce(None, policy(allow("ec2:DescribeVpcs")), role_arn=OTHER_ROLE)
    made = clients("sts").assume_role(RoleArn=OTHER_ROLE, RoleSessionName="pod")["Credentials"]
    ec2 = client_with(aws, "ec2", aws_access_key_id=made["AccessKeyId"], aws_session_token=made["SessionToken"])
    ec2.describe_vpcs()
    told = refused(ec2.describe_subnets)
    assert f"User: arn:aws:sts::{ACCOUNT}:assumed-role/other/pod is not authorized" in told["Message"]
    clients("ec2").describe_subnets()
