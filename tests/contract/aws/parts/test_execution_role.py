"""The execution role against IAM as moto plays it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import TAG_UID
from mwaa_operator.planning.parts.execution_role import ADDITIONAL_POLICY, ENVIRONMENT_POLICY, TAG_ATTACHED
from mwaa_operator.planning.parts.model import Outputs
from mwaa_operator.resources.execution_role import ExecutionRolePart

PART = ExecutionRolePart()
NAME = "mwaa-execution-env-eu-west-1"
STATEMENT = {"action": ["dynamodb:GetItem"], "resource": ["arn:aws:dynamodb:eu-west-1:123456789012:table/t"]}
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}


def managed(driver, *names):
    """Make managed policies, and give their ARNs."""
    iam = driver.client("iam")
    made = [iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(DOCUMENT)) for name in names]
    return [one["Policy"]["Arn"] for one in made]


def role(driver):
    """Give all that IAM holds of the role, without what IAM itself chooses; None where there is none."""
    iam = driver.client("iam")
    try:
        found = iam.get_role(RoleName=NAME)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    inline = {
        policy: iam.get_role_policy(RoleName=NAME, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    }
    seen = {
        "path": found["Path"],
        "trust": found["AssumeRolePolicyDocument"],
        "tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
        "boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "inline": inline,
        "attached": sorted(
            one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]
        ),
    }
    return json.loads(json.dumps(seen).replace(driver.account.account, "ACCOUNT"))


def everything(driver):
    """Ask for a role with all that can be asked for."""
    attached, boundary = managed(driver, "attached", "boundary")
    return driver.asks(
        {
            "executionRole": {
                "path": "/airflow/",
                "permissionsBoundaryArn": boundary,
                "additionalManagedPolicyArns": [attached],
                "additionalStatements": [STATEMENT],
            }
        },
        tags={"team": "data"},
    )


@pytest.fixture
def asking(driver):
    return driver.asks({"executionRole": {}})


def test_a_plain_one_is_made_for_this_environment(asking):
    plan = asking.brings_about(PART)
    account = asking.account.account
    assert plan.outputs.execution_role_arn == f"arn:aws:iam::{account}:role/{NAME}"
    assert [(one.id, one.provisioned) for one in plan.resources] == [(NAME, True)]
    found = role(asking)
    assert found["tags"] == asking.context.tags()
    assert list(found["inline"]) == [ENVIRONMENT_POLICY]
    condition = found["trust"]["Statement"][0]["Condition"]
    assert condition["ArnLike"] == {"aws:SourceArn": "arn:aws:airflow:eu-west-1:ACCOUNT:environment/env"}


def test_all_that_can_be_asked_for_is_there(driver):
    assert everything(driver).brings_about(PART).ready
    found = role(driver)
    assert found["path"] == "/airflow/"
    assert found["boundary"] == "arn:aws:iam::ACCOUNT:policy/boundary"
    assert found["attached"] == ["arn:aws:iam::ACCOUNT:policy/attached"]
    assert found["inline"][ADDITIONAL_POLICY]["Statement"][0]["Action"] == ["dynamodb:GetItem"]
    assert found["tags"]["team"] == "data"


def test_the_arn_is_given_only_once_policies_are_in_place(asking):
    plan = asking.brings_about(PART, calls=1)
    assert (plan.ready, plan.outputs.execution_role_arn) == (False, None)


def test_nothing_is_called_when_all_agrees(driver):
    everything(driver).brings_about(PART)
    made = len(driver.made)
    driver.brings_about(PART)
    assert len(driver.made) == made


def test_dying_after_any_call_leaves_nothing_twice_and_nothing_out(another_driver):
    whole = everything(another_driver())
    whole.brings_about(PART)
    for calls in range(len(whole.made)):
        dying = everything(another_driver())
        dying.brings_about(PART, calls=calls)
        assert dying.brings_about(PART).ready
        assert role(dying) | {"tags": None} == role(whole) | {"tags": None}
        assert len(dying.made) == len(whole.made)


def test_what_was_changed_is_put_right(driver):
    everything(driver).brings_about(PART)
    asked = role(driver)
    iam = driver.client("iam")
    [other] = managed(driver, "other")
    iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=NAME, PolicyName=ENVIRONMENT_POLICY, PolicyDocument=json.dumps(DOCUMENT))
    iam.delete_role_policy(RoleName=NAME, PolicyName=ADDITIONAL_POLICY)
    iam.detach_role_policy(
        RoleName=NAME, PolicyArn=driver.context.spec.provision.execution_role.additional_managed_policy_arns[0]
    )
    iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=other)
    iam.untag_role(RoleName=NAME, TagKeys=["team", TAG_ATTACHED])
    assert driver.brings_about(PART).ready
    assert role(driver) == asked


def test_what_leaves_the_spec_leaves_the_role(driver):
    everything(driver).brings_about(PART)
    driver.asks({"executionRole": {"path": "/airflow/"}}).brings_about(PART)
    found = role(driver)
    assert (found["attached"], found["boundary"], list(found["inline"])) == ([], None, [ENVIRONMENT_POLICY])
    assert TAG_ATTACHED not in found["tags"]


def test_what_leaves_the_spec_leaves_the_role_wherever_it_died(another_driver):
    for calls in range(6):
        dying = everything(another_driver())
        dying.brings_about(PART)
        dying.asks({"executionRole": {"path": "/airflow/"}}).brings_about(PART, calls=calls)
        assert dying.brings_about(PART).ready
        found = role(dying)
        assert (found["attached"], found["boundary"], list(found["inline"])) == ([], None, [ENVIRONMENT_POLICY])


def test_what_others_have_added_stays_until_the_role_goes(asking):
    asking.brings_about(PART)
    iam = asking.client("iam")
    theirs, boundary = managed(asking, "theirs", "boundary")
    iam.attach_role_policy(RoleName=NAME, PolicyArn=theirs)
    iam.put_role_policy(RoleName=NAME, PolicyName="theirs", PolicyDocument=json.dumps(DOCUMENT))
    iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=boundary)
    before = role(asking)
    assert asking.brings_about(PART).ready
    assert role(asking) == before
    assert asking.removes(PART).gone
    assert role(asking) is None
    assert len(iam.list_policies(Scope="Local")["Policies"]) == 2


def test_the_policy_follows_the_bucket(asking):
    asking.brings_about(PART)
    asking.context = replace(asking.context, outputs=Outputs(source_bucket_arn="arn:aws:s3:::another"))
    assert asking.brings_about(PART).ready
    resources = role(asking)["inline"][ENVIRONMENT_POLICY]["Statement"][1]["Resource"]
    assert resources == ["arn:aws:s3:::another", "arn:aws:s3:::another/*"]


def test_one_that_was_not_made_for_this_object_is_not_touched(asking):
    iam = asking.client("iam")
    iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(DOCUMENT))
    before = role(asking)
    plan = asking.brings_about(PART)
    assert (plan.stalled, plan.reason) == (True, Reason.NAME_TAKEN)
    assert NAME in plan.message
    assert asking.removes(PART).gone
    assert role(asking) == before
    assert asking.made == []


def test_a_recreated_object_takes_it_over(asking):
    asking.brings_about(PART)
    assert asking.is_recreated("uid-2").brings_about(PART).ready
    assert role(asking)["tags"][TAG_UID] == "uid-2"


def test_removal_leaves_nothing_wherever_it_died(another_driver):
    whole = everything(another_driver())
    whole.brings_about(PART)
    made = len(whole.made)
    assert whole.removes(PART).gone
    for calls in range(len(whole.made) - made):
        dying = everything(another_driver())
        dying.brings_about(PART)
        dying.removes(PART, calls=calls)
        assert dying.removes(PART).gone
        assert role(dying) is None


def test_removal_needs_nothing_of_the_spec(asking):
    asking.brings_about(PART)
    asking.asks({})
    assert asking.removes(PART).gone
    assert role(asking) is None
