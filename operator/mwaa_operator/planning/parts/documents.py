"""Policy documents, compared as IAM reads them, and the key that an environment is encrypted with."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.planning.parts.model import PartContext

VERSION = "2012-10-17"
"""The current version of the policy language (IAM User Guide, Version element)."""

_WHO = frozenset({"Principal", "NotPrincipal"})


def alike(one: Any, other: Any) -> bool:
    """Whether two documents, or two statements, say the same: a list of one is that one, and its order says nothing."""
    return bool(_plain(one) == _plain(other))


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements of a document, which may be a single one without a list."""
    return list(_listed(document.get("Statement", [])))


def with_statement(document: Mapping[str, Any] | None, statement: Mapping[str, Any]) -> dict[str, Any] | None:
    """The document with a statement in the place of the one with its Sid. None: the document has it already."""
    found = statements(document or {})
    same = [one for one in found if one.get("Sid") == statement["Sid"]]
    if len(same) == 1 and alike(same[0], statement):
        return None
    others = [one for one in found if one.get("Sid") != statement["Sid"]]
    return {"Version": VERSION, **(document or {}), "Statement": [*others, statement]}


def key_arn(context: PartContext) -> str | None:
    """The environment's own key as an ARN, where the spec names one. It may be written as an ARN, as key/id or as the id."""
    given = context.spec.kms_key
    if given is None or given.startswith("arn:"):
        return given
    return f"arn:{context.partition}:kms:{context.region}:{context.account_id}:key/{given.removeprefix('key/')}"


def _plain(value: Any, name: str = "") -> Any:
    if name in _WHO and value == "*":
        value = {"AWS": "*"}
    if isinstance(value, Mapping):
        return {key: _plain(member, key) for key, member in value.items()}
    if isinstance(value, list | tuple):
        plain = sorted((_plain(member) for member in value), key=repr)
        return plain[0] if len(plain) == 1 else plain
    return value


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
