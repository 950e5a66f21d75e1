"""What a pass over a run comes to, once nothing is left to ask."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.planning.dag_run import pace
from mwaa_operator.planning.dag_run.calls import latest_run, run_id_of
from mwaa_operator.planning.dag_run.documents import Run, broken_files, is_broken, is_runnable
from mwaa_operator.planning.dag_run.ending import ended, goes_away, why_it_goes_on
from mwaa_operator.planning.dag_run.model import (
    Answer,
    Ask,
    Call,
    Environment,
    Hindrance,
    Outcome,
    RunSituation,
    Seen,
    Trouble,
)
from mwaa_operator.planning.dag_run.progress import if_changed, members_of
from mwaa_operator.planning.dag_run.saying import failed, goes_on, stands_still

DAG_PATIENCE_SECONDS = 600.0
"""For how long a DAG, or a correction of its file, is waited for: MWAA synchronises files, and then Airflow has to read them."""
STOP_PATIENCE_SECONDS = 600.0
"""For how long ending an overdue run is tried where Airflow cannot be reached."""


def intent(it: RunSituation, call: Call) -> DagRunStatus | None:
    """What has to be in the status before a call is made; None where the call needs nothing."""
    if call.ask is Ask.TRIGGER and it.status.requested_at is None:
        return it.status.model_copy(update={"requested_at": it.at.now, "run_id": run_id_of(it.uid)})
    if call.ask is Ask.STOP and it.is_overdue and it.status.stopping is None:
        return it.status.model_copy(update={"stopping": DagRunReason.DEADLINE_EXCEEDED.value})
    return None


def outcome(it: RunSituation, seen: Seen, trouble: Trouble | None = None) -> Outcome:
    """What follows from all that was seen. `trouble` ended the looking before its time."""
    if it.is_finished:
        return _finished(it)
    if it.paused:
        message = "Nothing is done while the annotation mwaa-operator.dev/paused is true. Remove it to go on."
        return Outcome(status=goes_on(it, DagRunReason.PAUSED, message))
    if it.deleted_at is not None:
        return goes_away(it, seen, trouble)
    run = latest_run(seen)
    return _in_trouble(it, run, seen, trouble) if trouble is not None else _untroubled(it, run, seen)


def _untroubled(it: RunSituation, run: Run | None, seen: Seen) -> Outcome:
    if isinstance(it.environment, Hindrance):
        return _hindered(it, it.environment)
    if run is not None:
        return ended(it, run, seen) if run.has_ended else _under_way(it, run, seen)
    return _without_a_run(it, it.environment, seen)


def _finished(it: RunSituation) -> Outcome:
    """The object stays as it is, is held no more, and goes when its time has come."""
    status = it.status.model_copy(update={"observed_generation": it.generation})
    ttl = it.spec.ttl_seconds_after_finished
    if ttl is None or it.status.finished_at is None or it.deleted_at is not None:
        return Outcome(status=status, release=True)
    left = ttl - it.at.seconds_since(it.status.finished_at)
    return Outcome(status=status, release=True, remove=left <= 0, again=left if left > 0 else None)


def _in_trouble(it: RunSituation, run: Run | None, seen: Seen, trouble: Trouble) -> Outcome:
    if _cannot_be_stopped(it):
        return _given_up(it, trouble.message)
    changes = members_of(it, run, seen) if run is not None else {}
    say = stands_still if trouble.stalled else goes_on
    return Outcome(status=say(it, trouble.reason, trouble.message, **_waiting(it), **changes), again=trouble.again)


def _hindered(it: RunSituation, hindrance: Hindrance) -> Outcome:
    if hindrance.gone and it.status.triggered_at is not None:
        message = f"The environment has gone, and the run {it.status.run_id} with it. {hindrance.message}"
        return Outcome(status=failed(it, DagRunReason.RUN_VANISHED, message), again=0)
    if _cannot_be_stopped(it):
        return _given_up(it, hindrance.message)
    say = stands_still if hindrance.stalled else goes_on
    return Outcome(status=say(it, hindrance.reason, hindrance.message, **_waiting(it)), again=pace.WAITING)


def _cannot_be_stopped(it: RunSituation) -> bool:
    left = it.seconds_left
    return left is not None and left <= -STOP_PATIENCE_SECONDS


def _given_up(it: RunSituation, why: str) -> Outcome:
    message = f"The run took longer than {it.spec.timeout_seconds} seconds, and could not be ended in Airflow: {why}"
    return Outcome(status=failed(it, DagRunReason.DEADLINE_EXCEEDED, message), again=0)


def _under_way(it: RunSituation, run: Run, seen: Seen) -> Outcome:
    if _cannot_be_stopped(it):
        return _given_up(it, why_it_goes_on(seen))
    changes = members_of(it, run, seen)
    dag = seen.get((Ask.DAG, 0))
    was_paused = any(each.reason == DagRunReason.DAG_PAUSED for each in it.status.conditions)
    changed = if_changed(it, run)
    if run.state != "queued":
        status = goes_on(it, DagRunReason.RUNNING, f"The run {changes['run_id']} is under way.{changed}", **changes)
    elif (dag.document.get("is_paused") and (Ask.UNPAUSE, 0) not in seen) if dag is not None else was_paused:
        message = f"The run waits, for the DAG {it.spec.dag_id} is paused. Unpause it in Airflow; spec.unpause does so beforehand."
        status = goes_on(it, DagRunReason.DAG_PAUSED, message, **changes)
    else:
        message = f"The run {changes['run_id']} is queued in Airflow.{changed}"
        status = goes_on(it, DagRunReason.QUEUED, message, **changes)
    return Outcome(status=status, again=pace.next_look(it))


def _without_a_run(it: RunSituation, environment: Environment, seen: Seen) -> Outcome:
    known = seen.get((Ask.RUN, 0))
    if it.status.triggered_at is not None and known is not None:
        message = f"Airflow does not know the run {it.status.run_id} any more: it was deleted there, or the environment is another one."
        return Outcome(status=failed(it, DagRunReason.RUN_VANISHED, message), again=0)
    if _cannot_be_stopped(it):
        return _given_up(it, f"the environment is {environment.status}.")
    if (Ask.DAG, 0) not in seen:
        needs = (
            "the run is looked at once Airflow answers again" if it.status.triggered_at else "it has to be AVAILABLE"
        )
        message = f"MwaaEnvironment {it.spec.environment_ref.name} is {environment.status}: {needs}."
        return Outcome(
            status=goes_on(it, DagRunReason.WAITING_FOR_ENVIRONMENT, message, **_waiting(it)), again=pace.WAITING
        )
    dag = seen[(Ask.DAG, 0)]
    if not is_runnable(dag) or _is_gone(seen):
        return _without_a_dag(it, dag, seen)
    trigger = seen[(Ask.TRIGGER, 0)]
    if trigger.status == 409:
        message = (
            f"Airflow has a run that stands in the way of {run_id_of(it.uid)}, and does not show it: {trigger.words}"
        )
        return Outcome(status=goes_on(it, DagRunReason.AIRFLOW_ERROR, message, **_waiting(it)), again=pace.DAG_MISSING)
    message = f"Airflow refuses to run the DAG {it.spec.dag_id} like this: {trigger.words}"
    return Outcome(status=failed(it, DagRunReason.RUN_REFUSED, message, **_waiting(it)), again=0)


def _is_gone(seen: Seen) -> bool:
    """Whether the DAG went between two calls."""
    return any(seen[key].status == 404 for key in ((Ask.UNPAUSE, 0), (Ask.TRIGGER, 0)) if key in seen)


def _without_a_dag(it: RunSituation, dag: Answer, seen: Seen) -> Outcome:
    errors = seen.get((Ask.IMPORT_ERRORS, 0))
    broken = broken_files(errors.document, it.spec.dag_id) if errors is not None and errors.is_good else ""
    if is_broken(dag):
        reason, what = DagRunReason.DAG_BROKEN, f"The file of the DAG {it.spec.dag_id} cannot be imported."
    else:
        reason, what = DagRunReason.DAG_NOT_FOUND, f"Airflow knows no DAG {it.spec.dag_id}."
    since = it.status.dag_missing_since or it.at.now
    changes = {**_waiting(it), "dag_missing_since": since}
    told = f"{what} {broken}".strip()
    if it.at.seconds_since(since) >= DAG_PATIENCE_SECONDS:
        message = f"{told} It was waited for for ten minutes. Correct it, and create another MwaaDagRun."
        return Outcome(status=failed(it, reason, message, **changes), again=0)
    message = f"{told} It is looked for for ten minutes, since files take a while to get to Airflow."
    return Outcome(status=goes_on(it, reason, message, **changes), again=pace.DAG_MISSING)


def _waiting(it: RunSituation) -> Mapping[str, Any]:
    """Before Airflow has the run, its state is that it waits."""
    return {} if it.status.triggered_at is not None else {"state": "waiting"}
