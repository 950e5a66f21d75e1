"""What Airflow's answers say of a run, in the form of the status. Both majors write these members alike."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mwaa_operator.api.dag_run_status import (
    MOST_LOG_LINES,
    MOST_TASKS,
    MOST_XCOM_BYTES,
    FailureStatus,
    TaskStatus,
    XComStatus,
)
from mwaa_operator.planning.airflow_answers import ENDED, error_at, log_lines
from mwaa_operator.planning.dag_run.model import Answer

LONGEST_LINE = 400
MOST_BROKEN_FILES = 3
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as Airflow has it."""

    state: str
    started_at: datetime | None
    ended_at: datetime | None
    keys: frozenset[str] | None = None
    """Those of its `conf`, None where Airflow does not show it."""

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


def run_in(document: Any) -> Run:
    """The run in an answer. A state that this version does not know is one that has not ended."""
    document = document if isinstance(document, Mapping) else {}
    return Run(
        state=str(document.get("state") or "queued"),
        started_at=_time(document.get("start_date")),
        ended_at=_time(document.get("end_date")),
        keys=frozenset(document["conf"]) if isinstance(document.get("conf"), Mapping) else None,
    )


def is_runnable(answer: Answer) -> bool:
    """Whether Airflow has a DAG, and could import it when it last looked. One whose file has gone stays known for a while."""
    dag = answer.document if answer.is_good and isinstance(answer.document, Mapping) else None
    return dag is not None and not dag.get("is_stale") and dag.get("is_active") is not False and not is_broken(answer)


def is_broken(answer: Answer) -> bool:
    """Whether Airflow knows the DAG from before, and cannot import its file any more."""
    return answer.is_good and isinstance(answer.document, Mapping) and bool(answer.document.get("has_import_errors"))


def tasks_in(*documents: Mapping[str, Any]) -> tuple[TaskStatus, ...]:
    """The tasks of one or more pages, each once, in the order in which they began; of too many, those that failed come first."""
    found: dict[tuple[str, int | None], TaskStatus] = {}
    for document in documents:
        for entry in document.get("task_instances") or ():
            task = _task(entry)
            found[(task.task_id, task.map_index)] = task
    tasks = sorted(found.values(), key=lambda task: task.started_at or _LAST)
    if len(tasks) > MOST_TASKS:
        tasks.sort(key=lambda task: task.state != "failed")
    return tuple(tasks[:MOST_TASKS])


def count_in(document: Mapping[str, Any]) -> int:
    return int(document.get("total_entries") or len(document.get("task_instances") or ()))


def first_failed(tasks: Iterable[TaskStatus]) -> TaskStatus | None:
    """The task that failed first; those that were not begun because of it have not failed themselves."""
    failed = [task for task in tasks if task.state == "failed"]
    return min(failed, key=lambda task: task.ended_at or _LAST, default=None)


def failure_of(task: TaskStatus, document: Any, *, problem: str | None = None) -> FailureStatus:
    """A failed task with the end of its log. Airflow 2 may answer with the log's text itself."""
    lines = log_lines(document if isinstance(document, Mapping) else {"content": str(document or "")})
    shown = tuple(_cut(line.text, LONGEST_LINE) for line in lines[-MOST_LOG_LINES:])
    return FailureStatus(
        task_id=task.task_id, map_index=task.map_index, tries=task.tries, log=shown, problem=None if shown else problem
    )


def xcom_of(task_id: str, key: str, document: Mapping[str, Any]) -> XComStatus:
    value = document.get("value")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    encoded = text.encode()
    if len(encoded) <= MOST_XCOM_BYTES:
        return XComStatus(task_id=task_id, key=key, value=text)
    cut = encoded[:MOST_XCOM_BYTES].decode(errors="ignore")
    return XComStatus(task_id=task_id, key=key, value=cut, truncated=True)


def broken_files(document: Any, dag_id: str) -> str:
    """Files that cannot be imported and why, as a sentence; empty where there are none. Those named like the DAG come first."""
    entries = (document.get("import_errors") if isinstance(document, Mapping) else None) or ()
    told = []
    for entry in sorted(entries, key=lambda entry: dag_id not in str(entry.get("filename"))):
        line, what = error_at(str(entry.get("stack_trace") or ""), str(entry.get("filename") or ""))
        place = f"{entry.get('filename')}, line {line}" if line else str(entry.get("filename"))
        told.append(f"{place}: {_cut(what, LONGEST_LINE)}")
    if not told:
        return ""
    more = f" (and {len(told) - MOST_BROKEN_FILES} more)" if len(told) > MOST_BROKEN_FILES else ""
    return f"Files that cannot be imported: {'; '.join(told[:MOST_BROKEN_FILES])}{more}."


def _task(entry: Mapping[str, Any]) -> TaskStatus:
    index = entry.get("map_index")
    return TaskStatus(
        task_id=str(entry.get("task_id")),
        map_index=index if isinstance(index, int) and index >= 0 else None,
        state=entry.get("state"),
        tries=max(int(entry.get("try_number") or 0), 0),
        started_at=_time(entry.get("start_date")),
        ended_at=_time(entry.get("end_date")),
    )


def _time(text: Any) -> datetime | None:
    """A time of Airflow's, to the second; None where there is none, or one that is none."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
