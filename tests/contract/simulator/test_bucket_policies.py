"""Policies of buckets, which moto applies to calls on objects without their conditions."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

REGION = "eu-west-1"


@pytest.fixture
def bucket(clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@pytest.fixture
def with_policy(clients, bucket):
    """Give the bucket these statements; each is about all of its objects."""

    def put(*statements):
        whole = [{"Principal": "*", "Resource": f"arn:aws:s3:::{bucket}/*", **statement} for statement in statements]
        policy = json.dumps({"Version": "2012-10-17", "Statement": whole})
        clients("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
        return policy

    return put


NOT_OVER_TLS = {"Effect": "Deny", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
NEVER = {"Effect": "Deny", "Action": "s3:PutObject"}


def test_what_is_denied_without_tls_only_is_not_denied(clients, bucket, with_policy):
    with_policy(NOT_OVER_TLS)
    clients("s3").put_object(Bucket=bucket, Key="dags/", Body=b"")
    assert clients("s3").get_object(Bucket=bucket, Key="dags/")["ContentLength"] == 0


def test_what_is_denied_in_any_case_is_denied(clients, bucket, with_policy):
    with_policy(NOT_OVER_TLS, NEVER)
    with pytest.raises(ClientError) as refused:
        clients("s3").put_object(Bucket=bucket, Key="dags/", Body=b"")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_policy_stays_as_it_was_put(clients, bucket, with_policy):
    policy = with_policy(NOT_OVER_TLS, {**NEVER, "Action": "s3:DeleteObject"})
    clients("s3").put_object(Bucket=bucket, Key="dags/", Body=b"")
    assert clients("s3").get_bucket_policy(Bucket=bucket)["Policy"] == policy
