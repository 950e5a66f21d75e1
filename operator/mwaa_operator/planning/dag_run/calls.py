"""Which call of Airflow comes next, by what this pass has seen so far. None: there is enough for a status.

One object is one run because the run's id follows from the object's uid: whoever triggers it a second time, after a crash or a lost
answer, is told by Airflow that there is such a run already (HTTP 409), and takes that for the run.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.dag_run_status import MOST_TASKS
from mwaa_operator.planning.airflow_path import LONGEST_PATH, path_of
from mwaa_operator.planning.dag_run.documents import Run, count_in, first_failed, is_runnable, run_in, tasks_in
from mwaa_operator.planning.dag_run.model import Answer, Ask, Call, Environment, Hindrance, RunSituation, Seen

RUN_ID_PREFIX = "k8s-"
_RUN_ID_CHARACTERS = 12


def run_id_of(uid: str) -> str:
    """The id of an object's run: 60 bits of a hash, and short, for InvokeRestApi takes no path of more than 64 characters.

    It fits Airflow's default `scheduler.allowed_run_id_pattern`.
    """
    digest = base64.b32encode(hashlib.sha256(uid.encode()).digest()).decode().lower()
    return RUN_ID_PREFIX + digest[:_RUN_ID_CHARACTERS]


def next_call(it: RunSituation, seen: Seen) -> Call | None:
    """The next call of this pass."""
    environment = it.environment
    if it.is_finished or it.paused or isinstance(environment, Hindrance) or not environment.usable:
        return None
    if it.deleted_at is not None and not (it.cancels and it.is_asked_for):
        return None
    run = latest_run(seen)
    return _towards_a_run(it, environment, seen) if run is None else _of_a_run(it, run, seen)


def latest_run(seen: Seen) -> Run | None:
    """The run as the latest answer has it."""
    for ask in (Ask.STOP, Ask.RUN_AGAIN, Ask.TRIGGER, Ask.RUN):
        answer = seen.get((ask, 0))
        if answer is not None and answer.is_good:
            return run_in(answer.document)
    return None


def tasks_seen(seen: Seen) -> list[Mapping[str, Any]]:
    """The pages of tasks of this pass."""
    pages = [seen.get((ask, 0)) for ask in (Ask.TASKS, Ask.FAILED_TASKS)]
    return [page.document for page in pages if page is not None and page.is_good]


def _towards_a_run(it: RunSituation, environment: Environment, seen: Seen) -> Call | None:
    if it.is_asked_for and not any((ask, 0) in seen for ask in (Ask.RUN, Ask.TRIGGER)):
        return Call(ask=Ask.RUN, segments=_run(it))
    if it.status.triggered_at is not None or it.deleted_at is not None or not environment.available:
        return None
    dag = seen.get((Ask.DAG, 0))
    if dag is None:
        return Call(ask=Ask.DAG, segments=("dags", it.spec.dag_id))
    if not is_runnable(dag):
        return None if (Ask.IMPORT_ERRORS, 0) in seen else Call(ask=Ask.IMPORT_ERRORS, segments=("importErrors",))
    return _start(it, environment, dag, seen)


def _start(it: RunSituation, environment: Environment, dag: Answer, seen: Seen) -> Call | None:
    if (Ask.RUN, 0) not in seen and len(path_of(*_run(it))) > LONGEST_PATH:
        # By a web session, and there may be no way to that: nothing is started that cannot be looked at.
        return Call(ask=Ask.RUN, segments=_run(it))
    if it.spec.unpause and dag.document.get("is_paused") and (Ask.UNPAUSE, 0) not in seen:
        return Call(ask=Ask.UNPAUSE, method="PATCH", segments=("dags", it.spec.dag_id), body={"is_paused": False})
    trigger = seen.get((Ask.TRIGGER, 0))
    if trigger is None:
        return _trigger(it, environment)
    if trigger.status == 409 and (Ask.RUN_AGAIN, 0) not in seen:
        return Call(ask=Ask.RUN_AGAIN, segments=_run(it))
    return None


def _of_a_run(it: RunSituation, run: Run, seen: Seen) -> Call | None:
    if not run.has_ended:
        if (it.cancels or it.is_overdue) and (Ask.STOP, 0) not in seen:
            # Both majors take it, and end the run's tasks (Airflow: "Modify a DAG run").
            return Call(ask=Ask.STOP, method="PATCH", segments=_run(it), body={"state": "failed"})
        return _tasks(it, seen) if run.state != "queued" and not it.cancels else None
    if it.cancels:
        return None
    return _tasks(it, seen) or _failed_tasks(it, seen) or _log(it, run, seen) or _xcom(it, seen)


def _trigger(it: RunSituation, environment: Environment) -> Call:
    body: dict[str, Any] = {"dag_run_id": it.status.run_id or run_id_of(it.uid), "conf": dict(it.spec.conf or {})}
    if environment.major >= 3:
        # Airflow 3 wants the key and takes null for it: a run without a logical date is in nobody's way.
        body["logical_date"] = None
        body["note"] = f"Started by the MwaaDagRun {it.namespace}/{it.name} in Kubernetes."
    return Call(ask=Ask.TRIGGER, method="POST", segments=("dags", it.spec.dag_id, "dagRuns"), body=body)


def _tasks(it: RunSituation, seen: Seen) -> Call | None:
    if (Ask.TASKS, 0) in seen:
        return None
    return Call(ask=Ask.TASKS, segments=(*_run(it), "taskInstances"), query={"limit": MOST_TASKS})


def _failed_tasks(it: RunSituation, seen: Seen) -> Call | None:
    """Those that failed may be on another page."""
    page = seen[(Ask.TASKS, 0)]
    if (Ask.FAILED_TASKS, 0) in seen or not page.is_good or count_in(page.document) <= MOST_TASKS:
        return None
    query = {"limit": MOST_TASKS, "state": "failed"}
    return Call(ask=Ask.FAILED_TASKS, segments=(*_run(it), "taskInstances"), query=query)


def _log(it: RunSituation, run: Run, seen: Seen) -> Call | None:
    task = first_failed(tasks_in(*tasks_seen(seen))) if run.state == "failed" else None
    if task is None or task.tries < 1 or (Ask.LOG, 0) in seen:
        return None
    query = {} if task.map_index is None else {"map_index": task.map_index}
    segments = (*_run(it), "taskInstances", task.task_id, "logs", str(task.tries))
    return Call(ask=Ask.LOG, segments=segments, query=query)


def _xcom(it: RunSituation, seen: Seen) -> Call | None:
    for item, wanted in enumerate(it.spec.collect):
        if (Ask.XCOM, item) not in seen:
            segments = (*_run(it), "taskInstances", wanted.task_id, "xcomEntries", wanted.key)
            return Call(ask=Ask.XCOM, segments=segments, item=item)
    return None


def _run(it: RunSituation) -> tuple[str, ...]:
    return ("dags", it.spec.dag_id, "dagRuns", it.status.run_id or run_id_of(it.uid))
