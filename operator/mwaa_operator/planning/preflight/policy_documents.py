"""What a resource's own policy lets a service do: role trust policies and key policies, read as IAM reads them.

A condition that is not known here, or that asks for something not known here, makes the answer uncertain rather than wrong. From the IAM
User Guide, "JSON policy element reference" and "Policy evaluation logic".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any


class Access(StrEnum):
    """What a policy says about a request."""

    ALLOWED = "allowed"
    UNCERTAIN = "uncertain"
    """It depends on a condition that cannot be judged here."""
    CONDITION = "condition"
    """It is allowed, under a condition that this request does not meet."""
    NOT_NAMED = "not named"
    """No statement allows it."""
    DENIED = "denied"
    """A statement denies it."""


def service_access(document: Any, *, service: str, action: str, context: Mapping[str, str]) -> Access:
    """What a policy lets a service principal do. `context` holds what conditions may ask for, by key; a key that is absent is unknown."""
    known = {key.lower(): value for key, value in context.items()}
    judged = [
        (statement.get("Effect"), _conditions_met(statement.get("Condition"), known))
        for statement in _statements(document)
        if _names(statement, service) and _covers(statement, action)
    ]
    if ("Deny", True) in judged:
        return Access.DENIED
    allows = {met for effect, met in judged if effect == "Allow"}
    if not allows:
        return Access.NOT_NAMED
    if ("Deny", None) in judged or (None in allows and True not in allows):
        return Access.UNCERTAIN
    return Access.ALLOWED if True in allows else Access.CONDITION


def _statements(document: Any) -> list[Mapping[str, Any]]:
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    return [statement for statement in many(found) if isinstance(statement, Mapping)]


def _names(statement: Mapping[str, Any], service: str) -> bool:
    if "NotPrincipal" in statement:
        return not _among(statement["NotPrincipal"], service)
    return _among(statement.get("Principal"), service)


def _among(principal: Any, service: str) -> bool:
    if not isinstance(principal, Mapping):
        return bool(principal == "*")
    return "*" in many(principal.get("AWS", [])) or service in many(principal.get("Service", []))


def _covers(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _any_like(statement["NotAction"], action)
    return _any_like(statement.get("Action", []), action)


def _conditions_met(condition: Any, context: Mapping[str, str]) -> bool | None:
    """Whether all conditions of a statement hold; None where that cannot be told."""
    if not condition:
        return True
    if not isinstance(condition, Mapping):
        return None
    outcomes = [
        _met(str(operator), str(key), [str(value) for value in many(values)], context)
        for operator, wanted in condition.items()
        for key, values in (wanted.items() if isinstance(wanted, Mapping) else [("", [])])
    ]
    return False if False in outcomes else None if None in outcomes else True


def _met(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool | None:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    found, test = context.get(key.lower()), _OPERATORS.get(name)
    if found is None or test is None:
        return None
    negative = name in _NEGATIVE
    return negative != any(test(value, found) for value in values)


def like(pattern: str, value: str) -> bool:
    """Whether a value fits a pattern with IAM's wildcards: * for any number of characters, ? for one."""
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(text, value, re.DOTALL) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """Each of an ARN's six parts by itself: a wildcard does not reach across colons (IAM, "ARN condition operators")."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(like(*pair) for pair in zip(patterns, parts, strict=True))


def _same(pattern: str, value: str) -> bool:
    return pattern == value


def _same_ignoring_case(pattern: str, value: str) -> bool:
    return pattern.lower() == value.lower()


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringNotEquals": _same,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringNotEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": like,
    "StringNotLike": like,
    "ArnEquals": _arn_like,
    "ArnNotEquals": _arn_like,
    "ArnLike": _arn_like,
    "ArnNotLike": _arn_like,
    "Bool": _same_ignoring_case,
}
_NEGATIVE = frozenset(name for name in _OPERATORS if "Not" in name)


def _any_like(patterns: Any, action: str) -> bool:
    return any(like(str(one).lower(), action.lower()) for one in many(patterns))


def many(value: Any) -> Iterable[Any]:
    """What a member holds that may be a list, or one thing without it."""
    return value if isinstance(value, list | tuple) else [value]
