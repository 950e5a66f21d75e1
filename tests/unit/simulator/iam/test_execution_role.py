"""The policy that AWS documents for execution roles (mwaa-behaviour.md §6), asked as MWAA's parts ask it."""

import pytest
from mwaa_sandbox.aws.iam.principals import Caller

ACCOUNT, REGION = "111122223333", "eu-west-1"
BUCKET = "arn:aws:s3:::airflow-mybucket"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
OWNED_BY_AWS = f"arn:aws:kms:{REGION}:999999999999:key/99999999-2222-3333-4444-555555555555"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:airflow-e-Task:log-stream:a"
QUEUE = f"arn:aws:sqs:{REGION}:888888888888:airflow-celery-5f1d"
KMS = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"]


def policy(*, kms):
    return [
        {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": [BUCKET, f"{BUCKET}/*"]},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
            "Resource": [BUCKET, f"{BUCKET}/*"],
        },
        {"Effect": "Allow", "Action": "s3:GetAccountPublicAccessBlock", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents", "logs:GetLogEvents"],
            "Resource": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:airflow-e-*"],
        },
        {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["sqs:ReceiveMessage", "sqs:SendMessage", "sqs:DeleteMessage"],
            "Resource": f"arn:aws:sqs:{REGION}:*:airflow-celery-*",
        },
        {"Effect": "Allow", "Action": KMS, **kms},
    ]


WITH_KEY_OF_AWS = policy(
    kms={
        "NotResource": f"arn:aws:kms:*:{ACCOUNT}:key/*",
        "Condition": {"StringLike": {"kms:ViaService": [f"sqs.{REGION}.amazonaws.com"]}},
    }
)
WITH_OWN_KEY = policy(
    kms={
        "Resource": KEY,
        "Condition": {
            "StringEquals": {"kms:ViaService": [f"sqs.{REGION}.amazonaws.com", f"s3.{REGION}.amazonaws.com"]},
        },
    }
)


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObjectVersion", f"{BUCKET}/dags/a.py", True),
        ("s3:GetBucketPublicAccessBlock", BUCKET, True),
        ("s3:ListBucketVersions", BUCKET, True),
        ("s3:GetAccountPublicAccessBlock", "*", True),
        ("s3:GetObject", "arn:aws:s3:::airflow-mybucket-2/dags/a.py", False),
        ("s3:PutObject", f"{BUCKET}/dags/a.py", False),
        ("s3:ListAllMyBuckets", "*", False),
        ("logs:PutLogEvents", LOGS, True),
        ("logs:PutLogEvents", LOGS.replace("airflow-e-", "airflow-f-"), False),
        ("cloudwatch:PutMetricData", "*", True),
        ("sqs:ReceiveMessage", QUEUE, True),
        ("sqs:CreateQueue", QUEUE, False),
    ],
)
def test_role_may_do_what_airflow_does_and_no_more(decide, action, resource, allowed):
    assert decide(action, resource, identity=WITH_KEY_OF_AWS).allowed is allowed


@pytest.mark.parametrize(
    ("statements", "resource", "context", "allowed"),
    [
        (WITH_KEY_OF_AWS, OWNED_BY_AWS, {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}, True),
        (WITH_KEY_OF_AWS, OWNED_BY_AWS, {"kms:viaservice": "sqs.eu-west-1.amazonaws.com"}, True),
        (WITH_KEY_OF_AWS, OWNED_BY_AWS, {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}, False),
        (WITH_KEY_OF_AWS, OWNED_BY_AWS, {}, False),
        (WITH_KEY_OF_AWS, KEY, {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}, False),
        (WITH_OWN_KEY, KEY, {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, True),
        (WITH_OWN_KEY, KEY, {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}, False),
        (WITH_OWN_KEY, OWNED_BY_AWS, {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}, False),
    ],
)
def test_key_is_used_through_the_services_that_encrypt(decide, statements, resource, context, allowed):
    assert (
        decide("kms:GenerateDataKeyWithoutPlaintext", resource, identity=statements, context=context).allowed is allowed
    )


def test_trust_can_be_held_to_one_environment(decide):
    environment = f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/e"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": environment}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    asked = {"resource_policy": trust, "caller": Caller.of_service("airflow-env.amazonaws.com")}
    mine = {"aws:SourceArn": environment, "aws:SourceAccount": ACCOUNT}
    assert decide("sts:AssumeRole", context=mine, **asked).allowed
    assert not decide("sts:AssumeRole", context={**mine, "aws:SourceArn": f"{environment}2"}, **asked).allowed
