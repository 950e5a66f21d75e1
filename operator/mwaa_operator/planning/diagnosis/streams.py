"""Which log streams are read after a failure: few, for each costs a call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mwaa_operator.planning.diagnosis.matching import kind_of
from mwaa_operator.planning.diagnosis.model import Stream

GROUPS = ("Scheduler", "Worker", "WebServer")
"""The log modules that are read. Not Task and DAGProcessing: DAGs write there whatever they like, and no operation fails for them."""

_SWITCHES = {"SchedulerLogs": "schedulerLogs", "WorkerLogs": "workerLogs", "WebserverLogs": "webserverLogs"}

MOST_READ = 9
"""Streams that are read: with a listing for each group that makes twelve calls."""

LINES = 200
"""Events that are read of each stream."""

EARLY = timedelta(minutes=1)
"""A stream that begins so long before the operation is still taken for its own: the two times are not of one clock."""


@dataclass(frozen=True, kw_only=True)
class LogQuestion:
    """Which logs are meant. `since` is when the operation began, by AWS's clock; `rolled_back` whether AWS has started the old containers
    again after those that failed.
    """

    environment: str
    region: str
    since: datetime | None
    rolled_back: bool

    def group(self, module: str) -> str:
        """The name of a log group (`mwaa-behaviour.md` §8)."""
        return f"airflow-{self.environment}-{module}"


@dataclass(frozen=True, kw_only=True)
class ListedStream:
    """A log stream, as AWS lists it."""

    module: str
    name: str
    created_at: datetime | None

    @property
    def kind(self) -> Stream | None:
        return kind_of(self.name)


def switched_off(environment: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of these log modules an environment (GetEnvironment) does not write, by their names in the spec: by default all."""
    modules = environment.get("LoggingConfiguration") or {}
    return tuple(name for module, name in _SWITCHES.items() if not (modules.get(module) or {}).get("Enabled"))


def worth_reading(listed: Iterable[ListedStream], question: LogQuestion) -> tuple[ListedStream, ...]:
    """The newest stream of each kind in each group that was begun during the operation. After a rollback the newest are those of the
    containers that were started again: the oldest are read first then, and the newest as far as there is room.
    """
    since = None if question.since is None else question.since - EARLY
    own = [
        stream
        for stream in listed
        if stream.kind and (since is None or (stream.created_at is not None and stream.created_at >= since))
    ]
    own.sort(key=lambda stream: (stream.created_at.timestamp() if stream.created_at else 0.0, stream.name))
    oldest: dict[tuple[str, Stream | None], ListedStream] = {}
    newest: dict[tuple[str, Stream | None], ListedStream] = {}
    for stream in own:
        oldest.setdefault((stream.module, stream.kind), stream)
        newest[stream.module, stream.kind] = stream
    wanted = [*oldest.values(), *newest.values()] if question.rolled_back else list(newest.values())
    return tuple(dict.fromkeys(wanted))[:MOST_READ]
