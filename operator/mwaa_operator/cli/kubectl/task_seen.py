"""A task of a run as it is shown, wherever it is known from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

News = Mapping[str, Any]
"""What is new of a run, as `run --follow -o json` prints it, one a line: `{"type": "run", "state"}`, `{"type": "task", "task", "state",
"try"}`, `{"type": "log", "task", "try", "line", "level", "time"}`, `{"type": "xcom", "task", "key", "value"}`, and, on standard error,
`{"type": "note", "text"}`."""


@dataclass(frozen=True, kw_only=True)
class TaskSeen:
    """A task instance. `index` is that of a mapped task, else -1. Times are as Airflow or Kubernetes write them."""

    task_id: str
    index: int
    state: str
    tries: int
    started: str | None
    ended: str | None

    @property
    def label(self) -> str:
        """What people know it by."""
        return label_of(self.task_id, self.index)


class Followed(Protocol):
    """A run that is followed, as far as a screen shows it."""

    @property
    def state(self) -> str:
        """The run's state as last seen."""

    @property
    def run(self) -> Mapping[str, Any]:
        """`start_date` and `end_date` of the run."""

    @property
    def tasks(self) -> tuple[TaskSeen, ...]:
        """Its tasks as last seen."""


def label_of(task_id: str, index: int | None) -> str:
    """A task's name, with its number if it is one of several."""
    return task_id if index is None or index < 0 else f"{task_id}[{index}]"
