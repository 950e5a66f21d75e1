"""The policies as IAM reads them, made from the table."""

import json
from typing import Any

from mwaa_operator.planning.permissions.model import Grant, Policy
from mwaa_operator.planning.permissions.table import grants_of

_VERSION = "2012-10-17"
MAX_CHARACTERS = 6144
"""Of a managed policy, white space not counted (IAM User Guide, IAM and STS quotas)."""


def policy(which: Policy) -> dict[str, Any]:
    """Give a policy as IAM reads it."""
    return {
        "Version": _VERSION,
        "Statement": [_statement(grant, actions) for grant in grants_of(which) if (actions := _new(grant))],
    }


def text(which: Policy) -> str:
    """Give what the policy's file holds."""
    return json.dumps(policy(which), indent=2) + "\n"


def _statement(grant: Grant, actions: list[str]) -> dict[str, Any]:
    return {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Action": _short(actions),
        "Resource": _short(list(grant.resources)),
        **({"Condition": grant.condition} if grant.condition else {}),
    }


def _new(grant: Grant) -> list[str]:
    """Give the actions of a row without those that stand in the operator's first policy anyway: the others are attached beside it."""
    if grant.policy is Policy.OPERATOR:
        return list(grant.actions)
    firm = [row for row in grants_of(Policy.OPERATOR) if not row.optional]
    alike = [row for row in firm if (row.resources, row.condition) == (grant.resources, grant.condition)]
    known = {action for row in alike for action in row.actions}
    return [action for action in grant.actions if action not in known]


def _short(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
