"""How a run ends for its object: it has ended in Airflow, or the object goes away."""

from typing import Any

from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.api.dag_run_spec import OnDelete
from mwaa_operator.api.dag_run_status import FailureStatus, TaskStatus, XComStatus
from mwaa_operator.planning.dag_run import pace
from mwaa_operator.planning.dag_run.calls import latest_run
from mwaa_operator.planning.dag_run.documents import Run, failure_of, first_failed, xcom_of
from mwaa_operator.planning.dag_run.model import (
    Answer,
    Ask,
    Environment,
    Hindrance,
    Notice,
    Outcome,
    RunSituation,
    Seen,
    Trouble,
)
from mwaa_operator.planning.dag_run.progress import if_changed, members_of
from mwaa_operator.planning.dag_run.saying import complete, failed, goes_on

CANCEL_PATIENCE_SECONDS = 600.0
"""For how long an object that is deleted waits for its run to be ended, where Airflow cannot be reached."""
_NOT_ASKED = Answer(0, None, "Airflow did not give it.")


def ended(it: RunSituation, run: Run, seen: Seen) -> Outcome:
    """The object is finished, with all that is to be kept of the run."""
    changes = members_of(it, run, seen)
    tasks = changes.get("tasks", it.status.tasks)
    changes["xcoms"] = tuple(_xcoms(it, seen))
    listed = seen.get((Ask.TASKS, 0), _NOT_ASKED)
    changed = if_changed(it, run)
    if run.state == "success":
        unlisted = "" if listed.is_good else f" Its tasks cannot be listed: {listed.words}"
        message = f"The run {changes['run_id']} succeeded.{unlisted}{changed}"
        return Outcome(status=complete(it, message, **changes), again=0)
    task = first_failed(tasks)
    if task is not None:
        changes["failure"] = _failure(task, seen)
    if it.status.stopping is not None:
        message = f"The run took longer than {it.spec.timeout_seconds} seconds. It was set to failed in Airflow, which ends its tasks."
        return Outcome(status=failed(it, DagRunReason.DEADLINE_EXCEEDED, message, **changes), again=0)
    message = _what_failed(changes, tasks, task, listed) + changed
    return Outcome(status=failed(it, DagRunReason.RUN_FAILED, message, **changes), again=0)


def goes_away(it: RunSituation, seen: Seen, trouble: Trouble | None) -> Outcome:
    """The object is deleted before its run has ended."""
    notice = _farewell(it, seen)
    if notice is not None or _nothing_is_left(it, seen):
        return Outcome(status=it.status, release=True, notices=() if notice is None else (notice,))
    why = trouble.message if trouble else _why_not(it.environment) or why_it_goes_on(seen)
    if it.deleted_at is not None and it.at.seconds_since(it.deleted_at) >= CANCEL_PATIENCE_SECONDS:
        message = f"The run {it.status.run_id} could not be ended, and may go on: {why}"
        left = Notice(reason=DagRunReason.LEFT_RUNNING, message=message)
        return Outcome(status=it.status, release=True, notices=(left,))
    message = f"The run {it.status.run_id} is ended before the object goes, for ten minutes at most. {why}".strip()
    again = trouble.again if trouble else pace.DAG_MISSING
    return Outcome(status=goes_on(it, DagRunReason.CANCELLING, message), again=min(again, pace.WAITING))


def _farewell(it: RunSituation, seen: Seen) -> Notice | None:
    """What is to be told of a run that the object leaves behind, or has ended."""
    if it.is_asked_for and it.spec.on_delete is OnDelete.ORPHAN:
        message = f"The run {it.status.run_id} goes on, for spec.onDelete is Orphan."
        return Notice(reason=DagRunReason.LEFT_RUNNING, message=message)
    run = latest_run(seen)
    if (Ask.STOP, 0) in seen and run is not None and run.has_ended:
        message = f"The run {it.status.run_id} was set to failed in Airflow, which ends its tasks."
        return Notice(reason=DagRunReason.CANCELLED, message=message)
    return None


def _nothing_is_left(it: RunSituation, seen: Seen) -> bool:
    """Whether there is no run that would have to be ended: it never came to be, has ended, was deleted, or went with its environment."""
    run = latest_run(seen)
    return (
        not it.is_asked_for
        or (isinstance(it.environment, Hindrance) and it.environment.gone)
        or (run is not None and run.has_ended)
        or seen.get((Ask.RUN, 0), _NOT_ASKED).status == 404
    )


def why_it_goes_on(seen: Seen) -> str:
    """Why a run has not ended although Airflow was asked to end it; empty where it was not."""
    stop = seen.get((Ask.STOP, 0))
    if stop is None:
        return ""
    return stop.words or "Airflow has answered and has not ended it, as where its DAG was removed."


def _why_not(environment: Environment | Hindrance) -> str:
    if isinstance(environment, Hindrance):
        return environment.message
    return f"The environment is {environment.status}." if not environment.usable else ""


def _what_failed(
    changes: dict[str, Any], tasks: tuple[TaskStatus, ...], task: TaskStatus | None, listed: Answer
) -> str:
    if not listed.is_good:
        return f"The run {changes['run_id']} failed. Which of its tasks did is not known: {listed.words}"
    if task is None:
        return f"The run {changes['run_id']} failed, and none of its tasks did."
    which = task.task_id if task.map_index is None else f"{task.task_id}[{task.map_index}]"
    tries = f"{task.tries} {'try' if task.tries == 1 else 'tries'}"
    others = sum(each.state == "failed" for each in tasks) - 1
    more = f" {others} more {'task' if others == 1 else 'tasks'} failed." if others else ""
    return f"The task {which} failed after {tries}.{more} The end of its log is in status.failure."


def _failure(task: TaskStatus, seen: Seen) -> FailureStatus:
    answer = seen.get((Ask.LOG, 0), _NOT_ASKED)
    if not answer.is_good:
        return failure_of(task, "", problem=f"There is no log: {answer.words}")
    return failure_of(task, answer.document, problem="The log is empty.")


def _xcoms(it: RunSituation, seen: Seen) -> list[XComStatus]:
    found = []
    for item, wanted in enumerate(it.spec.collect):
        answer = seen.get((Ask.XCOM, item), _NOT_ASKED)
        if answer.is_good:
            found.append(xcom_of(wanted.task_id, wanted.key, answer.document))
        else:
            found.append(XComStatus(task_id=wanted.task_id, key=wanted.key, problem=answer.words))
    return found
