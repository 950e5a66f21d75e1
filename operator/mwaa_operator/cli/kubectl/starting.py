"""To start a run of a DAG in Airflow: once, whatever becomes of the answer."""

import secrets
from typing import Any

from mwaa_operator.cli.kubectl.airflow import Airflow, MomentaryError, NotThereError, RefusedError, UnreachableError
from mwaa_operator.cli.kubectl.endings import ProblemError


def prepare(airflow: Airflow, named: str, dag: str, *, unpause: bool, follow: bool) -> bool:
    """See that there is such a DAG, and unpause it if told to. Says whether a run of it waits."""
    try:
        found = airflow.get("dags", dag)
    except NotThereError:
        raise ProblemError(
            f"There is no DAG {dag} in {airflow.name}.", f"`kubectl mwaa dags {named}` shows those there are."
        ) from None
    if not found.get("is_paused"):
        return False
    if unpause:
        airflow.send("PATCH", "dags", dag, body={"is_paused": False})
        return False
    if follow:
        raise ProblemError(f"{dag} is paused, so a run of it would wait.", "--unpause unpauses it first.")
    return True


def see(airflow: Airflow, dag: str, run_id: str) -> None:
    """See that there is such a run."""
    try:
        airflow.get("dags", dag, "dagRuns", run_id)
    except NotThereError:
        raise ProblemError(f"There is no run {run_id} of {dag} in {airflow.name}.") from None


def started(airflow: Airflow, dag: str, run_id: str | None, conf: dict[str, Any]) -> str:
    """The id of the run. It is ours, so that a call whose answer was lost is not made twice.

    It is short, since InvokeRestApi takes paths of 64 characters, and begins as Airflow has it for runs that people start.
    """
    chosen = run_id or f"manual__{secrets.token_hex(4)}"
    body = {"dag_run_id": chosen, "conf": conf, **({"logical_date": None} if airflow.major >= 3 else {})}
    try:
        airflow.send("POST", "dags", dag, "dagRuns", body=body)
    except (MomentaryError, UnreachableError) as error:
        if not _is_there(airflow, dag, chosen):
            raise error from None
    except RefusedError as error:
        if error.status != 409:
            raise
        if run_id:
            raise ProblemError(f"There is a run {run_id} of {dag} already.", f"--attach {run_id} follows it.") from None
    return chosen


def _is_there(airflow: Airflow, dag: str, run_id: str) -> bool:
    try:
        see(airflow, dag, run_id)
    except ProblemError:
        return False
    return True
