"""From points of CloudWatch to what they say of an environment's load. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mwaa_operator.api.airflow_status import ComponentLoad, LoadStatus
from mwaa_operator.planning.companion import Accompanied
from mwaa_operator.planning.sizing.questions import (
    CLUSTERS,
    DATABASE,
    LATELY_PERIOD,
    QUEUED,
    RUNNING,
    WORKERS,
    Points,
    Series,
    label_of,
)

_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How busy a part was in the mean of a week, in percent; None where CloudWatch shows nothing."""

    cpu: float | None = None
    memory: float | None = None


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """What the points of two weeks come to. They themselves are a quarter of a megabyte for each environment, and nobody's to keep."""

    usage: Mapping[str, Usage] = field(default_factory=dict)
    extra_workers: bool = False


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is known of the load.

    `waited_minutes`: for how long, within the last day, tasks waited with as many workers as there may be. `extra_workers_used`: whether
    there was ever a worker above the least number within two weeks; None where CloudWatch shows nothing of the environment so long.
    """

    running: float | None = None
    queued: float | None = None
    workers: int | None = None
    waited_minutes: int = 0
    extra_workers_used: bool | None = None
    usage: Mapping[str, Usage] = field(default_factory=dict)


def weeks_of(series: Series) -> Weeks:
    """What `over_weeks` is asked for."""
    usage = {part: _usage(part, series) for part in (*CLUSTERS, DATABASE)}
    return Weeks(
        usage={part: one for part, one in usage.items() if one != Usage()},
        extra_workers=any(count > 0 for _, count in series.get(WORKERS, ())),
    )


def load_of(about: Accompanied, lately: Series, weeks: Weeks) -> Load | None:
    """The load; None where CloudWatch shows nothing yet."""
    running, queued, extra = (lately.get(name, ()) for name in (RUNNING, QUEUED, WORKERS))
    if not (running or queued or weeks.usage):
        return None
    return Load(
        running=running[-1][1] if running else None,
        queued=queued[-1][1] if queued else None,
        workers=_workers_at(_latest(running, queued), extra, about) if running or queued else None,
        waited_minutes=_waited_minutes(queued, extra, about),
        extra_workers_used=(weeks.extra_workers or bool(extra)) if weeks.usage else None,
        usage=weeks.usage,
    )


def shown(load: Load) -> LoadStatus:
    """The load as the status has it: in whole numbers."""
    return LoadStatus(
        running_tasks=_whole(load.running),
        queued_tasks=_whole(load.queued),
        workers=load.workers,
        components=tuple(
            ComponentLoad(name=part, cpu_percent=_whole(one.cpu), memory_percent=_whole(one.memory))
            for part, one in load.usage.items()
        ),
    )


def _waited_minutes(queued: Points, extra: Points, about: Accompanied) -> int:
    by_time = dict(extra)
    full = about.max_workers - about.min_workers - 0.5  # a worker that came in the middle of a period is half a one
    waited = sum(1 for at, count in queued if count >= 1 and _extra(by_time, at) >= full)
    return waited * LATELY_PERIOD // _MINUTE


def _workers_at(at: datetime, extra: Points, about: Accompanied) -> int:
    return about.min_workers + round(_extra(dict(extra), at))


def _extra(by_time: dict[datetime, float], at: datetime) -> float:
    """Workers above the least number, in the mean of a period."""
    return by_time.get(at, 0.0) * _MINUTE / LATELY_PERIOD


def _latest(*series: Points) -> datetime:
    return max(points[-1][0] for points in series if points)


def _usage(part: str, series: Series) -> Usage:
    cpu, memory = (series.get(label_of(part, metric), ()) for metric in ("CPUUtilization", "MemoryUtilization"))
    return Usage(cpu=_mean(cpu), memory=_mean(memory))


def _mean(points: Points) -> float | None:
    return sum(value for _, value in points) / len(points) if points else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
