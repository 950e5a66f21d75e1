"""The one place where conditions are set (Kubernetes API conventions, kstatus)."""

from collections.abc import Iterable
from datetime import datetime

from mwaa_operator.api.conditions import Condition, ConditionType
from mwaa_operator.api.enums import ConditionStatus

_ORDER: dict[str, int] = {name: position for position, name in enumerate(ConditionType)}


def with_conditions(
    current: Iterable[Condition], changed: Iterable[Condition], *, removed: Iterable[str] = ()
) -> tuple[Condition, ...]:
    """Put conditions in place. The transition time stays unless the status changed, whatever else did."""
    gone = set(removed)
    by_type = {condition.type: condition for condition in current if condition.type not in gone}
    for condition in changed:
        before = by_type.get(condition.type)
        same = before is not None and before.status is condition.status
        since = before.last_transition_time if before is not None and same else condition.last_transition_time
        by_type[condition.type] = condition.model_copy(update={"last_transition_time": since})
    return tuple(sorted(by_type.values(), key=lambda condition: _ORDER.get(condition.type, len(_ORDER))))


def condition(
    kind: str, status: bool | None, *, reason: str, message: str, generation: int, now: datetime
) -> Condition:
    """One condition as of now. `status` None is Unknown."""
    value = {True: ConditionStatus.TRUE, False: ConditionStatus.FALSE, None: ConditionStatus.UNKNOWN}[status]
    return Condition(
        type=kind,
        status=value,
        reason=reason,
        message=message,
        observed_generation=generation,
        last_transition_time=now.replace(microsecond=0),
    )
