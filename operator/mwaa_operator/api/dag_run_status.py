"""What people read: the status of a MwaaDagRun.

All of it is bounded, and nothing in it ticks: it changes when Airflow says something else.
"""

from pydantic import Field

from mwaa_operator.api.conditions import Condition
from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.texts import Text, Word
from mwaa_operator.api.timestamps import Timestamp

MOST_TASKS = 100
MOST_LOG_LINES = 20
MOST_XCOMS = 16
MOST_XCOM_BYTES = 4096


class TaskStatus(StatusModel):
    """One task of the run."""

    task_id: Word
    """The task."""
    map_index: int | None = None
    """Which one of a mapped task's; absent for a task that is not mapped."""
    state: Word | None = None
    """Airflow's word: queued, running, success, failed, up_for_retry, upstream_failed, skipped, ... Absent before it is scheduled."""
    tries: int = Field(default=0, ge=0)
    """How many times it was begun."""
    started_at: Timestamp | None = None
    """When its last try began."""
    ended_at: Timestamp | None = None
    """When its last try ended."""


class FailureStatus(StatusModel):
    """The task that failed first."""

    task_id: Word
    """The task."""
    map_index: int | None = None
    """Which one of a mapped task's; absent for a task that is not mapped."""
    tries: int = Field(default=0, ge=0)
    """How many times it was begun; the log is that of the last try."""
    log: tuple[Text, ...] = Field(default=(), max_length=MOST_LOG_LINES)
    """The last lines of its log."""
    problem: Text | None = None
    """Why there is no log here."""


class XComStatus(StatusModel):
    """A value that a task left."""

    task_id: Word
    """The task."""
    key: Word
    """The key."""
    value: Text | None = None
    """The value: a text as it is, anything else as JSON (Airflow 2: as Airflow writes it)."""
    truncated: bool | None = None
    """True where the value is longer than what is shown here."""
    problem: Text | None = None
    """Why there is no value here."""


class DagRunStatus(StatusModel):
    """The run as it is."""

    observed_generation: int | None = Field(default=None, ge=-1)
    """The generation of the spec that this status is about; -1 before the operator has looked."""
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=16,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    )
    """What the operator says about the run. Complete or Failed end it."""
    state: Word | None = None
    """Airflow's word for the run: queued, running, success or failed; waiting before Airflow has it."""
    run_id: Word | None = None
    """The id of the run in Airflow, which follows from the uid of this object."""
    url: Word | None = None
    """Where the run is in Airflow's UI."""
    requested_at: Timestamp | None = None
    """When Airflow was first asked for the run. Written before it is asked, so that an answer which gets lost is not taken for none."""
    triggered_at: Timestamp | None = None
    """When Airflow was seen to have the run."""
    started_at: Timestamp | None = None
    """When the run began, as Airflow says."""
    ended_at: Timestamp | None = None
    """When the run ended, as Airflow says."""
    finished_at: Timestamp | None = None
    """When this object became Complete or Failed."""
    tasks: tuple[TaskStatus, ...] = Field(default=(), max_length=MOST_TASKS)
    """The run's tasks: at most 100, those that failed first."""
    task_count: int | None = Field(default=None, ge=0)
    """How many tasks the run has, those that are not listed included."""
    failure: FailureStatus | None = None
    """The task that failed first, with the end of its log."""
    xcoms: tuple[XComStatus, ...] = Field(default=(), max_length=MOST_XCOMS)
    """What collect asks for."""
    dag_missing_since: Timestamp | None = None
    """Since when the DAG is looked for in vain."""
    stopping: Word | None = None
    """Why the run is being ended: DeadlineExceeded. Written before Airflow is asked to."""
