"""A plan of the controller as a document: what `kubectl mwaa plan` shows."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import Impact
from mwaa_operator.api.environment_status import PlanStatus
from mwaa_operator.cli.kubectl.checking import judged
from mwaa_operator.cli.kubectl.foundation import look_at_parts
from mwaa_operator.cli.kubectl.looking import Looked
from mwaa_operator.planning.desired import spec_name
from mwaa_operator.planning.diff import Change
from mwaa_operator.planning.model import PendingChanges, Plan, Standing, StepKind
from mwaa_operator.planning.plan import plan
from mwaa_operator.planning.report import plan_status
from mwaa_operator.planning.schedule import PRIORS, Pace
from mwaa_operator.planning.situation import Situation

_OPTIONS = "AirflowConfigurationOptions"
_ACTIONS = {
    StepKind.CREATE: "Create",
    StepKind.UPDATE: "Update",
    StepKind.DELETE: "Delete",
    StepKind.SET_TAGS: "SetTags",
    StepKind.REMOVE_TAGS: "SetTags",
}


def planned(looked: Looked) -> dict[str, Any]:
    """Plan as the controller does, and put it into words. Raises ProblemError."""
    looked, parts = look_at_parts(looked)
    situation = looked.situation
    decided = plan(situation)
    creates = _creates(situation, decided)
    action = _action(decided, creates=creates)
    decided, checked = judged(looked, decided)
    pending = _everything(situation) if creates else decided.pending
    shown = plan_status(pending, decided.verdict) if pending else None
    own = situation.status.plan
    # The hash of a plan is made with the operator's key. It is known where the operator came to the very same.
    same = own is not None and shown is not None and own.changes == shown.changes
    return {
        "namespace": situation.identity.namespace,
        "name": situation.identity.name,
        "environment": situation.desired.name,
        "region": looked.region or None,
        "basis": looked.basis.value,
        "action": action,
        "standing": decided.verdict.standing.value,
        "reason": decided.verdict.reason.value,
        "message": _message(situation, decided, known=own.hash if own and same else None),
        "calls": [step.kind.value for step in decided.steps],
        "parts": [{**asdict(part), "calls": list(part.calls)} for part in parts],
        "findings": checked.to_object().get("findings", []) if checked else [],
        "plan": _document(shown, hash_=own.hash if own and same else None),
        "driftedFields": list(decided.drifted),
        "notes": list(looked.notes),
    }


def _creates(situation: Situation, decided: Plan) -> bool:
    if any(step.kind is StepKind.CREATE for step in decided.steps):
        return True
    held_up = situation.foundation.holdup is not None and decided.verdict.standing is not Standing.STALLED
    return situation.environment is None and not situation.deleting and held_up


def _action(decided: Plan, *, creates: bool) -> str | None:
    if creates:
        return "Create"
    kinds = [step.kind for step in decided.steps]
    return next((_ACTIONS[kind] for kind in StepKind if kind in kinds), None)


def _everything(situation: Situation) -> PendingChanges:
    """All that a create sets, as changes. Options are named and their values are not told."""
    changes = tuple(
        Change(field=field, new=value, impact=Impact.NONE) for field, value in _fields(situation.desired.fields)
    )
    tags = tuple(
        Change(field=f"tags.{key}", new=value, impact=Impact.NONE)
        for key, value in sorted(situation.desired.tags.items())
    )
    return PendingChanges(hash="", changes=(*changes, *tags), minutes=round(PRIORS[Pace.CREATE].median / 60))


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in sorted(fields.items()):
        shown = spec_name(name)
        if name == _OPTIONS:
            yield from ((f"{shown}.{option}", None) for option in sorted(value))
        elif isinstance(value, Mapping):
            yield from ((f"{shown}.{spec_name(member)}", each) for member, each in value.items())
        else:
            yield shown, value


def _document(shown: PlanStatus | None, *, hash_: str | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    document = shown.to_object()
    document.pop("hash")
    return {**({"hash": hash_} if hash_ else {}), **document}


def _message(situation: Situation, decided: Plan, *, known: str | None) -> str:
    """The verdict's message. A hash that was not made with the operator's key would approve nothing."""
    message = decided.verdict.message
    if decided.verdict.reason is Reason.WAITING_FOR_APPROVAL and decided.pending is not None:
        return message.replace(decided.pending.hash, known or "the hash that the operator gives it")
    return message.replace("is being created", "is created") if decided.steps or not situation.environment else message
