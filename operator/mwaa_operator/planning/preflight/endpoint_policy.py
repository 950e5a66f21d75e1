"""Whether the policy of an endpoint can let a call through at all. Conditions and principals may always fit, so a yes is no promise."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_operator.planning.preflight.policy_documents import like, many


def may_allow(document: str, action: str, resource: str) -> bool:
    """Whether some statement may allow an action on a resource, and none denies it to everybody. A policy that cannot be read may."""
    try:
        statements = list(_statements(json.loads(document))) if document else []
    except ValueError:
        return True
    if not document:
        return True
    about = [statement for statement in statements if _is_about(statement, action, resource)]
    denied = any(statement.get("Effect") == "Deny" and _is_for_all(statement) for statement in about)
    return not denied and any(statement.get("Effect") == "Allow" for statement in about)


def _statements(policy: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(policy, Mapping):
        raise ValueError("not a policy")  # noqa: TRY004 - one kind of error for all that cannot be read
    yield from (statement for statement in many(policy.get("Statement")) if isinstance(statement, Mapping))


def _is_about(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return _names(statement, "Action", action.lower(), lower=True) and _names(statement, "Resource", resource)


def _names(statement: Mapping[str, Any], member: str, value: str, *, lower: bool = False) -> bool:
    """Whether a statement's member, or its opposite (NotAction for Action), fits a value."""
    for name, wanted in ((member, True), (f"Not{member}", False)):
        if name in statement:
            patterns = [str(pattern) for pattern in many(statement[name])]
            return any(_fits(pattern.lower() if lower else pattern, value) for pattern in patterns) is wanted
    return False


def _fits(pattern: str, value: str) -> bool:
    """A variable may stand for anything."""
    return like(re.sub(r"\$\{[^}]*\}", "*", pattern), value)


def _is_for_all(statement: Mapping[str, Any]) -> bool:
    variables = "${" in json.dumps(statement)
    return statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition") and not variables
