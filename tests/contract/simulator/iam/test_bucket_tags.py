"""Buckets have their tags from the beginning."""

from __future__ import annotations

from .callers import PLACE, allow, refused


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
