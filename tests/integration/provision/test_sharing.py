"""Parts that two objects want, that outlive their object, or that are given by reference from some day on."""

from __future__ import annotations

import json

SMALL_NETWORK = {"natGateways": "Single"}


def environment_of(world, name, /, *, bucket=None, **spec):
    made = world.environment(name, **spec)
    made.spec["provision"]["network"] = SMALL_NETWORK
    if bucket is not None:
        made.spec["provision"]["bucket"] = {"name": bucket}
    return made


def listed(environment):
    """Kind and id of all that the status lists, without what is in AWS anyway."""
    return {(each["kind"], each["id"]) for each in environment.status().get("resources", [])}


def test_second_object_that_wants_a_bucket_stalls_and_leaves_the_first_alone(shared_world):
    bucket = shared_world.bucket_of("wanted-twice")
    first = environment_of(shared_world, "first", bucket=bucket)
    first.apply().wait_ready()
    tags = shared_world.client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"]
    before = shared_world.inventory()

    second = environment_of(shared_world, "second", bucket=bucket)
    second.spec["provision"]["bucket"]["deletion"] = "Delete"
    second.apply().wait_reason("BucketReady", "NameTaken")
    second.wait_reason("Stalled", "NameTaken")
    assert f"{shared_world.namespace}/first" in second.condition("Ready")["message"]
    second.wait_event("NameTaken", "Warning")
    assert listed(second) == set()
    assert shared_world.inventory() == before

    second.delete()
    assert shared_world.inventory() == before
    assert shared_world.client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    assert first.condition("Ready")["status"] == "True"
    first.delete()


def test_kept_bucket_is_taken_again_by_the_object_made_anew_with_all_that_is_in_it(shared_world):
    s3, bucket = shared_world.client("s3"), shared_world.bucket_of("kept")
    environment = environment_of(shared_world, "kept")
    environment.apply().wait_ready()
    version = s3.put_object(Bucket=bucket, Key="dags/hello.py", Body=b"print('hello')")["VersionId"]
    uid = environment.get()["metadata"]["uid"]
    environment.delete()

    environment.apply().wait_ready()
    assert environment.get()["metadata"]["uid"] != uid
    assert ("Bucket", bucket) in listed(environment)
    assert s3.get_object(Bucket=bucket, Key="dags/hello.py")["VersionId"] == version
    # This time it goes.
    environment.spec["provision"]["bucket"]["deletion"] = "Delete"
    environment.apply().wait_for("condition=Synced=True")
    environment.delete()
    assert ("Bucket", bucket) not in shared_world.inventory()


def test_role_that_has_left_the_spec_is_removed_once_the_environment_has_the_other(shared_world):
    environment = environment_of(shared_world, "another-role")
    environment.apply().wait_ready()
    [made] = [each for kind, each in listed(environment) if kind == "ExecutionRole"]
    other = shared_world.made.role_arn
    policy = allowed_in(environment)
    shared_world.client("iam").put_role_policy(
        RoleName=other.rpartition("/")[2], PolicyName="bucket", PolicyDocument=policy
    )
    del environment.spec["provision"]["executionRole"]
    environment.apply(executionRoleArn=other)
    shared_world.until(lambda: ("Role", made) not in shared_world.inventory(), "remove the role")
    environment.wait_ready()
    assert environment.in_aws()["settings"]["ExecutionRoleArn"] == other
    assert environment.accepted("UpdateEnvironment") == [{"ExecutionRoleArn": other}]
    environment.wait_for("condition=Synced=True")
    shared_world.until(lambda: ("ExecutionRole", made) not in listed(environment), "forget the role")
    assert "executionRoleArn" not in environment.status()["provisioned"]
    environment.delete()
    assert ("Role", other.rpartition("/")[2]) in shared_world.inventory()


def test_everything_is_kept_where_the_policy_says_so(shared_world):
    environment = environment_of(shared_world, "all-kept", policies={"deletion": "Retain"})
    environment.apply().wait_ready()
    before = shared_world.inventory()
    environment.delete()
    assert shared_world.inventory() == before


def allowed_in(environment):
    """A policy that lets a role read the environment's bucket."""
    bucket = environment.status()["provisioned"]["sourceBucketArn"]
    statement = {
        "Effect": "Allow",
        "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
        "Resource": [bucket, f"{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
