"""What is decided about the execution role, where the simulated AWS cannot show it."""

import json
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.parts.execution_role import (
    ENVIRONMENT_POLICY,
    TAG_ATTACHED,
    SeenRole,
    plan,
    role_name,
)
from mwaa_operator.planning.parts.model import Outputs
from mwaa_operator.planning.parts.role_policy import permissions, trust

MANAGED = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"
NAME = "mwaa-execution-env-eu-west-1"


@pytest.fixture
def asked(context_of):
    """Plan for a role that is as asked for, but for what is given."""

    def run(role=None, **differs):
        context = context_of({"executionRole": role or {}})
        seen = SeenRole(
            arn=f"arn:aws:iam::123456789012:role/{NAME}",
            path="/",
            tags=context.tags(),
            trust=trust(context),
            inline={ENVIRONMENT_POLICY: permissions(context, context.outputs.source_bucket_arn)},
        )
        return plan(context, context.spec.provision.execution_role, replace(seen, **differs))

    return run


def test_a_role_that_is_as_asked_for_is_ready(asked):
    decided = asked()
    assert (decided.ready, decided.calls) == (True, ())
    assert decided.outputs.execution_role_arn == f"arn:aws:iam::123456789012:role/{NAME}"


def test_the_order_that_iam_gives_a_list_in_is_no_difference(asked, context_of):
    document = trust(context_of({"executionRole": {}}))
    document["Statement"][0]["Principal"]["Service"].reverse()
    assert asked(trust=document).ready


def test_it_waits_for_the_bucket(context_of):
    context = context_of({"executionRole": {}}, outputs=Outputs())
    decided = plan(context, context.spec.provision.execution_role, None)
    assert (decided.calls, decided.ready, decided.stalled) == ((), False, False)


def test_what_is_to_be_attached_is_remembered_before_it_is(asked):
    decided = asked({"additionalManagedPolicyArns": [MANAGED]})
    assert [call.operation for call in decided.calls] == ["TagRole", "AttachRolePolicy"]
    assert TAG_ATTACHED in {tag["Key"] for tag in decided.calls[0].parameters["Tags"]}


def test_what_is_attached_is_remembered_until_it_is_detached(asked, context_of):
    remembering = {
        tag["Key"]: tag["Value"]
        for tag in asked({"additionalManagedPolicyArns": [MANAGED]}).calls[0].parameters["Tags"]
    }
    detaching = asked(tags=remembering, attached=(MANAGED,))
    assert [call.operation for call in detaching.calls] == ["DetachRolePolicy"]
    forgetting = asked(tags=remembering)
    assert [call.operation for call in forgetting.calls] == ["UntagRole"]


def test_what_somebody_else_has_attached_is_left(asked):
    assert asked(attached=(MANAGED,), boundary=MANAGED).ready


def test_a_boundary_is_there_from_the_first_moment(context_of):
    context = context_of({"executionRole": {"permissionsBoundaryArn": MANAGED}})
    [call] = plan(context, context.spec.provision.execution_role, None).calls
    assert call.parameters["PermissionsBoundary"] == MANAGED
    assert json.loads(call.parameters["AssumeRolePolicyDocument"]) == trust(context)


def test_a_role_in_another_path_stalls(asked):
    decided = asked(path="/old/")
    assert (decided.stalled, decided.reason) == (True, Reason.NAME_TAKEN)
    assert "/old/" in decided.message


def test_eleven_policies_fit_into_the_memory_of_a_tag(asked):
    arns = [f"arn:aws:iam::123456789012:policy/policy-{number}" for number in range(10)]
    decided = asked({"additionalManagedPolicyArns": arns, "permissionsBoundaryArn": MANAGED})
    [memory] = [tag for tag in decided.calls[0].parameters["Tags"] if tag["Key"] == TAG_ATTACHED]
    assert len(memory["Value"]) <= 256


@pytest.mark.parametrize("length", [1, 39, 40, 41, 80])
def test_names_are_readable_and_fit(length):
    name = role_name("e" * length, "eu-west-1")
    assert len(name) <= 64
    assert name.startswith("mwaa-execution-e")
    assert "-eu-west-1" in name


def test_names_that_are_cut_stay_apart():
    names = {
        role_name("e" * 70 + ending, region)
        for ending in "ab"
        for region in ("eu-west-1", "eu-west-2", "us-gov-west-1")
    }
    assert len(names) == 6
