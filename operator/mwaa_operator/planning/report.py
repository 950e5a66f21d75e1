"""From a plan to the status that people and programs read.

Nothing that ticks goes in, so an unchanged situation gives an unchanged status, and nothing of an option's value ever does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.environment_status import (
    AccountStatus,
    ArtifactsStatus,
    EnvironmentStatus,
    LastApplied,
    LastOperation,
    LikelyCause,
    PlannedChange,
    PlanStatus,
    PreflightStatus,
    ProvisionedStatus,
    ResourceStatus,
)
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.planning.conditions import condition, with_conditions
from mwaa_operator.planning.model import PendingChanges, Standing, Verdict
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.parts.foundation import CONDITION_OF, PartState, was_in_order
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.preflight.outcome import preflight_condition

_Part = TypeVar("_Part", ProvisionedStatus, ArtifactsStatus)
_SECRET_MEMBERS = frozenset({"AirflowConfigurationOptions"})
_USERS_OWN_KEYS = frozenset({"Tags", "Teams"})
MOST_CHANGES, MOST_DRIFTED_FIELDS = 256, 128
"""What the status has room for; the API server refuses a longer list, and with it the whole status."""
_PART_ORDER: dict[str, int] = {kind.value: position for position, kind in enumerate(PartKind)}
_WAITING_FOR = {
    Reason.WAITING_FOR_APPROVAL: "Approval",
    Reason.WAITING_FOR_WINDOW: "Window",
    Reason.UPDATE_FAILED: "Edit",
    Reason.INVALID_CONFIGURATION: "Edit",
    Reason.IMMUTABLE_FIELD: "Edit",
    Reason.NOT_CONVERGING: "Edit",
    Reason.UPGRADE_PATH: "Edit",
    Reason.UNAVAILABLE: "Edit",
    Reason.CHANGED_BY_AWS: "Edit",
    Reason.DRIFTED: "Policy",
    Reason.OBSERVING: "Policy",
}


def conditions_of(
    verdict: Verdict, current: tuple[Condition, ...], *, generation: int, now: datetime
) -> tuple[Condition, ...]:
    """Ready, Synced, and Reconciling or Stalled while they are true."""

    def make(kind: ConditionType, status: bool | None, reason: Reason, about: int) -> Condition:
        return condition(kind, status, reason=reason, message=verdict.message, generation=about, now=now)

    changed = [
        make(ConditionType.SYNCED, verdict.synced, Reason.UP_TO_DATE if verdict.synced else verdict.reason, generation)
    ]
    if verdict.ready is not None:
        changed.append(make(ConditionType.READY, verdict.ready, verdict.reason, verdict.ready_generation or generation))
    elif not any(known.type == ConditionType.READY for known in current):
        changed.append(make(ConditionType.READY, None, verdict.reason, generation))
    ongoing = {Standing.PROGRESSING: ConditionType.RECONCILING, Standing.STALLED: ConditionType.STALLED}.get(
        verdict.standing
    )
    if ongoing is not None:
        changed.append(make(ongoing, True, verdict.reason, generation))
    removed = {ConditionType.RECONCILING, ConditionType.STALLED} - {ongoing}
    return with_conditions(current, changed, removed=removed)


def status_of(
    before: EnvironmentStatus,
    *,
    verdict: Verdict | None,
    generation: int,
    now: datetime,
    environment: ObservedEnvironment | None,
    account: AccountStatus | None,
    pending: PendingChanges | None,
    operation: LastOperation | None,
    applied: LastApplied | None,
    drifted: tuple[str, ...],
    handled_request: str | None,
    parts: Mapping[PartKind, PartState] | None = None,
    provisioned: ProvisionedStatus | None = None,
    artifacts: ArtifactsStatus | None = None,
    preflight: PreflightStatus | None = None,
    causes: tuple[LikelyCause, ...] = (),
) -> EnvironmentStatus:
    """The whole status after a pass, or after a part of one. Without a verdict, what was said before still holds.

    `parts` are those that were looked at. `provisioned`, `artifacts` and `preflight` None: nothing new is known.
    """
    conditions = (
        conditions_of(verdict, before.conditions, generation=generation, now=now) if verdict else before.conditions
    )
    details = [
        _part_condition(kind, state, generation, now)
        for kind, state in (parts or {}).items()
        if not (state.unseen and was_in_order(before, kind))
    ]
    if preflight is not None and preflight is not before.preflight:
        details.append(preflight_condition(preflight, generation=generation, now=now))
    conditions = with_conditions(conditions, details)
    plan = (plan_status(pending, verdict) if pending else None) if verdict else before.plan
    return before.model_copy(
        update={
            "observed_generation": generation if verdict else before.observed_generation,
            "conditions": conditions,
            "environment": environment,
            "account": account or before.account,
            "plan": plan,
            "resources": _resources(before, environment, parts or {}),
            "provisioned": before.provisioned if provisioned is None else _unless_empty(provisioned),
            "artifacts": before.artifacts if artifacts is None else _unless_empty(artifacts),
            "preflight": preflight or before.preflight,
            "likely_causes": causes,
            "drifted_fields": drifted[:MOST_DRIFTED_FIELDS],
            "last_operation": operation,
            "last_applied": applied or before.last_applied,
            "last_handled_reconcile_at": handled_request or before.last_handled_reconcile_at,
        }
    )


def _resources(
    before: EnvironmentStatus, environment: ObservedEnvironment | None, parts: Mapping[PartKind, PartState]
) -> tuple[ResourceStatus, ...]:
    looked_at = set(parts)
    itself = (
        [ResourceStatus(kind="Environment", id=environment.arn, provisioned=True)]
        if environment and environment.arn
        else []
    )
    kept = [known for known in before.resources if known.part in set(PartKind) - looked_at]
    found = [one.model_copy(update={"part": kind.value}) for kind, state in parts.items() for one in state.resources]
    return (
        *itself,
        *sorted((*kept, *found), key=lambda one: (_PART_ORDER[one.part or ""], one.kind, one.id)),
    )


def _unless_empty(part: _Part) -> _Part | None:
    return None if part == type(part)() else part


def _part_condition(kind: PartKind, state: PartState, generation: int, now: datetime) -> Condition:
    return condition(
        CONDITION_OF[kind], state.ready, reason=state.reason, message=state.message, generation=generation, now=now
    )


def shown_environment(environment: AwsEnvironment | None) -> ObservedEnvironment | None:
    """What GetEnvironment said, in the form of the status, without option values."""
    return ObservedEnvironment.model_validate(_lowered(environment.document)) if environment else None


def plan_status(pending: PendingChanges, verdict: Verdict) -> PlanStatus:
    """A plan as the status shows it."""
    return PlanStatus(
        hash=pending.hash,
        changes=tuple(
            PlannedChange(field=change.field, from_=_text(change.old), to=_text(change.new), impact=change.impact.value)
            for change in pending.changes[:MOST_CHANGES]
        ),
        estimated_minutes=pending.minutes,
        worker_replacement_strategy=pending.strategy,
        waiting_for=_WAITING_FOR.get(verdict.reason),
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {member}" for key, member in value.items())
    return str(value)


def _lowered(value: Any, *, keep_keys: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {
            key if keep_keys else key[:1].lower() + key[1:]: _lowered(member, keep_keys=key in _USERS_OWN_KEYS)
            for key, member in value.items()
            if key not in _SECRET_MEMBERS
        }
    if isinstance(value, list | tuple):
        return [_lowered(member) for member in value]
    return value
