"""What is decided about the source bucket, where the simulated AWS cannot show it."""

import json
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.parts.bucket import SeenBucket, plan
from mwaa_operator.planning.parts.bucket_removal import BucketContents, is_ours_to_delete, removal
from mwaa_operator.planning.parts.bucket_settings import LIFECYCLE_ID, BucketSettings

NAME = "airflow-mybucket"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
BLOCKS = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
BY_S3 = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}


def tls_only(partition="aws"):
    arn = f"arn:{partition}:s3:::{NAME}"
    return {
        "Sid": "MwaaOperatorTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


AS_ASKED = BucketSettings(
    versioning="Enabled",
    public_access_block=BLOCKS,
    encryption=BY_S3,
    policy={"Version": "2012-10-17", "Statement": [tls_only()]},
    holds_dags=True,
)


@pytest.fixture
def asked(context_of):
    """Plan for a bucket of this object, with settings that differ from what is asked for in what is given."""

    def run(seen=None, *, provision=None, spec=None, region="eu-west-1", **settings):
        context = context_of({"bucket": {"name": NAME, **(provision or {})}}, region=region, **(spec or {}))
        seen = seen or SeenBucket(region=region, tags=context.tags())
        return plan(context, context.spec.provision.bucket, seen, replace(AS_ASKED, **settings))

    return run


def calls(decided):
    return {call.operation: call.parameters for call in decided.calls}


def test_one_that_is_as_asked_for_is_ready(asked):
    decided = asked()
    assert (decided.ready, decided.calls, decided.outputs.source_bucket_arn) == (True, (), f"arn:aws:s3:::{NAME}")


@pytest.mark.parametrize(
    ("region", "location"), [("eu-west-1", "eu-west-1"), ("us-east-1", None), ("cn-north-1", "cn-north-1")]
)
def test_it_is_created_in_the_region_with_its_tags(context_of, region, location):
    context = context_of({"bucket": {"name": NAME}}, region=region, tags={"team": "data"})
    [call] = plan(context, context.spec.provision.bucket, None, None).calls
    configuration = call.parameters["CreateBucketConfiguration"]
    assert configuration.get("LocationConstraint") == location
    assert {tag["Key"]: tag["Value"] for tag in configuration["Tags"]} == context.tags()


def test_every_call_names_the_account_that_the_bucket_must_belong_to(asked):
    decided = asked(versioning=None, public_access_block={}, encryption=None, policy=None, holds_dags=False)
    assert len(decided.calls) == 5
    assert {call.parameters["ExpectedBucketOwner"] for call in decided.calls} == {"123456789012"}


def test_the_bucket_is_closed_before_anything_is_put_into_it(asked):
    decided = asked(versioning=None, public_access_block={}, encryption=None, policy=None, holds_dags=False)
    operations = [call.operation for call in decided.calls]
    assert operations[0] == "PutPublicAccessBlock"
    assert operations[-1] == "PutObject"


@pytest.mark.parametrize(("folder", "marker"), [(None, "dags/"), ("code/dags/", "code/dags/"), ("/dags", "dags/")])
def test_the_dag_folder_is_marked_as_the_console_does(asked, folder, marker):
    decided = asked(spec={"dagS3Path": folder}, holds_dags=False)
    assert calls(decided)["PutObject"]["Key"] == marker


@pytest.mark.parametrize("rule", [None, BY_S3, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}])
def test_the_key_of_the_environment_encrypts_the_bucket(asked, rule):
    [wanted] = calls(asked(spec={"kmsKey": KEY}, encryption=rule))["PutBucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]["Rules"]
    assert wanted["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert wanted["BucketKeyEnabled"] is True


def test_what_else_the_encryption_says_is_kept(asked):
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    [wanted] = calls(asked(encryption=rule))["PutBucketEncryption"]["ServerSideEncryptionConfiguration"]["Rules"]
    assert wanted["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    assert wanted["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_the_policy_is_of_the_partition(asked):
    decided = asked(region="cn-north-1", policy=None)
    [statement] = json.loads(calls(decided)["PutBucketPolicy"]["Policy"])["Statement"]
    assert statement == tls_only("aws-cn")


def test_the_smallest_size_for_transitions_is_kept_with_the_rules_of_others(asked):
    theirs = {"ID": "theirs", "Status": "Enabled", "Prefix": "tmp/"}
    decided = asked(
        provision={"noncurrentVersionExpirationDays": 7},
        lifecycle={"Rules": [theirs], "TransitionDefaultMinimumObjectSize": "varies_by_storage_class"},
    )
    parameters = calls(decided)["PutBucketLifecycleConfiguration"]
    assert [rule["ID"] for rule in parameters["LifecycleConfiguration"]["Rules"]] == ["theirs", LIFECYCLE_ID]
    assert parameters["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"


RULE = {
    "ID": LIFECYCLE_ID,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
}


@pytest.mark.parametrize("written", [{}, {"Filter": {}}, {"Filter": None, "Prefix": ""}])
def test_a_rule_for_all_objects_may_be_written_in_several_ways(asked, written):
    decided = asked(provision={"noncurrentVersionExpirationDays": 7}, lifecycle={"Rules": [{**RULE, **written}]})
    assert decided.ready


@pytest.mark.parametrize(
    "changed",
    [
        {"Status": "Disabled"},
        {"Filter": {"Prefix": "dags/"}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 8}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3}},
        {"Expiration": {"Days": 1}},
    ],
)
def test_a_rule_that_was_changed_is_put_right(asked, changed):
    decided = asked(provision={"noncurrentVersionExpirationDays": 7}, lifecycle={"Rules": [{**RULE, **changed}]})
    assert calls(decided)["PutBucketLifecycleConfiguration"]["LifecycleConfiguration"] == {"Rules": [RULE]}


def test_a_block_that_aws_adds_one_day_is_no_difference(asked):
    assert asked(public_access_block={**BLOCKS, "BlockSomethingNew": False}).ready


def test_one_that_may_not_be_looked_at_is_somebody_elses(context_of):
    context = context_of({"bucket": {"name": NAME}})
    decided = plan(context, context.spec.provision.bucket, SeenBucket(closed=True), None)
    assert (decided.stalled, decided.reason, decided.calls) == (True, Reason.NAME_TAKEN, ())
    assert "s3:ListBucket" in decided.message


def test_versions_are_deleted_a_thousand_at_a_time(context_of):
    context = context_of({"bucket": {"name": NAME, "deletion": "Delete"}})
    versions = tuple({"Key": "a", "VersionId": str(number)} for number in range(2500))
    decided = removal(context, NAME, BucketContents(versions=versions))
    assert [len(call.parameters["Delete"]["Objects"]) for call in decided.calls] == [1000, 1000, 500]


def test_the_bucket_is_deleted_only_once_it_is_empty(context_of):
    context = context_of({"bucket": {"name": NAME, "deletion": "Delete"}})
    full = BucketContents(uploads=({"Key": "a", "UploadId": "1"},))
    assert [call.operation for call in removal(context, NAME, full).calls] == ["AbortMultipartUpload"]
    assert [call.operation for call in removal(context, NAME, BucketContents()).calls] == ["DeleteBucket"]


def test_only_a_bucket_that_this_very_object_had_is_its_to_delete(context_of):
    context, before = context_of({}), context_of({}, uid="uid-0")
    ours = SeenBucket(region="eu-west-1", tags=context.tags())
    assert is_ours_to_delete(context, ours)
    for seen in (
        None,
        SeenBucket(closed=True),
        replace(ours, tags={}),
        replace(ours, tags=before.tags()),
        replace(ours, region="eu-central-1"),
    ):
        assert not is_ours_to_delete(context, seen)
