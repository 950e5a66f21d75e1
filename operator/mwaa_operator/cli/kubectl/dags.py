"""`kubectl mwaa dags`: the DAGs of an environment, when they run, how they last went, and the files that cannot be imported."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import console, emit, harmless, note, plain_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mwaa_operator.cli.kubectl.airflow import Airflow

ROUNDS = 10
"""Looks for last runs at most, each of up to 100 runs: a fifth of a second each."""
RUNS_A_ROUND = 100
STATES = {"success": "green", "failed": "red", "running": "cyan", "queued": "yellow"}
"""How the states of runs and tasks are coloured."""


def dags(
    *,
    name: Name,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show the DAGs: whether they are paused, their schedule, their last run; and the files that Airflow cannot import."""
    document = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig).environment(name).json()
    from mwaa_operator.cli.kubectl.airflow import Airflow

    found = look(Airflow(document))
    if output:
        emit(found, output)
        return
    if found["notLookedUp"]:
        note(f"The last runs of {found['notLookedUp']} DAGs were not looked up: there are too many runs of the others.")
    if found["dags"] or found["importErrors"]:
        draw(console(), found)
    else:
        note(
            f"There are no DAGs in {name}. MWAA takes about a minute to find files that are new below its DAG path in the bucket."
        )


def look(airflow: "Airflow") -> dict[str, Any]:
    """What there is, as a document."""
    from mwaa_operator.planning.airflow_answers import error_at, schedule_of

    listed = sorted(airflow.listed("dags", "dags"), key=lambda dag: str(dag["dag_id"]))
    errors = airflow.listed("import_errors", "importErrors")
    runs, unknown = _last_runs(airflow, [str(dag["dag_id"]) for dag in listed])
    broken = [
        {"file": error.get("filename"), "line": line, "error": what, "stackTrace": error.get("stack_trace")}
        for error in errors
        for line, what in [error_at(str(error.get("stack_trace") or ""), str(error.get("filename") or ""))]
    ]
    return {
        "environment": airflow.name,
        "dags": [
            {
                "dagId": dag["dag_id"],
                "paused": bool(dag.get("is_paused")),
                "schedule": schedule_of(dag),
                "lastRun": runs.get(str(dag["dag_id"])),
                "importError": _broken(dag, broken),
                "file": dag.get("fileloc"),
            }
            for dag in listed
        ],
        "importErrors": broken,
        "notLookedUp": unknown,
    }


def draw(screen: "Console", found: Mapping[str, Any]) -> None:
    """For people."""
    from rich.text import Text

    if found["dags"]:
        screen.print(_table(found["dags"]))
    if found["importErrors"]:
        if found["dags"]:
            screen.print()
        screen.print(f"Import errors: {len(found['importErrors'])}", style="bold red")
        for each in found["importErrors"]:
            line = f", line {each['line']}" if each["line"] else ""
            screen.print(Text.assemble((f"  {each['file']}{line}", "bold"), f"  {harmless(each['error'])}"))


def _table(rows: Iterable[Mapping[str, Any]]) -> "Table":
    from rich.text import Text

    rows, now = list(rows), view.now()
    broken = any(row["importError"] for row in rows)
    columns = ("dag", "paused", "schedule", "last run", "ago", *(["import errors"] if broken else []))
    drawn = plain_table(*columns, keep={"paused", "ago", "last run"})
    for row in rows:
        run = row["lastRun"] or {}
        state = str(run.get("state") or "-")
        drawn.add_row(
            row["dagId"],
            Text("yes", style="yellow") if row["paused"] else "no",
            row["schedule"] or "-",
            Text(state, style=STATES.get(state, "dim")),
            view.age(run.get("startedAt") or run.get("queuedAt"), now),
            *([Text(harmless(row["importError"] or ""), style="red")] if broken else []),
        )
    return drawn


def _last_runs(airflow: "Airflow", dag_ids: list[str]) -> tuple[dict[str, dict[str, Any]], int]:
    """The newest run of each DAG, and of how many it could not be found out in so many rounds.

    Airflow lists runs of all DAGs, newest first. Those of which one was found are left out of the next round.
    """
    found: dict[str, dict[str, Any]] = {}
    open_yet = dag_ids
    for _ in range(ROUNDS):
        if not open_yet:
            break
        body = {"dag_ids": open_yet, "order_by": "-start_date", "page_limit": RUNS_A_ROUND, "page_offset": 0}
        page = airflow.send("POST", "dags", "~", "dagRuns", "list", body=body)
        runs = page.get("dag_runs") or []
        for run in runs:
            found.setdefault(str(run["dag_id"]), _shown(run))
        open_yet = [dag_id for dag_id in open_yet if dag_id not in found]
        if len(runs) >= int(page.get("total_entries") or 0):
            open_yet = []
    return found, len(open_yet)


def _shown(run: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "runId": run.get("dag_run_id"),
        "state": run.get("state"),
        "queuedAt": run.get("queued_at") or run.get("logical_date"),
        "startedAt": run.get("start_date"),
        "endedAt": run.get("end_date"),
    }


def _broken(dag: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> str | None:
    """The error in the DAG's own file. Airflow 3 names files below the folder of DAGs, Airflow 2 by their whole path."""
    file = str(dag.get("fileloc") or "")
    return next((each["error"] for each in errors if each["file"] and f"/{file}".endswith(f"/{each['file']}")), None)
