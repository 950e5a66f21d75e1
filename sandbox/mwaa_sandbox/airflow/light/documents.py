"""JSON as the two majors write it: `/api/v1` of Airflow 2 and `/api/v2` of Airflow 3 (mwaa-behaviour.md §7).

Members are those of Airflow's own API reference that a client of MWAA can make use of; what a light Airflow cannot know
(versions of bundles, operators) has the value that Airflow gives when there is nothing to say.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from mwaa_sandbox.airflow.light.instance import DAGS_FOLDER, BrokenFile, Dag, LightAirflow
from mwaa_sandbox.airflow.light.problems import Problem
from mwaa_sandbox.airflow.light.runs import Run, TaskState

Document = dict[str, Any]
OWNER = "airflow"


def time(seconds: float | None) -> str | None:
    """Return a moment of wall time as Airflow writes it."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def problem(major: int, told: Problem) -> Document:
    """Return the body of a refusal: problem details in v1, `detail` in v2."""
    if major == 2:
        title = HTTPStatus(told.status).phrase
        return {"detail": told.detail, "status": told.status, "title": title, "type": "about:blank"}
    if told.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return {"detail": [{"type": "value_error", "loc": ["body", told.location or ""], "msg": told.detail}]}
    return {"detail": told.detail}


def health(major: int, airflow: LightAirflow) -> Document:
    """Return the health of each component. In Airflow 2 the DAG processor is part of the scheduler and has no status."""
    beat = time(airflow.clock.wall())

    def component(name: str) -> Document:
        return {"status": airflow.health.get(name, "healthy"), f"latest_{name}_heartbeat": beat}

    processor = component("dag_processor") if major > 2 or "dag_processor" in airflow.health else None
    return {
        "metadatabase": {"status": airflow.health.get("metadatabase", "healthy")},
        "scheduler": component("scheduler"),
        "triggerer": component("triggerer"),
        "dag_processor": processor or {"status": None, "latest_dag_processor_heartbeat": None},
    }


def dag(major: int, shown: Dag) -> Document:
    common = {
        "dag_id": shown.dag_id,
        "dag_display_name": shown.dag_id,
        "description": None,
        "fileloc": f"{DAGS_FOLDER}/{shown.path}",
        "has_import_errors": False,
        "has_task_concurrency_limits": False,
        "is_paused": shown.is_paused,
        "max_active_runs": 16,
        "max_active_tasks": 16,
        "next_dagrun": None,
        "owners": [OWNER],
        "tags": [],
        "timetable_description": "Never, external triggers only",
    }
    if major == 2:
        more = {"is_active": True, "is_subdag": False, "root_dag_id": None, "schedule_interval": None}
        return {**common, **more, "file_token": shown.path}
    more_v2 = {"is_stale": False, "bundle_name": "dags-folder", "bundle_version": None, "timetable_summary": None}
    return {**common, **more_v2, "relative_fileloc": shown.path, "file_token": shown.path}


def run(major: int, airflow: LightAirflow, shown: Run) -> Document:
    now = airflow.clock.now()
    queued = airflow.wall_of("queued", shown.queued_at, shown.stamps)
    started = None if shown.started_at is None else airflow.wall_of("started", shown.started_at, shown.stamps)
    ended_at = shown.ended_at(now)
    ended = None if ended_at is None else airflow.wall_of("ended", ended_at, shown.stamps)
    interval = shown.logical_date
    common = {
        "conf": dict(shown.conf),
        "dag_id": shown.dag_id,
        "dag_run_id": shown.run_id,
        "data_interval_end": interval,
        "data_interval_start": interval,
        "end_date": time(ended),
        "last_scheduling_decision": time(started),
        "logical_date": shown.logical_date,
        "note": shown.note,
        "run_type": shown.run_type,
        "start_date": time(started),
        "state": shown.state(now),
    }
    if major == 2:
        return {**common, "execution_date": shown.logical_date, "external_trigger": shown.run_type == "manual"}
    return {
        **common,
        "bundle_version": None,
        "dag_display_name": shown.dag_id,
        "dag_versions": [],
        "duration": None if started is None or ended is None else max(ended - started, 0.0),
        "queued_at": time(queued),
        "run_after": time(queued),
        "triggered_by": "rest_api",
        "triggering_user_name": shown.triggered_by or None,
    }


def task_instance(major: int, airflow: LightAirflow, of: Run, task_id: str) -> Document:
    state = of.task(task_id, airflow.clock.now())
    started, ended = _moments(airflow, of, task_id, state)
    common: Document = {
        "dag_id": of.dag_id,
        "dag_run_id": of.run_id,
        "duration": None if started is None or ended is None else max(ended - started, 0.0),
        "end_date": time(ended),
        "executor": None,
        "executor_config": "{}",
        "hostname": "",
        "map_index": -1,
        "max_tries": 0,
        "note": None,
        "operator": None,
        "pid": None,
        "pool": "default_pool",
        "pool_slots": 1,
        "priority_weight": 1,
        "queue": "default",
        "queued_when": None,
        "rendered_fields": {},
        "rendered_map_index": None,
        "start_date": time(started),
        "state": state.state,
        "task_display_name": task_id,
        "task_id": task_id,
        "trigger": None,
        "triggerer_job": None,
        "try_number": state.tries,
        "unixname": OWNER,
    }
    if major == 2:
        return {**common, "execution_date": of.logical_date, "sla_miss": None}
    return {**common, "logical_date": of.logical_date, "run_after": time(of.stamps["queued"]), "dag_version": None}


def xcom(major: int, airflow: LightAirflow, of: Run, task_id: str, key: str) -> Document:
    """Return an entry with its value: a text in v1, JSON in v2."""
    value = of.xcoms(task_id, airflow.clock.now())[key]
    document = xcom_without_value(major, airflow, of, task_id, key)
    return {**document, "value": str(value) if major == 2 else value}


def xcom_without_value(major: int, airflow: LightAirflow, of: Run, task_id: str, key: str) -> Document:
    """Return an entry as lists of them have it."""
    _, ended = _moments(airflow, of, task_id, of.task(task_id, airflow.clock.now()))
    document = {"dag_id": of.dag_id, "key": key, "map_index": -1, "task_id": task_id, "timestamp": time(ended)}
    if major == 2:
        return {**document, "execution_date": of.logical_date}
    return {**document, "logical_date": of.logical_date, "run_id": of.run_id}


def import_error(major: int, airflow: LightAirflow, shown: BrokenFile) -> Document:
    common = {
        "import_error_id": shown.number,
        "timestamp": time(airflow.wall_of(f"error/{shown.number}", shown.noticed_at, airflow.stamps)),
        "stack_trace": shown.text,
    }
    if major == 2:
        return {**common, "filename": f"{DAGS_FOLDER}/{shown.path}"}
    return {**common, "filename": shown.path, "bundle_name": "dags-folder"}


def log(major: int, lines: list[str]) -> Document:
    """Return a task's log: one text in v1, a line per event in v2."""
    if major == 2:
        return {"content": str([("", "\n".join(lines))]), "continuation_token": None}
    return {"content": [{"timestamp": None, "event": line} for line in lines], "continuation_token": None}


def _moments(airflow: LightAirflow, of: Run, task_id: str, state: TaskState) -> tuple[float | None, float | None]:
    def shown(which: str, moment: float | None) -> float | None:
        return None if moment is None else airflow.wall_of(f"{which}/{task_id}", moment, of.stamps)

    return shown("started", state.started_at), shown("ended", state.ended_at)
