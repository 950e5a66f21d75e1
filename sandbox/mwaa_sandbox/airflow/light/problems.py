"""What Airflow refuses, as a status of HTTP and a sentence; each version of the API has its own form for it."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - Airflow's API calls it that (RFC 9457)
    """A refusal."""

    def __init__(self, status: int, detail: str, *, location: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.location = location
        """Which member of the body is wrong, for a 422."""


def no_dag(dag_id: str) -> Problem:
    return Problem(404, f"The Dag with ID: `{dag_id}` was not found")


def no_run(dag_id: str, run_id: str) -> Problem:
    return Problem(404, f"The DagRun with dag_id: `{dag_id}` and run_id: `{run_id}` was not found")


def no_task(dag_id: str, run_id: str, task_id: str) -> Problem:
    return Problem(
        404,
        f"The Task Instance with dag_id: `{dag_id}`, run_id: `{run_id}` and task_id: `{task_id}` was not found",
    )


def no_xcom(key: str) -> Problem:
    return Problem(404, f"XCom entry with key: `{key}` not found")


def run_exists(dag_id: str, run_id: str) -> Problem:
    return Problem(409, f"DAGRun with DAG ID: '{dag_id}' and DAGRun ID: '{run_id}' already exists")


def invalid(major: int, member: str, detail: str) -> Problem:
    """A body or a query that is not as it has to be: Airflow 2 says 400, Airflow 3 says 422."""
    return Problem(400 if major == 2 else 422, detail, location=member)
