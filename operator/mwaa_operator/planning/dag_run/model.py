"""What a decision about a run rests on, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.api.dag_run_spec import DagRunSpec, OnDelete
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.planning.clock import Moment


class Ask(StrEnum):
    """What Airflow is asked."""

    RUN = "the run"
    RUN_AGAIN = "the run again"
    """After a trigger that was refused because there is such a run already: it is ours, for its id follows from the object's uid."""
    DAG = "the DAG"
    IMPORT_ERRORS = "import errors"
    UNPAUSE = "to unpause the DAG"
    TRIGGER = "to run the DAG"
    STOP = "to end the run"
    TASKS = "the tasks"
    FAILED_TASKS = "the failed tasks"
    LOG = "the log"
    XCOM = "an XCom"


EXPECTED: Mapping[Ask, frozenset[int]] = {
    Ask.RUN: frozenset({404}),
    Ask.RUN_AGAIN: frozenset({404}),
    Ask.DAG: frozenset({404}),
    Ask.UNPAUSE: frozenset({404}),
    Ask.TRIGGER: frozenset({400, 404, 409, 422}),
    Ask.STOP: frozenset({404}),
}
"""Refusals of Airflow's, by HTTP status, that a decision can be made on. Others are trouble."""
DETAILS = frozenset({Ask.IMPORT_ERRORS, Ask.TASKS, Ask.FAILED_TASKS, Ask.LOG, Ask.XCOM})
"""Without an answer to these less is told, and that is all."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of Airflow's REST API. `segments` are those of its path, not encoded; `item` tells XComs apart."""

    ask: Ask
    method: str = "GET"
    segments: tuple[str, ...]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    item: int = 0


@dataclass(frozen=True)
class Answer:
    """What Airflow has said: its document, or, with a status from 400 on, its words. The status is 0 where there was no answer."""

    status: int
    document: Any = field(default=None, repr=False)
    words: str = ""

    @property
    def is_good(self) -> bool:
        return 0 < self.status < 400


Seen = Mapping[tuple[Ask, int], Answer]
"""The answers of this pass."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The environment that a run is in, as its own object last saw it."""

    name: str
    region: str | None
    version: str
    web_server: str | None
    status: str
    available: bool
    usable: bool
    """Whether Airflow answers in this status, as far as AWS documents it."""

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why there is no environment to ask. `gone`: and none will come back by itself, so no run can be left in it."""

    reason: DagRunReason
    message: str
    gone: bool = False
    stalled: bool = False


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A call that could not be made, or to which there was no answer that anything could be decided on.

    `again` is in seconds of AWS's time.
    """

    reason: DagRunReason
    message: str
    again: float
    stalled: bool = False


@dataclass(frozen=True, kw_only=True)
class RunSituation:
    """A MwaaDagRun, its environment, and the moment.

    `neighbours` is how many runs are followed in this environment, this one included.
    """

    namespace: str
    name: str
    uid: str
    generation: int
    spec: DagRunSpec
    status: DagRunStatus
    deleted_at: datetime | None
    paused: bool
    environment: Environment | Hindrance
    at: Moment
    neighbours: int = 1

    @property
    def is_finished(self) -> bool:
        return self.status.finished_at is not None

    @property
    def is_asked_for(self) -> bool:
        """Whether there may be a run in Airflow."""
        return self.status.requested_at is not None

    @property
    def cancels(self) -> bool:
        return self.deleted_at is not None and self.spec.on_delete is OnDelete.CANCEL

    @property
    def seconds_left(self) -> float | None:
        """Seconds of AWS's time until the deadline, below zero after it; None without one."""
        since, timeout = self.status.triggered_at, self.spec.timeout_seconds
        return None if since is None or timeout is None else timeout - self.at.seconds_since(since)

    @property
    def is_overdue(self) -> bool:
        left = self.seconds_left
        return self.status.stopping is not None or (left is not None and left <= 0)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that is told by an event alone."""

    reason: DagRunReason
    message: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a pass comes to: the status, and the seconds of AWS's time until the next pass, None if nothing is left to come back for.

    `release`: the object needs to be held no more. `remove`: it has been there for long enough.
    """

    status: DagRunStatus
    again: float | None = None
    release: bool = False
    remove: bool = False
    notices: tuple[Notice, ...] = ()
