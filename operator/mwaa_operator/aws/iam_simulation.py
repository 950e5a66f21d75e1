"""AWS IAM's simulation of policies: what a role or user may do."""

from collections.abc import Mapping, Sequence
from typing import Any

from mwaa_operator.aws.calls import pages
from mwaa_operator.planning.preflight.facts_permissions import Decision


def simulate(
    client: Any, *, principal: str, actions: Sequence[str], resources: Sequence[str], context: Mapping[str, str]
) -> tuple[Decision, ...]:
    """What IAM decides about each action on each resource. `principal` is the ARN of a role or user. Raises AwsError."""
    found = pages(
        client,
        "SimulatePrincipalPolicy",
        "EvaluationResults",
        {
            "PolicySourceArn": principal,
            "ActionNames": list(actions),
            "ResourceArns": list(resources),
            "ContextEntries": [
                {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": _type(key)}
                for key, value in context.items()
            ],
        },
    )
    return tuple(decision for result in found for decision in _decisions(result))


_TYPES = {"aws:SecureTransport": "boolean", "aws:CalledVia": "stringList"}


def _type(key: str) -> str:
    return _TYPES.get(key, "string")


def _decisions(result: Mapping[str, Any]) -> list[Decision]:
    """AWS tells of each resource by itself where there is more than one, else of the action alone."""
    action = str(result.get("EvalActionName", ""))
    overall = _decision(action, str(result.get("EvalResourceName", "*")), result.get("EvalDecision"), result)
    each = [
        _decision(action, str(one.get("EvalResourceName", "*")), one.get("EvalResourceDecision"), one)
        for one in result.get("ResourceSpecificResults", [])
    ]
    return each or [overall]


def _decision(action: str, resource: str, word: Any, result: Mapping[str, Any]) -> Decision:
    boundary = result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True)
    return Decision(
        action=action,
        resource=resource,
        allowed=word == "allowed",
        forbidden=word == "explicitDeny",
        beyond_boundary=not boundary,
        missing=tuple(str(key) for key in result.get("MissingContextValues", [])),
    )
