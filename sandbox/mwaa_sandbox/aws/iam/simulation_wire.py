"""The two simulating operations on the wire: IAM's query protocol, answers in XML, page by page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.iam import entities
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.simulation import Simulation, SimulationError, simulate

OPERATIONS = frozenset({"SimulatePrincipalPolicy", "SimulateCustomPolicy"})
_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_DEFAULT_PAGE, _LARGEST_PAGE = 100, 1000
_REQUIRED = {"SimulatePrincipalPolicy": ("PolicySourceArn",), "SimulateCustomPolicy": ("PolicyInputList",)}


def answer(asked: Asked) -> Answer:
    """Answer over moto's IAM state of the caller's account. To be called under the lock that guards moto's requests."""
    try:
        page, size = _page(asked)
        results = simulate(_simulation(asked), lambda arn: _policies_of(asked, arn))
    except SimulationError as error:
        return answers.error("iam", error.status, error.code, error.message)
    more = page + size < len(results)
    content: dict[str, Any] = {"EvaluationResults": results[page : page + size], "IsTruncated": str(more).lower()}
    if more:
        content["Marker"] = str(page + size)
    return answers.success("text/xml", _document(asked.operation, content))


def _policies_of(asked: Asked, arn: str) -> Any:
    account = arn.split(":")[4]
    return entities.policies_of(account, asked.partition, arn) if account == asked.call.account else None


def _simulation(asked: Asked) -> Simulation:
    for name in (*_REQUIRED[asked.operation], "ActionNames"):
        if not asked.texts(name):
            message = f"1 validation error detected: Value null at '{name[0].lower() + name[1:]}' failed to satisfy "
            raise SimulationError("ValidationError", f"{message}constraint: Member must not be null")
    return Simulation(
        actions=tuple(asked.texts("ActionNames")),
        resources=_resources(asked),
        documents=tuple(asked.texts("PolicyInputList")),
        boundaries=tuple(asked.texts("PermissionsBoundaryPolicyInputList")),
        resource_policy=asked.text("ResourcePolicy") or None,
        source_arn=asked.text("PolicySourceArn") or None,
        caller_arn=asked.text("CallerArn") or None,
        context=tuple(_context_entries(asked.members)),
    )


def _resources(asked: Asked) -> tuple[str, ...]:
    """`*` alone is the same as no resource at all."""
    given = tuple(asked.texts("ResourceArns"))
    return () if given == ("*",) else given


def _context_entries(members: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    entries = []
    for key, name in members.items():
        if key.startswith("ContextEntries.member.") and key.endswith(".ContextKeyName"):
            prefix = f"{key.removesuffix('Name')}Values.member."
            entries.append((str(name), tuple(str(one) for other, one in members.items() if other.startswith(prefix))))
    return entries


def _page(asked: Asked) -> tuple[int, int]:
    """Return where the page begins and how long it can be."""
    size, marker = asked.text("MaxItems") or str(_DEFAULT_PAGE), asked.text("Marker") or "0"
    if not size.isdigit() or not 1 <= int(size) <= _LARGEST_PAGE:
        raise SimulationError("ValidationError", f"Value '{size}' at 'maxItems' must be between 1 and {_LARGEST_PAGE}")
    if not marker.isdigit():
        raise SimulationError("InvalidInput", f"Invalid Marker: {marker}")
    return int(marker), int(size)


def _document(operation: str, content: Mapping[str, Any]) -> bytes:
    root = ET.Element(f"{operation}Response", xmlns=_NAMESPACE)
    _append(root, {f"{operation}Result": content, "ResponseMetadata": {"RequestId": str(uuid.uuid4())}})
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _append(parent: ET.Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _append(ET.SubElement(parent, name), value)
    elif isinstance(content, list):
        for value in content:
            _append(ET.SubElement(parent, "member"), value)
    else:
        parent.text = content
