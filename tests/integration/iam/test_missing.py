"""Where the operator lacks an action, the condition names it, and all goes on once it is allowed."""

from __future__ import annotations

import pytest

from .conftest import PROVISIONING

PARTS = {
    "s3:PutBucketVersioning": ("bucket", "BucketReady"),
    "ec2:CreateVpc": ("network", "NetworkReady"),
    "iam:PutRolePolicy": ("executionRole", "ExecutionRoleReady"),
    "logs:PutRetentionPolicy": ("logRetentionDays", "LogGroupsReady"),
}
CALLS = ("airflow:CreateEnvironment", "iam:PassRole", "ec2:CreateVpcEndpoint")
"""The last is found by a check before the call: a dry run of EC2's.
"""
BY_REFERENCE = {"bucket": "sourceBucketArn", "executionRole": "executionRoleArn", "network": "networkConfiguration"}


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*PROVISIONING)


def name_of(action):
    return action.replace(":", "-").lower()


@pytest.mark.parametrize("action", PARTS)
def test_part_that_may_not_be_made_names_the_action(world, action):
    name, (part, condition) = name_of(action), PARTS[action]
    asked = {"bucket": {"name": world.bucket_of(name)}, "logRetentionDays": 30}.get(part, {})
    spec = {**world.base_spec(), "provision": {part: asked}}
    spec.pop(BY_REFERENCE.get(part, ""), None)
    is_told_and_mended(world, world.environment(name, **spec), action, condition)


@pytest.mark.parametrize("action", CALLS)
def test_environment_that_may_not_be_created_names_the_action(world, action):
    is_told_and_mended(world, world.environment(name_of(action), **world.base_spec()), action, "Ready")


def is_told_and_mended(world, environment, action, condition):
    world.hold(without=action)
    environment.apply()
    environment.wait_told(action)
    assert world.refused() != []
    world.hold()
    environment.wait_for(f"condition={condition}")
