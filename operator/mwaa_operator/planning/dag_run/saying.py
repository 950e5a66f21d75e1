"""The conditions of a run, set in one place, and the events that follow from them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mwaa_operator.api.conditions import Condition
from mwaa_operator.api.dag_run_conditions import DagRunConditionType, DagRunReason
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.planning.conditions import condition, with_conditions
from mwaa_operator.planning.dag_run.model import Notice, RunSituation
from mwaa_operator.planning.transitions import Event

_DECIDING = (
    DagRunConditionType.FAILED,
    DagRunConditionType.COMPLETE,
    DagRunConditionType.STALLED,
    DagRunConditionType.RECONCILING,
)
_WARNINGS = frozenset(
    {
        DagRunReason.RUN_FAILED,
        DagRunReason.DEADLINE_EXCEEDED,
        DagRunReason.DAG_NOT_FOUND,
        DagRunReason.DAG_BROKEN,
        DagRunReason.RUN_REFUSED,
        DagRunReason.RUN_VANISHED,
        DagRunReason.ENVIRONMENT_NOT_OWNED,
        DagRunReason.LEFT_RUNNING,
        DagRunReason.INVALID_SPEC,
        DagRunReason.AIRFLOW_ERROR,
        DagRunReason.AIRFLOW_UNREACHABLE,
        DagRunReason.REST_API_UNSUPPORTED,
        DagRunReason.ACCESS_DENIED,
        DagRunReason.NO_CREDENTIALS,
        DagRunReason.THROTTLED,
        DagRunReason.AWS_UNREACHABLE,
        DagRunReason.AWS_REFUSED,
    }
)


def goes_on(it: RunSituation, reason: DagRunReason, message: str, **changes: Any) -> DagRunStatus:
    """The status of a run that something will still become of by itself."""
    return _said(it, {DagRunConditionType.RECONCILING}, reason, message, changes)


def stands_still(it: RunSituation, reason: DagRunReason, message: str, **changes: Any) -> DagRunStatus:
    """The status of a run that waits for a person."""
    return _said(it, {DagRunConditionType.STALLED}, reason, message, changes)


def complete(it: RunSituation, message: str, **changes: Any) -> DagRunStatus:
    done = {"finished_at": it.at.now, **changes}
    return _said(it, {DagRunConditionType.COMPLETE}, DagRunReason.SUCCEEDED, message, done)


def failed(it: RunSituation, reason: DagRunReason, message: str, **changes: Any) -> DagRunStatus:
    """The status at the end of a run that failed. kstatus knows of failures by Stalled."""
    done = {"finished_at": it.at.now, **changes}
    return _said(it, {DagRunConditionType.FAILED, DagRunConditionType.STALLED}, reason, message, done)


def unreadable(before: DagRunStatus, message: str, *, generation: int, now: datetime) -> DagRunStatus:
    """The status of an object of which nothing more is known."""
    true = {DagRunConditionType.STALLED}
    return _with(before, true, DagRunReason.INVALID_SPEC, message, generation=generation, now=now)


def _said(
    it: RunSituation,
    true: set[DagRunConditionType],
    reason: DagRunReason,
    message: str,
    changes: Mapping[str, Any],
) -> DagRunStatus:
    said = _with(it.status, true, reason, message, generation=it.generation, now=it.at.now)
    return said.model_copy(update=dict(changes))


def _with(
    before: DagRunStatus,
    true: set[DagRunConditionType],
    reason: DagRunReason,
    message: str,
    *,
    generation: int,
    now: datetime,
) -> DagRunStatus:
    said = [
        condition(kind, True, reason=reason, message=message, generation=generation, now=now)
        for kind in DagRunConditionType
        if kind in true
    ]
    conditions = with_conditions(before.conditions, said, removed=set(DagRunConditionType) - true)
    return before.model_copy(update={"observed_generation": generation, "conditions": conditions})


def events_between(before: DagRunStatus, after: DagRunStatus) -> tuple[Event, ...]:
    """An event where the condition that decides is another one, or has another reason, than before."""
    old, new = _deciding(before), _deciding(after)
    if new is None or (old is not None and (old.type, old.reason) == (new.type, new.reason)):
        return ()
    return (_event(DagRunReason(new.reason), new.message),)


def event_of(notice: Notice) -> Event:
    return _event(notice.reason, notice.message)


def _event(reason: DagRunReason, message: str) -> Event:
    return Event("Warning" if reason in _WARNINGS else "Normal", reason.value, message)


def _deciding(status: DagRunStatus) -> Condition | None:
    by_type = {each.type: each for each in status.conditions}
    return next((by_type[kind] for kind in _DECIDING if kind in by_type), None)
