"""A run of a DAG as it is followed: each look at Airflow gives what is new since the last."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.cli.kubectl.airflow import Airflow, MomentaryError, NotThereError
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.task_seen import News, TaskSeen, label_of
from mwaa_operator.planning.airflow_answers import ENDED, TASK_ENDED, log_lines

LOGS_A_LOOK = 4
"""Logs read at most between two looks at the tasks: MWAA lets through ten calls a second, and half of them are for others."""
LOGS_AFTER_THE_END = 60
"""Logs read at most once the run has ended; those of failed tasks come first."""
EMPTY_READS = 3
"""A log may reach CloudWatch, where Airflow reads it, a little after its task has ended."""
FAILED_READS = 3


@dataclass
class _Log:
    """The log of one try of a task, as far as it was read. `closed`: nothing more is written to it."""

    task: TaskSeen
    attempt: int
    closed: bool = False
    lines: list[str] = field(default_factory=list)
    reads: int = 0
    empty: int = 0
    failures: int = 0
    done: bool = False


class Following:
    """One run. Each method may raise ProblemError."""

    def __init__(self, airflow: Airflow, dag_id: str, run_id: str) -> None:
        self._airflow = airflow
        self._path = ("dags", dag_id, "dagRuns", run_id)
        self._logs: dict[tuple[str, int], _Log] = {}
        self._silenced = False
        self.run: Mapping[str, Any] = {}
        self.tasks: tuple[TaskSeen, ...] = ()

    @property
    def state(self) -> str:
        """The run's state as last seen."""
        return str(self.run.get("state") or "queued")

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return self.state in ENDED

    def look(self) -> Iterator[News]:
        """What is new: the run's state, those of tasks, and some lines of logs."""
        # The tasks are asked for after the run: one that has ended has no task that is still to be heard of.
        run = self._airflow.get(*self._path)
        listed = self._airflow.listed("task_instances", *self._path, "taskInstances")
        changed = run.get("state") != self.run.get("state")
        if changed and run.get("state") not in ENDED:
            yield {"type": "run", "state": run.get("state")}
        before = {task.label: (task.state, task.tries) for task in self.tasks}
        self.run, self.tasks = run, tuple(sorted(map(_seen, listed), key=_order))
        for task in self.tasks:
            if (task.state, task.tries) != before.get(task.label, ("none", 0)):
                yield {"type": "task", "task": task.label, "state": task.state, "try": task.tries}
            self._note_logs(task)
        if changed and self.ended:
            yield {"type": "run", "state": self.state}
        yield from self._read(LOGS_A_LOOK)

    def rest_of_logs(self) -> Iterator[News]:
        """What is still to be read of logs once the run has ended, within bounds."""
        left = LOGS_AFTER_THE_END
        while left > 0 and (waiting := self._waiting()):
            yield from self._read(min(left, len(waiting)))
            left -= len(waiting)
        if unread := len(self._waiting()):
            yield {"type": "note", "text": f"The logs of {unread} tries of tasks were not read: there are too many."}

    def xcoms(self, most: int) -> tuple[list[dict[str, Any]], int]:
        """Up to so many XComs with their values, those that tasks return first and in the order of the tasks, and how many there are."""
        entries = self._airflow.listed("xcom_entries", *self._path, "taskInstances", "~", "xcomEntries")
        places = {task.task_id: place for place, task in reversed(list(enumerate(self.tasks)))}
        ordered = sorted(
            entries, key=lambda entry: (entry.get("key") != "return_value", places.get(str(entry["task_id"]), -1))
        )
        return [self._valued(entry) for entry in ordered[:most]], len(entries)

    def _valued(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        task_id, key, index = str(entry["task_id"]), str(entry["key"]), int(entry.get("map_index", -1))
        query = {"map_index": index} if index >= 0 else None
        whole = self._airflow.get(*self._path, "taskInstances", task_id, "xcomEntries", key, query=query)
        return {"type": "xcom", "task": label_of(task_id, index), "key": key, "value": whole.get("value")}

    def _note_logs(self, task: TaskSeen) -> None:
        if task.started is None:
            return
        for attempt in range(1, task.tries + 1):
            log = self._logs.setdefault((task.label, attempt), _Log(task, attempt))
            log.task, log.closed = task, attempt < task.tries or task.state in TASK_ENDED

    def _waiting(self) -> list[_Log]:
        """Logs to be read, those first that were read least, then those of failed tasks."""
        waiting = [] if self._silenced else [log for log in self._logs.values() if not log.done]
        return sorted(waiting, key=lambda log: (log.reads, log.task.state != "failed"))

    def _read(self, most: int) -> Iterator[News]:
        for log in self._waiting()[:most]:
            try:
                yield from self._new_lines(log)
            except MomentaryError as error:
                log.failures += 1
                if log.failures >= FAILED_READS:
                    log.done = True
                    yield {"type": "note", "text": f"The log of {log.task.label} cannot be read. {error.args[0]}"}
            except ProblemError as error:
                self._silenced = True
                yield {"type": "note", "text": f"Logs cannot be read. {error}"}
                return

    def _new_lines(self, log: _Log) -> Iterator[News]:
        query = {"full_content": True, **({"map_index": log.task.index} if log.task.index >= 0 else {})}
        closed = log.closed
        try:
            answer = self._airflow.get(
                *self._path, "taskInstances", log.task.task_id, "logs", str(log.attempt), query=query
            )
        except NotThereError:
            answer = {}
        read = log_lines(answer)
        known = len(log.lines) if [line.text for line in read[: len(log.lines)]] == log.lines else 0
        told = set(log.lines) if known == 0 else set()
        for line in read[known:]:
            if line.text not in told:
                yield {
                    "type": "log",
                    "task": log.task.label,
                    "try": log.attempt,
                    "line": line.text,
                    "level": line.level or None,
                    "time": line.at or None,
                }
        log.lines = [line.text for line in read] or log.lines
        log.reads += 1
        log.empty += closed and not read
        log.done = closed and (bool(read) or log.empty >= EMPTY_READS)
        if log.done and not log.lines and log.task.state == "failed":
            yield {"type": "note", "text": f"Airflow has no log of {log.task.label}. Is taskLogs enabled?"}


def _seen(instance: Mapping[str, Any]) -> TaskSeen:
    return TaskSeen(
        task_id=str(instance["task_id"]),
        index=int(instance.get("map_index", -1)),
        state=str(instance.get("state") or "none"),
        tries=int(instance.get("try_number") or 0),
        started=instance.get("start_date"),
        ended=instance.get("end_date"),
    )


def _order(task: TaskSeen) -> tuple[str, str, int]:
    """As they began; those that have not begun come last, by name."""
    return (task.started or "~", task.task_id, task.index)
