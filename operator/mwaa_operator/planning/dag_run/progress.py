"""What of the status follows from a run as Airflow has it, whether it is under way or has ended."""

from typing import Any
from urllib.parse import quote

from mwaa_operator.planning.dag_run.calls import run_id_of, tasks_seen
from mwaa_operator.planning.dag_run.documents import Run, count_in, tasks_in
from mwaa_operator.planning.dag_run.model import Environment, RunSituation, Seen


def members_of(it: RunSituation, run: Run, seen: Seen) -> dict[str, Any]:
    """Members of the status. What was not asked for in this pass stays as it was."""
    run_id = it.status.run_id or run_id_of(it.uid)
    members: dict[str, Any] = {
        "state": run.state,
        "run_id": run_id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "requested_at": it.status.requested_at or it.at.now,
        "triggered_at": it.status.triggered_at or it.at.now,
        "dag_missing_since": None,
    }
    if isinstance(it.environment, Environment) and it.environment.web_server:
        members["url"] = _url(it.environment, it.spec.dag_id, run_id)
    pages = tasks_seen(seen)
    if pages:
        members |= {"tasks": tasks_in(*pages), "task_count": count_in(pages[0])}
    return members


def if_changed(it: RunSituation, run: Run) -> str:
    """A sentence where the spec's `conf` is not the run's any more; else nothing.

    The API server lets one change of it through: CEL takes two maps of any content for equal that have as many keys, and none in common.
    """
    if run.keys is None or run.keys == frozenset(it.spec.conf or {}):
        return ""
    return " The keys of spec.conf are others than those of the run's: it has what Airflow was given when it was first asked for the run."


def _url(environment: Environment, dag_id: str, run_id: str) -> str:
    host = (environment.web_server or "").removeprefix("https://").rstrip("/")
    dag, run = quote(dag_id, safe=""), quote(run_id, safe="")
    return f"https://{host}/dags/{dag}/" + (f"runs/{run}" if environment.major >= 3 else f"grid?dag_run_id={run}")
