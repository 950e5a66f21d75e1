"""The source bucket against S3 as moto plays it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import TAG_NAME, TAG_UID
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.parts.bucket_settings import LIFECYCLE_ID, POLICY_SID
from mwaa_operator.resources.bucket import BucketPart

PART = BucketPart()
THEIR_STATEMENT = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::{bucket}/public/*",
}
THEIR_RULE = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}


def name_of(driver):
    return f"airflow-{driver.account.account}"


def ask(driver, **bucket):
    return driver.asks({"bucket": {"name": name_of(driver), **bucket}}, tags={"team": "data"})


def exists(driver):
    return name_of(driver) in [one["Name"] for one in driver.client("s3").list_buckets()["Buckets"]]


def given(read, **parameters):
    """Give an answer without what belongs to the wire; empty where there is nothing."""
    try:
        answer = read(**parameters)
    except read.__self__.exceptions.ClientError:
        return {}
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def seen(driver):
    """Give all that S3 holds of the bucket."""
    s3, bucket = driver.client("s3"), name_of(driver)
    document = given(s3.get_bucket_policy, Bucket=bucket).get("Policy", "{}")
    listed = s3.list_object_versions(Bucket=bucket).get("Versions", [])
    state = {
        "region": s3.head_bucket(Bucket=bucket)["BucketRegion"],
        "tags": given(s3.get_bucket_tagging, Bucket=bucket).get("TagSet", []),
        "versioning": given(s3.get_bucket_versioning, Bucket=bucket).get("Status"),
        "blocks": given(s3.get_public_access_block, Bucket=bucket).get("PublicAccessBlockConfiguration"),
        "encryption": given(s3.get_bucket_encryption, Bucket=bucket).get("ServerSideEncryptionConfiguration"),
        "policy": {one["Sid"]: one for one in json.loads(document).get("Statement", [])},
        "rules": {
            rule["ID"]: rule for rule in given(s3.get_bucket_lifecycle_configuration, Bucket=bucket).get("Rules", [])
        },
        "keys": [one["Key"] for one in listed],
    }
    state["tags"] = {tag["Key"]: tag["Value"] for tag in state["tags"]}
    return json.loads(json.dumps(state).replace(driver.account.account, "ACCOUNT"))


@pytest.fixture
def asking(driver):
    return ask(driver, noncurrentVersionExpirationDays=90)


def test_it_is_made_as_mwaa_needs_it(asking):
    plan = asking.brings_about(PART)
    assert plan.outputs.source_bucket_arn == f"arn:aws:s3:::{name_of(asking)}"
    assert [(one.id, one.provisioned) for one in plan.resources] == [(name_of(asking), True)]
    found = seen(asking)
    assert (found["region"], found["versioning"], set(found["blocks"].values())) == ("eu-west-1", "Enabled", {True})
    assert found["encryption"]["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert list(found["policy"]) == [POLICY_SID]
    assert found["rules"][LIFECYCLE_ID]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert found["keys"] == ["dags/"]
    assert found["tags"] == asking.context.tags()


def test_it_is_encrypted_with_the_key_of_the_environment(driver):
    key = "11111111-2222-3333-4444-555555555555"
    driver.asks({"bucket": {"name": name_of(driver)}}, kmsKey=f"key/{key}")
    assert driver.brings_about(PART).ready
    [rule] = seen(driver)["encryption"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": f"arn:aws:kms:eu-west-1:ACCOUNT:key/{key}",
    }


def test_nothing_is_called_when_all_agrees(asking):
    asking.brings_about(PART)
    made = len(asking.made)
    asking.brings_about(PART)
    assert len(asking.made) == made


def test_dying_after_any_call_leaves_nothing_twice_and_nothing_out(another_driver):
    whole = ask(another_driver(), noncurrentVersionExpirationDays=90)
    whole.brings_about(PART)
    for calls in range(len(whole.made)):
        dying = ask(another_driver(), noncurrentVersionExpirationDays=90)
        dying.brings_about(PART, calls=calls)
        assert dying.brings_about(PART).ready
        assert seen(dying) == seen(whole)
        assert len(dying.made) == len(whole.made)


def test_what_was_changed_is_put_right(asking):
    asking.brings_about(PART)
    asked = seen(asking)
    s3, bucket = asking.client("s3"), name_of(asking)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket=bucket)
    s3.delete_bucket_encryption(Bucket=bucket)
    s3.delete_bucket_policy(Bucket=bucket)
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.delete_object(
        Bucket=bucket, Key="dags/", VersionId=s3.list_object_versions(Bucket=bucket)["Versions"][0]["VersionId"]
    )
    tags = [{"Key": key, "Value": value} for key, value in asking.context.identity.tags.items()]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert asking.brings_about(PART).ready
    assert seen(asking) == asked


def test_one_block_that_was_lifted_is_put_back(asking):
    asking.brings_about(PART)
    lifted = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": True,
    }
    asking.client("s3").put_public_access_block(Bucket=name_of(asking), PublicAccessBlockConfiguration=lifted)
    asking.brings_about(PART)
    assert set(seen(asking)["blocks"].values()) == {True}


def test_what_others_have_added_stays(asking):
    asking.brings_about(PART)
    s3, bucket = asking.client("s3"), name_of(asking)
    policy = {
        "Version": "2012-10-17",
        "Statement": [json.loads(json.dumps(THEIR_STATEMENT).replace("{bucket}", bucket))],
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [THEIR_RULE]})
    tags = [{"Key": key, "Value": value} for key, value in {**asking.context.tags(), "theirs": "1"}.items()]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [tag for tag in tags if tag["Key"] != "team"]})
    s3.put_object(Bucket=bucket, Key="dags/a.py", Body=b"")
    assert asking.brings_about(PART).ready
    found = seen(asking)
    assert sorted(found["policy"]) == [POLICY_SID, "Theirs"]
    assert sorted(found["rules"]) == [LIFECYCLE_ID, "theirs"]
    assert found["tags"] == {**asking.context.tags(), "theirs": "1"}
    assert found["keys"] == ["dags/", "dags/a.py"]


def test_the_lifecycle_goes_when_it_is_no_longer_asked_for(asking):
    asking.brings_about(PART)
    ask(asking).brings_about(PART)
    assert seen(asking)["rules"] == {}


def test_only_our_rule_goes_when_others_have_rules(asking):
    asking.brings_about(PART)
    rules = [*asking.client("s3").get_bucket_lifecycle_configuration(Bucket=name_of(asking))["Rules"], THEIR_RULE]
    asking.client("s3").put_bucket_lifecycle_configuration(
        Bucket=name_of(asking), LifecycleConfiguration={"Rules": rules}
    )
    ask(asking).brings_about(PART)
    assert list(seen(asking)["rules"]) == ["theirs"]


def somebodys(driver, region="eu-west-1", account=None, tags=None):
    s3 = (account or driver.account).client("s3", region)
    s3.create_bucket(Bucket=name_of(driver), CreateBucketConfiguration={"LocationConstraint": region})
    if tags:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        s3.put_bucket_tagging(Bucket=name_of(driver), Tagging={"TagSet": pairs})
    return s3


@pytest.mark.parametrize("whose", ["nobody's", "another object's", "in another region"])
def test_one_that_is_not_this_objects_is_not_touched(asking, whose):
    ours = dict(asking.context.identity.tags)
    if whose == "nobody's":
        somebodys(asking, tags={"theirs": "1"})
    elif whose == "another object's":
        somebodys(asking, tags={**ours, TAG_NAME: "other"})
    else:
        somebodys(asking, "eu-central-1", tags=ours)
    before = seen(asking)
    plan = asking.brings_about(PART)
    assert (plan.stalled, plan.reason, plan.ready) == (True, Reason.NAME_TAKEN, False)
    assert name_of(asking) in plan.message
    ask(asking, deletion="Delete")
    assert asking.removes(PART).gone
    assert seen(asking) == before
    assert asking.made == []


def test_one_of_another_account_is_not_touched(driver, another_driver):
    asking = ask(driver)
    somebodys(asking, account=another_driver().account)
    plan = asking.brings_about(PART)
    assert (plan.stalled, plan.reason, asking.made) == (True, Reason.NAME_TAKEN, [])


def test_one_that_may_not_be_looked_at_is_taken(asking):
    asking.account.admin.add_fault(
        "access_denied", service="s3", operation="HeadBucket", account=asking.account.account
    )
    plan = asking.brings_about(PART)
    assert (plan.stalled, plan.reason, asking.made) == (True, Reason.NAME_TAKEN, [])


@pytest.mark.parametrize("look", ["brings_about", "removes"])
def test_one_that_is_known_and_may_not_be_looked_at_is_a_matter_of_permissions(asking, look):
    known = asking.brings_about(PART).resources
    ask(asking, deletion="Delete")
    asking.context = replace(asking.context, known=known)
    asking.account.admin.add_fault(
        "access_denied", service="s3", operation="HeadBucket", account=asking.account.account
    )
    with pytest.raises(AwsError) as refused:
        getattr(asking, look)(PART)
    assert (refused.value.kind, refused.value.action) == (FailureKind.DENIED, "s3:ListBucket")


def test_a_retained_one_is_found_again_by_a_recreated_object(asking):
    asking.brings_about(PART)
    asking.client("s3").put_object(Bucket=name_of(asking), Key="dags/a.py", Body=b"")
    plan = asking.removes(PART)
    assert (plan.gone, plan.resources, exists(asking)) == (True, (), True)
    assert asking.is_recreated("uid-2").brings_about(PART).ready
    assert seen(asking)["tags"][TAG_UID] == "uid-2"
    assert seen(asking)["keys"] == ["dags/", "dags/a.py"]


def test_a_retained_one_that_the_recreated_object_never_took_is_not_deleted_with_it(asking):
    asking.brings_about(PART)
    ask(asking, deletion="Delete").is_recreated("uid-2")
    assert asking.removes(PART).gone
    assert exists(asking)


def filled(driver):
    """Bring a bucket about and put versions, delete markers and an unfinished upload into it."""
    ask(driver, deletion="Delete").brings_about(PART)
    s3, bucket = driver.client("s3"), name_of(driver)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="dags/a.py", Body=body)
    s3.delete_object(Bucket=bucket, Key="dags/a.py")
    s3.put_object(Bucket=bucket, Key="odd & key/ä +", Body=b"")
    s3.create_multipart_upload(Bucket=bucket, Key="plugins.zip")
    return driver


def test_removal_empties_it_of_all_versions_wherever_it_died(another_driver):
    whole = filled(another_driver())
    made = len(whole.made)
    assert whole.removes(PART).gone
    assert not exists(whole)
    for calls in range(len(whole.made) - made):
        dying = filled(another_driver())
        dying.removes(PART, calls=calls)
        assert dying.removes(PART).gone
        assert not exists(dying)


@pytest.mark.slow
def test_more_than_a_thousand_versions_are_removed(driver):
    ask(driver, deletion="Delete").brings_about(PART)
    s3 = driver.client("s3")
    s3.put_object(Bucket=name_of(driver), Key="dags/a.py", Body=b"")
    for _ in range(2):  # each leaves so many delete markers
        s3.delete_objects(Bucket=name_of(driver), Delete={"Objects": [{"Key": "dags/a.py"}] * 500})
    assert s3.list_object_versions(Bucket=name_of(driver))["IsTruncated"]
    assert driver.removes(PART).gone
    assert not exists(driver)


def test_a_version_that_may_not_be_deleted_is_told_of(driver):
    ask(driver, deletion="Delete").brings_about(PART)
    keep = {
        "Sid": "Keep",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{name_of(driver)}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [keep]})
    driver.client("s3").put_bucket_policy(Bucket=name_of(driver), Policy=policy)
    with pytest.raises(AwsError) as refused:
        driver.removes(PART)
    assert (refused.value.kind, refused.value.action) == (FailureKind.DENIED, "s3:DeleteObjectVersion")
    assert seen(driver)["keys"] == ["dags/"]
