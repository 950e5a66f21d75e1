"""The IAM policy in `manifests/iam` allows every call that the operator makes to AWS, and names no call that it does not make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from mwaa_operator.planning.permissions.model import Policy
from mwaa_operator.planning.permissions.names import action_of
from mwaa_operator.planning.permissions.table import grants_of

ROOT = Path(__file__).parents[3]
IAM = ROOT / "manifests" / "iam"

WEB_SERVER = "webserver"
"""What a web server is asked is no call of AWS."""
ALLOWED_WITHOUT_POLICY = {"sts:GetCallerIdentity"}
FIRM = [grant for grant in grants_of(Policy.OPERATOR) if not grant.optional]


def actions(file_name):
    policy = json.loads((IAM / file_name).read_text(encoding="utf-8"))
    listed = (statement["Action"] for statement in policy["Statement"])
    return {action for each in listed for action in ([each] if isinstance(each, str) else each)}


@pytest.fixture(scope="module")
def called(life):
    """The IAM actions of what the operator called; the prerequisites' calls come from another program."""
    own = [call for call in life.calls if "mwaa-operator/" in (call.user_agent or "") and call.service != WEB_SERVER]
    return {action_of(f"{call.service}:{call.operation}") for call in own}


def test_policy_allows_every_call_of_the_operator(called):
    allowed = actions("operator-policy.json") | actions("operator-policy-artifacts.json")
    assert called - ALLOWED_WITHOUT_POLICY <= allowed


def test_policy_names_no_call_that_is_not_made(called):
    assert {action_of(call) for grant in FIRM for call in grant.calls} <= called


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.name)
def test_no_policy_allows_a_whole_service(path):
    assert not [action for action in actions(path.name) if action == "*" or action.endswith(":*")]


def test_roles_can_be_passed_to_mwaa_only():
    policy = json.loads((IAM / "operator-policy.json").read_text(encoding="utf-8"))
    [passing] = [statement for statement in policy["Statement"] if statement["Action"] == "iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}}
    assert not passing["Resource"].endswith((":*", "role/*"))


def test_trust_is_in_the_service_account_of_the_manifests_alone():
    [statement] = json.loads((IAM / "irsa-trust-policy.json").read_text(encoding="utf-8"))["Statement"]
    account = yaml.safe_load((ROOT / "manifests" / "base" / "service-account.yaml").read_text(encoding="utf-8"))
    provider = statement["Principal"]["Federated"].partition("oidc-provider/")[2]
    assert statement["Condition"] == {
        "StringEquals": {
            f"{provider}:aud": "sts.amazonaws.com",
            f"{provider}:sub": f"system:serviceaccount:{account['metadata']['namespace']}:{account['metadata']['name']}",
        }
    }
