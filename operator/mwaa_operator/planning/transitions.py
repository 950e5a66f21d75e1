"""Which events a change of the status is worth.

Events come from the difference between two statuses, so a restarted operator repeats none, and a pass that changes nothing says
nothing.
"""

from dataclasses import dataclass

from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.planning.parts.foundation import CONDITION_OF

_WARNINGS = frozenset(
    {
        Reason.CREATE_FAILED,
        Reason.UPDATE_FAILED,
        Reason.UNAVAILABLE,
        Reason.ROLLING_BACK,
        Reason.INVALID_SPEC,
        Reason.INVALID_CONFIGURATION,
        Reason.IMMUTABLE_FIELD,
        Reason.ACCESS_DENIED,
        Reason.NO_CREDENTIALS,
        Reason.QUOTA_EXCEEDED,
        Reason.NOT_CONVERGING,
        Reason.DRIFTED,
        Reason.CHANGED_BY_AWS,
        Reason.UPGRADE_PATH,
        Reason.VANISHED,
        Reason.OWNED_BY_ANOTHER,
        Reason.ALREADY_EXISTS,
        Reason.NAME_TAKEN,
        Reason.LIKELY_CAUSE,
        Reason.PREFLIGHT_FAILED,
        Reason.PREFLIGHT_WARNED,
        Reason.SECRET_NOT_FOUND,
        Reason.FILE_NOT_FOUND,
        Reason.AWS_UNREACHABLE,
        Reason.THROTTLED,
        Reason.DELETE_FAILED,
        Reason.AIRFLOW_UNHEALTHY,
        Reason.IMPORT_ERRORS,
        Reason.INTERNAL_ERROR,
    }
)
_BESIDE = frozenset({ConditionType.AIRFLOW_HEALTHY, ConditionType.WELL_SIZED})
"""What is said beside the plan. That all is well there is no news before somebody has said otherwise."""
_DETAILS = frozenset({ConditionType.PREFLIGHT_PASSED, *CONDITION_OF.values(), *_BESIDE})


@dataclass(frozen=True)
class Event:
    """One Kubernetes event to be."""

    type: str
    reason: str
    message: str


def event(reason: Reason, message: str) -> Event:
    """An event, a warning where a person should look."""
    return Event("Warning" if reason in _WARNINGS else "Normal", reason.value, message)


def events_between(before: EnvironmentStatus, after: EnvironmentStatus) -> tuple[Event, ...]:
    """One event where the deciding condition has another reason than before, and one for each part that is there now or is not any more."""
    old, new = _deciding(before), _deciding(after)
    told = []
    if new is not None and (old is None or (old.type, old.status, old.reason) != (new.type, new.status, new.reason)):
        told.append(event(Reason(new.reason), new.message))
    known = {condition.type: condition for condition in before.conditions}
    turned = (one for one in after.conditions if one.type in _DETAILS and _has_turned(known.get(one.type), one))
    told.extend(event(Reason(condition.reason), condition.message) for condition in turned)
    return tuple(dict.fromkeys(told))


def _has_turned(before: Condition | None, after: Condition) -> bool:
    """Whether a detail is worth an event: it has come to be in order, or it is out of order for a reason of its own."""
    if before is not None and (before.status, before.reason) == (after.status, after.reason):
        return False
    if after.status is ConditionStatus.TRUE:
        return before is not None or after.type not in _BESIDE
    advises = after.type == ConditionType.WELL_SIZED and after.status is ConditionStatus.FALSE
    return advises or Reason(after.reason) in _WARNINGS


def _deciding(status: EnvironmentStatus) -> Condition | None:
    """The condition that says how things stand: Stalled, else Reconciling, else Ready."""
    by_type = {condition.type: condition for condition in status.conditions}
    for kind in (ConditionType.STALLED, ConditionType.RECONCILING, ConditionType.READY):
        if kind in by_type and (kind is ConditionType.READY or by_type[kind].status is ConditionStatus.TRUE):
            return by_type[kind]
    return None
