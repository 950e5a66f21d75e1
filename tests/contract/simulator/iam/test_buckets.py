"""Buckets as S3 has them and moto does not: with tags from the beginning, and owners that callers expect."""

from __future__ import annotations

import pytest

from .callers import ACCOUNT, PLACE, allow, refused


def test_bucket_is_created_with_its_tags(held, may, clients, name):
    configuration = {**PLACE, "Tags": [{"Key": "owner", "Value": "operator & co"}]}
    may(allow("s3:CreateBucket"))
    told = refused(held("s3").create_bucket, Bucket=name, CreateBucketConfiguration=configuration)
    assert "s3:TagResource" in told["Message"]
    may(allow(["s3:CreateBucket", "s3:TagResource"]))
    held("s3").create_bucket(Bucket=name, CreateBucketConfiguration=configuration)
    assert clients("s3").get_bucket_tagging(Bucket=name)["TagSet"] == configuration["Tags"]


def test_bucket_that_exists_keeps_its_tags(clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={**PLACE, "Tags": [{"Key": "a", "Value": "1"}]})
    again = {**PLACE, "Tags": [{"Key": "a", "Value": "2"}]}
    assert refused(clients("s3").create_bucket, Bucket=name, CreateBucketConfiguration=again)["Code"] == (
        "BucketAlreadyOwnedByYou"
    )
    assert clients("s3").get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "a", "Value": "1"}]


@pytest.mark.parametrize(("owner", "code"), [(ACCOUNT, None), ("777788889999", "403")])
def test_bucket_of_another_than_the_expected_owner_is_refused(clients, name, owner, code):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    head = clients("s3").head_bucket
    if code is None:
        head(Bucket=name, ExpectedBucketOwner=owner)
    else:
        assert refused(head, Bucket=name, ExpectedBucketOwner=owner)["Code"] == code


def test_expected_owner_of_a_bucket_that_is_not_there_says_nothing(clients, name):
    assert refused(clients("s3").head_bucket, Bucket=name, ExpectedBucketOwner=ACCOUNT)["Code"] == "404"
