"""Runs of DAGs that pass by the clock: queued, running, then success or what was scripted.

Like an environment's state, a run's is worked out when somebody asks. All times are AWS-time in seconds; tasks run one
after the other in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.airflow.seam import TaskSpan

QUEUED_SECONDS = 5.0
"""How long a run waits for the scheduler once its DAG is not paused."""

TASK_SECONDS = 10.0

FINAL = frozenset({"success", "failed"})
"""The states in which a run has ended."""


@dataclass(frozen=True)
class RunScript:
    """How a run is to go. `task_id` fails, if the run does; without one it is the last task."""

    state: str = "success"
    task_id: str | None = None
    queued_seconds: float = QUEUED_SECONDS
    task_seconds: float = TASK_SECONDS
    log: tuple[str, ...] = ()
    """Lines that the failing task, or else each task, writes into its log."""
    xcoms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Values by key by task, there once the task has succeeded."""


@dataclass
class Run:
    """One run. `started_at` is set when the scheduler takes it, `decided` when somebody sets its state by hand."""

    dag_id: str
    run_id: str
    tasks: tuple[str, ...]
    queued_at: float
    script: RunScript
    run_type: str = "manual"
    conf: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    logical_date: str | None = None
    triggered_by: str = ""
    started_at: float | None = None
    decided: tuple[str, float] | None = None
    stamps: dict[str, float] = field(default_factory=dict)
    """Moments as they were first shown, in wall time, so that they do not change when AWS-time is moved."""

    def schedule(self, *, now: float, unpaused_at: float | None) -> None:
        """Let the scheduler take the run if it is due; `unpaused_at` None: its DAG is paused and the run waits."""
        if self.started_at is not None or self.decided is not None or unpaused_at is None:
            return
        due = max(self.queued_at, unpaused_at) + self.script.queued_seconds
        if now >= due:
            self.started_at = due

    def state(self, now: float) -> str:
        if self.decided is not None:
            return self.decided[0]
        if self.started_at is None:
            return "queued"
        return "running" if now < self._ends_at() else self.script.state

    def ended_at(self, now: float) -> float | None:
        if self.decided is not None:
            return self.decided[1]
        if self.started_at is None or now < self._ends_at():
            return None
        return self._ends_at()

    def task(self, task_id: str, now: float) -> TaskState:
        """Return the state of one of the run's tasks."""
        position = self.tasks.index(task_id)
        moment = now if self.decided is None else min(now, self.decided[1])
        if self.started_at is None:
            return TaskState("skipped" if self.decided else None)
        begins = self.started_at + position * self.script.task_seconds
        ends = begins + self.script.task_seconds
        failing = self._failing()
        if failing is not None and position > failing:
            failed_at = self._ends_at()
            return TaskState("upstream_failed", failed_at, failed_at) if moment >= failed_at else TaskState(None)
        if moment >= ends:
            return TaskState("failed" if position == failing else "success", begins, ends, tries=1)
        if self.decided is not None:  # Airflow ends what still runs, and does not begin the rest
            return TaskState("failed", begins, moment, tries=1) if moment >= begins else TaskState("skipped")
        return TaskState("running", begins, tries=1) if moment >= begins else TaskState(None)

    def spans(self, now: float) -> Iterator[TaskSpan]:
        """Yield from when until when the run's tasks have kept a worker busy so far."""
        for task_id in self.tasks:
            task = self.task(task_id, now)
            if task.started_at is not None and task.tries > 0:
                yield TaskSpan(task.started_at, task.ended_at)

    def log(self, task_id: str, now: float) -> list[str]:
        """Return what a task has written so far."""
        state = self.task(task_id, now)
        if state.tries == 0:
            return []
        lines = [f"Executing task {task_id} of {self.dag_id}, run {self.run_id}"]
        failing = self._failing()
        if failing is None or self.tasks[failing] == task_id:
            lines += self.script.log
        if state.state in FINAL:
            lines.append(f"Marking task as {'SUCCESS' if state.state == 'success' else 'FAILED'}. dag_id={self.dag_id}")
        return lines

    def xcoms(self, task_id: str, now: float) -> Mapping[str, Any]:
        return self.script.xcoms.get(task_id, {}) if self.task(task_id, now).state == "success" else {}

    def _ends_at(self) -> float:
        failing = self._failing()
        count = len(self.tasks) if failing is None else failing + 1
        return (self.started_at or 0) + count * self.script.task_seconds

    def _failing(self) -> int | None:
        if self.script.state != "failed" or not self.tasks:
            return None
        return self.tasks.index(self.script.task_id) if self.script.task_id in self.tasks else len(self.tasks) - 1


@dataclass(frozen=True)
class TaskState:
    """One task of a run; state None: not scheduled yet."""

    state: str | None
    started_at: float | None = None
    ended_at: float | None = None
    tries: int = 0
