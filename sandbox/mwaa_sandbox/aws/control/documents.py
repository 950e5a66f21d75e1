"""The JSON documents of the admin API, read into what they stand for. Every problem is a ValueError that says what to write."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.aws.control.faults import Fault, FaultKind
from mwaa_sandbox.aws.control.selector import ANY, Selector
from mwaa_sandbox.aws.mwaa.durations import Durations, Spread
from mwaa_sandbox.aws.mwaa.lifecycle import UpdateError
from mwaa_sandbox.aws.mwaa.operations import GENERIC_FAILURE, Script
from mwaa_sandbox.aws.mwaa.scripts import ScriptedOutcome
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Outcome

Document = Mapping[str, Any]


def read(body: bytes, *, known: set[str]) -> dict[str, Any]:
    """Return a request body as a document; unknown members are refused, for a misspelt one would do nothing."""
    try:
        content = json.loads(body or b"{}")
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - a wrong document, as any other
    unknown = content.keys() - known
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")
    return {name: value for name, value in content.items() if value is not None}


def scripted_outcome(body: bytes) -> ScriptedOutcome:
    content = read(body, known={"account", "region", "environment", "operation", "outcome", "durationSeconds", "error"})
    error = content.get("error")
    seconds = content.get("durationSeconds")
    return ScriptedOutcome(
        kind=_one_of(OperationKind, content, "operation"),
        script=Script(
            outcome=_one_of(Outcome, content, "outcome"),
            seconds=None if seconds is None else float(seconds),
            error=None
            if error is None
            else UpdateError(error.get("code", GENERIC_FAILURE.code), error.get("message", GENERIC_FAILURE.message)),
        ),
        account=content.get("account"),
        region=content.get("region"),
        environment=content.get("environment", ANY),
    )


def fault(body: bytes) -> Fault:
    known = {"service", "operation", "account", "environment", "kind", "count", "probability", "delaySeconds"}
    content = read(body, known=known | {"errorCode", "message"})
    return Fault(
        kind=_one_of(FaultKind, content, "kind"),
        selector=selector(content),
        count=content.get("count"),
        probability=content.get("probability", 1.0),
        delay_seconds=content.get("delaySeconds"),
        error_code=content.get("errorCode"),
        message=content.get("message"),
    )


def fault_document(fault_id: int, stored: Fault) -> dict[str, Any]:
    return {
        "id": fault_id,
        **dataclasses.asdict(stored.selector),
        "kind": stored.kind.value,
        "count": stored.count,
        "probability": stored.probability,
        "delaySeconds": stored.delay_seconds,
        "errorCode": stored.error_code,
        "message": stored.message,
    }


def selector(content: Document) -> Selector:
    return Selector(
        service=content.get("service", ANY),
        operation=content.get("operation", ANY),
        account=content.get("account"),
        environment=content.get("environment"),
    )


def durations(body: bytes, present: Durations) -> Durations:
    names = {_camel(field.name): field.name for field in dataclasses.fields(Durations)}
    content = read(body, known=set(names))
    return dataclasses.replace(present, **{names[name]: _spread(value) for name, value in content.items()})


def durations_document(present: Durations) -> dict[str, Any]:
    return {
        _camel(name): {"meanSeconds": spread["mean_seconds"], "spread": spread["spread"]}
        for name, spread in dataclasses.asdict(present).items()
    }


def _spread(content: Any) -> Spread:
    if not isinstance(content, dict) or "meanSeconds" not in content:
        raise ValueError('a duration is {"meanSeconds": 120, "spread": 0.3}')
    return Spread(float(content["meanSeconds"]), float(content.get("spread", 0.0)))


def _one_of(enumeration: Any, content: Document, name: str) -> Any:
    try:
        return enumeration(content.get(name))
    except ValueError:
        raise ValueError(f"{name} must be one of {', '.join(enumeration)}") from None


def _camel(name: str) -> str:
    return re.sub(r"_(.)", lambda found: found.group(1).upper(), name)
