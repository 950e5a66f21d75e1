"""Whether IAM policy documents allow an action: as much of IAM's logic as judging an execution role takes.

A deny wins over any allow, and what nobody allows is denied. Conditions are not evaluated: an allow with one counts, a
deny with one does not, so that only what is certain is refused.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any


def allows(documents: Iterable[str], action: str, resource: str) -> bool:
    """Whether the policy documents (JSON) together allow `action` on `resource`."""
    applying = [
        statement
        for document in documents
        for statement in _listed(json.loads(document).get("Statement", []))
        if _applies(statement, action, resource)
    ]
    if any(statement.get("Effect") == "Deny" and not statement.get("Condition") for statement in applying):
        return False
    return any(statement.get("Effect") == "Allow" for statement in applying)


def trusts(document: str, service: str) -> bool:
    """Whether a trust policy (JSON) lets a service principal assume the role."""
    return any(
        statement.get("Effect") == "Allow"
        and _applies({**statement, "Resource": "*"}, "sts:AssumeRole", "*")
        and service in _principals(statement)
        for statement in _listed(json.loads(document).get("Statement", []))
    )


def _principals(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    return _listed(principal.get("Service", [])) if isinstance(principal, Mapping) else []


def _applies(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return _selected(statement, "Action", action.lower(), lower=True) and _selected(statement, "Resource", resource)


def _selected(statement: Mapping[str, Any], element: str, value: str, *, lower: bool = False) -> bool:
    negated = f"Not{element}"
    if negated in statement:
        return not any(_matches(one, value, lower=lower) for one in _listed(statement[negated]))
    return any(_matches(one, value, lower=lower) for one in _listed(statement.get(element, [])))


def _matches(pattern: str, value: str, *, lower: bool) -> bool:
    return _compiled(pattern.lower() if lower else pattern).fullmatch(value) is not None


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
