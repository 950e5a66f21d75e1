"""Policy documents, read once and then asked many times.

Source: IAM User Guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mwaa_sandbox.aws.iam import conditions, positions
from mwaa_sandbox.aws.iam.conditions import Condition
from mwaa_sandbox.aws.iam.positions import Span
from mwaa_sandbox.aws.iam.principals import Principals

CURRENT_VERSION = "2012-10-17"
"""The only version in which `${}` is a variable; without Version a document is of the other one."""
_VERSIONS = frozenset({CURRENT_VERSION, "2008-10-17"})
_ELEMENTS = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)


class MalformedPolicyError(ValueError):
    """A text that is no policy. The message says what is wrong with it."""


class PolicyKind(StrEnum):
    """What a policy does in a decision."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    RESOURCE = "resource-based policy"


@dataclass(frozen=True)
class Selection:
    """`Action` or `Resource`, or with `negated` their Not forms: everything but these."""

    patterns: tuple[str, ...]
    negated: bool


@dataclass(frozen=True)
class Statement:
    """One statement of a policy. `resources` and `principals` are None where it does not have that element."""

    allows: bool
    actions: Selection
    resources: Selection | None
    principals: Principals | None
    conditions: tuple[Condition, ...]
    with_variables: bool
    span: Span


@dataclass(frozen=True)
class Policy:
    """A policy with the name and the type that answers call it by."""

    name: str
    source_type: str
    statements: tuple[Statement, ...]


@functools.lru_cache(maxsize=2048)
def parse(document: str, *, kind: PolicyKind, name: str = "", source_type: str = "none") -> Policy:
    """Read a policy document (JSON).

    Raises:
        MalformedPolicyError: with what AWS, too, would complain about.
    """
    try:
        content = json.loads(document)
    except ValueError:
        raise MalformedPolicyError("This policy contains invalid Json") from None
    if not isinstance(content, dict):
        raise MalformedPolicyError("Syntax errors in policy.")
    version = content.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise MalformedPolicyError("The policy must contain a valid version string")
    given = _listed(content.get("Statement"))
    if not given or not all(isinstance(one, dict) for one in given):
        raise MalformedPolicyError("Syntax errors in policy.")
    spans = positions.statements(document)
    statements = tuple(
        _statement(one, kind, span, with_variables=version == CURRENT_VERSION)
        for one, span in zip(given, spans, strict=True)
    )
    return Policy(name, source_type, statements)


def _statement(content: Mapping[str, Any], kind: PolicyKind, span: Span, *, with_variables: bool) -> Statement:
    unknown = content.keys() - _ELEMENTS
    if unknown:
        raise MalformedPolicyError(f"Syntax errors in policy: unknown element {', '.join(sorted(unknown))}.")
    effect = content.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise MalformedPolicyError(f"Invalid effect: {effect}")
    actions, resources = _selection(content, "Action"), _selection(content, "Resource")
    if actions is None:
        raise MalformedPolicyError("Policy statement must contain actions.")
    principals = _principals(content)
    if kind is PolicyKind.RESOURCE and principals is None:
        raise MalformedPolicyError("Missing required field Principal")
    if kind is not PolicyKind.RESOURCE and resources is None:
        raise MalformedPolicyError("Policy statement must contain resources.")
    if kind is not PolicyKind.RESOURCE and principals is not None:
        raise MalformedPolicyError("Policy document should not specify a principal.")
    return Statement(
        allows=effect == "Allow",
        actions=actions,
        resources=resources,
        principals=principals,
        conditions=tuple(_conditions(content.get("Condition", {}))),
        with_variables=with_variables,
        span=span,
    )


def _selection(content: Mapping[str, Any], element: str) -> Selection | None:
    negated = f"Not{element}"
    if element in content and negated in content:
        raise MalformedPolicyError(f"A statement cannot have both {element} and {negated}.")
    for name in (element, negated):
        if name in content:
            return Selection(tuple(str(one) for one in _listed(content[name])), name is negated)
    return None


def _principals(content: Mapping[str, Any]) -> Principals | None:
    for name in ("Principal", "NotPrincipal"):
        if name in content:
            given = content[name]
            by_type = {"AWS": given} if given == "*" else given
            if not isinstance(by_type, Mapping):
                raise MalformedPolicyError("Invalid principal in policy.")
            values = {kind: tuple(str(one) for one in _listed(value)) for kind, value in by_type.items()}
            return Principals.of(values, negated=name == "NotPrincipal", anybody=given == "*")
    return None


def _conditions(block: Any) -> Iterator[Condition]:
    if not isinstance(block, Mapping):
        raise MalformedPolicyError("Syntax errors in policy.")
    for operator, keys in block.items():
        if not isinstance(keys, Mapping):
            raise MalformedPolicyError("Syntax errors in policy.")
        for key, values in keys.items():
            try:
                yield conditions.parse(operator, key, tuple(_word(one) for one in _listed(values)))
            except ValueError as error:
                raise MalformedPolicyError(str(error)) from None


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
