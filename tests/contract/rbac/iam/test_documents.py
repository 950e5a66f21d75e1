"""What can be said of the policies by reading them."""

from __future__ import annotations

import json

import pytest
from mwaa_operator.planning.permissions import documents
from mwaa_operator.planning.permissions.model import Policy
from mwaa_operator.planning.permissions.table import GRANTS, grants_of

from .caller import listed

LOOKS = ("Describe", "Get", "List", "Simulate")
UNLIMITED = {"s3", "route53"}
"""Services whose things carry no tags that policies could go by. Hosted zones of endpoints are AWS's own."""
OF_OTHERS = {
    "iam:PassRole",
    "iam:CreateServiceLinkedRole",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateNetworkInterface",
    "ec2:CreateSecurityGroup",
    "ec2:ModifyVpcEndpoint",
    "ec2:CreateTags",
    "logs:CreateLogGroup",
    "logs:TagResource",
    "logs:PutRetentionPolicy",
    "logs:AssociateKmsKey",
    "airflow:InvokeRestApi",
    "airflow:CreateWebLoginToken",
}
"""What changes something, or makes it, without asking for the operator's tags: docs/iam.md says why. The first two and CreateTags have
conditions of their own.
"""


def name_of(action):
    return action.partition(":")[2]


def statements(which):
    return documents.policy(which)["Statement"]


def changes(which):
    """Give each action that changes something, with its statement."""
    for statement in statements(which):
        for action in listed(statement["Action"]):
            if not name_of(action).startswith(LOOKS):
                yield action, statement


@pytest.mark.parametrize("which", Policy)
def test_fits_into_a_managed_policy(which):
    assert len("".join(documents.text(which).split())) <= documents.MAX_CHARACTERS


@pytest.mark.parametrize("which", Policy)
def test_statements_have_names_of_their_own(which):
    sids = [statement["Sid"] for statement in statements(which)]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_nothing_can_be_changed_wherever_it_is():
    for which in Policy:
        assert not [action for action, statement in changes(which) if "*" in listed(statement["Resource"])]


def test_every_resource_that_is_not_limited_has_a_reason():
    assert {grant.sid for grant in GRANTS if grant.resources == ("*",)} == {
        grant.sid for grant in GRANTS if grant.every
    }


def test_every_change_asks_for_tags_of_the_operator_but_for_known_exceptions():
    free = {
        action
        for which in (Policy.OPERATOR, Policy.PROVISIONING)
        for action, statement in changes(which)
        if "Null" not in statement.get("Condition", {})
    }
    ours = {action for grant in GRANTS if grant.sid == "Environments" for action in grant.actions}
    assert {action for action in free - ours if action.partition(":")[0] not in UNLIMITED} == OF_OTHERS


@pytest.mark.parametrize("which", [Policy.OPERATOR, Policy.PROVISIONING])
def test_roles_are_passed_to_mwaa_alone(which):
    [passing] = [statement for statement in statements(which) if statement["Action"] == "iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}}


def test_tags_are_given_only_to_what_is_being_made():
    [tagging] = [one for one in statements(Policy.PROVISIONING) if one["Action"] == "ec2:CreateTags"]
    making = {action for grant in grants_of(Policy.PROVISIONING) for action in grant.actions}
    creations = tagging["Condition"]["StringEquals"]["ec2:CreateAction"]
    assert {f"ec2:{creation}" for creation in creations} <= making


def test_optional_rows_only_look():
    actions = [action for grant in GRANTS if grant.optional for action in grant.actions]
    assert all(name_of(action).startswith(LOOKS) for action in actions)


def test_names_of_optional_statements_say_so():
    optional = {grant.sid for grant in GRANTS if grant.optional}
    assert optional == {grant.sid for grant in GRANTS if grant.sid.startswith(("Checks", "LogsOf", "MetricsOf"))}


def test_no_action_stands_in_both_policies_for_the_same_things():
    first = [grant for grant in grants_of(Policy.OPERATOR) if not grant.optional]
    there = {(action, grant.resources) for grant in first for action in grant.actions}
    added = {
        (action, tuple(listed(one["Resource"])))
        for one in statements(Policy.PROVISIONING)
        for action in listed(one["Action"])
    }
    assert not there & added


def test_text_is_the_policy():
    for which in Policy:
        assert json.loads(documents.text(which)) == json.loads(json.dumps(documents.policy(which)))
