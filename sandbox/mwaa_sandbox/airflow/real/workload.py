"""What a real Airflow has had to do, as its REST API tells it: the same questions in both majors."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mwaa_sandbox.airflow.seam import DagCounts, TaskSpan
from mwaa_sandbox.aws.clock import ScaledClock

Get = Callable[[str], Any]
"""Path and query below the API's version to what Airflow answers. Raises OSError where it does not."""

_PAGE = 100
_MOST_PAGES = 20
"""So 2,000 task instances are looked at, in Airflow's own order (Airflow 2 takes no other): more is no laptop's Airflow."""


def task_spans(get: Get, clock: ScaledClock) -> Sequence[TaskSpan]:
    """Return from when until when each task waited or ran."""
    return [span for task in _task_instances(get) if (span := _span(task, clock)) is not None]


def dag_counts(get: Get) -> DagCounts:
    """Return how many DAGs there are, and files that could not be imported."""
    return DagCounts(
        int(get("/dags?limit=1").get("total_entries", 0)), int(get("/importErrors?limit=1").get("total_entries", 0))
    )


def decoded(status: int, body: bytes) -> Any:
    """Return the content of a good answer.

    Raises:
        OSError: for any other.
    """
    if status != 200:
        raise ConnectionError(f"Airflow refuses to tell what it does: {status}")
    return json.loads(body)


def _task_instances(get: Get) -> Iterator[Mapping[str, Any]]:
    for page in range(_MOST_PAGES):
        query = urlencode({"limit": _PAGE, "offset": page * _PAGE})
        found = get(f"/dags/~/dagRuns/~/taskInstances?{query}")["task_instances"]
        yield from found
        if len(found) < _PAGE:
            return


def _span(task: Mapping[str, Any], clock: ScaledClock) -> TaskSpan | None:
    """A task that was never queued, such as one that was skipped, has kept nobody busy, and one that is deferred does not any more."""
    begun = task.get("queued_when") or task.get("start_date")
    if begun is None or task.get("state") in {"deferred", "removed", "scheduled", "skipped", "upstream_failed"}:
        return None
    ended = task.get("end_date")
    return TaskSpan(_moment(begun, clock), None if ended is None else _moment(ended, clock))


def _moment(text: str, clock: ScaledClock) -> float:
    return clock.aws_time_of(dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
