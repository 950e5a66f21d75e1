"""What the load speaks for, each with its evidence. Nothing here is ever done by the operator: it is advice for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.planning.companion import Accompanied, Remark
from mwaa_operator.planning.sizing.classes import dag_capacity, larger_class
from mwaa_operator.planning.sizing.load import Load, Usage, shown
from mwaa_operator.planning.sizing.questions import DATABASE, LONG

LONGEST_WAIT_MINUTES = 15
"""Less than that is what adding a worker takes anyway."""
_WAITS = (15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1200, 1440)
"""Minutes that are told: a message that says each minute would change at each look."""
BUSY_PERCENT = 85
"""The mean of a week above which AWS's own verification script speaks of too small an environment (mwaa-behaviour.md §8)."""
MOST_SCHEDULERS = 5

_CALLED = {
    "Scheduler": "The schedulers",
    "BaseWorker": "The workers",
    "AdditionalWorker": "The additional workers",
    "WebServer": "The web servers",
    DATABASE: "The metadata database",
}


@dataclass(frozen=True)
class Advice:
    """One thing that people may want to change."""

    reason: Reason
    text: str


def advice(about: Accompanied, load: Load, *, now: datetime) -> tuple[Advice, ...]:
    """All that the load speaks for, the most pressing first."""
    return (*_waiting(about, load), *_busy(about, load), *_dags(about), *_unused(about, load, now=now))


def remark_on(about: Accompanied, load: Load, *, now: datetime, again: float) -> Remark:
    """What to say of the load."""
    found = advice(about, load, now=now)
    if found:
        reason, message = found[0].reason, " ".join(one.text for one in found)
        return _remark(False, reason, message, again=again, load=load)
    message = "Nothing that CloudWatch shows of the load speaks for another size."
    return _remark(True, Reason.FITS_LOAD, message, again=again, load=load)


def remark_on_denial(message: str, *, again: float) -> Remark:
    """What to say where the load may not be looked at."""
    return _remark(None, Reason.ACCESS_DENIED, message, again=again, load=None)


def _remark(status: bool | None, reason: Reason, message: str, *, again: float, load: Load | None) -> Remark:
    return Remark(
        kind=ConditionType.WELL_SIZED,
        status=status,
        reason=reason,
        message=message,
        again=again,
        load=None if load is None else shown(load),
    )


def _waiting(about: Accompanied, load: Load) -> Iterator[Advice]:
    if load.waited_minutes >= LONGEST_WAIT_MINUTES:
        minutes = max(wait for wait in _WAITS if wait <= load.waited_minutes)
        yield Advice(
            Reason.TASKS_WAITED,
            f"Tasks waited for {minutes} minutes or more of the last day with all workers there that maxWorkers "
            f"{about.max_workers} allows: raise maxWorkers{_or_class(about)}.",
        )


def _busy(about: Accompanied, load: Load) -> Iterator[Advice]:
    for part, usage in load.usage.items():
        used = _much_used(usage)
        if used:
            yield Advice(
                Reason.COMPONENT_BUSY,
                f"{_CALLED[part]} used {used} in the mean of seven days: {_remedy(part, about)}.",
            )


def _dags(about: Accompanied) -> Iterator[Advice]:
    capacity = dag_capacity(about.environment_class)
    if capacity is not None and about.dags is not None and about.dags > capacity:
        larger = larger_class(about.environment_class) or "another environment"
        yield Advice(
            Reason.TOO_MANY_DAGS,
            f"There are {about.dags} DAGs, and {about.environment_class} is made for {capacity}: think of {larger}.",
        )


def _unused(about: Accompanied, load: Load, *, now: datetime) -> Iterator[Advice]:
    old_enough = about.created_at is not None and now - about.created_at >= LONG + timedelta(hours=1)
    if about.max_workers > about.min_workers and load.extra_workers_used is False and old_enough:
        yield Advice(
            Reason.WORKERS_UNUSED,
            f"The workers above minWorkers {about.min_workers} were not used for 14 days: maxWorkers {about.max_workers} "
            "may be lowered.",
        )


def _much_used(usage: Usage) -> str:
    parts = (("CPU", usage.cpu), ("memory", usage.memory))
    return " and ".join(
        f"{value:.0f} % of the {what}" for what, value in parts if value is not None and value > BUSY_PERCENT
    )


def _remedy(part: str, about: Accompanied) -> str:
    larger = larger_class(about.environment_class)
    by_class = f"choose environmentClass {larger}" if larger else "spread the DAGs over two environments"
    if part == "Scheduler" and about.schedulers < MOST_SCHEDULERS and about.environment_class != "mw1.micro":
        return f"raise schedulers above {about.schedulers}, or {by_class}"
    if part == "WebServer" and about.environment_class != "mw1.micro":
        return f"raise minWebservers, or {by_class}"
    return by_class


def _or_class(about: Accompanied) -> str:
    larger = larger_class(about.environment_class)
    return f", or choose environmentClass {larger}" if larger else ""
