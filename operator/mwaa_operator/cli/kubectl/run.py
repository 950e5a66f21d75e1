"""`kubectl mwaa run`: start a run of a DAG, and stay with it to its end."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import Found, ProblemError
from mwaa_operator.cli.kubectl.options import Context, Format, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import emit, note
from mwaa_operator.cli.kubectl.progress import time_scale

if TYPE_CHECKING:
    from mwaa_operator.cli.kubectl.airflow import Airflow
    from mwaa_operator.cli.kubectl.following import Following
    from mwaa_operator.cli.kubectl.run_screen import Screen

FAILED = 1
POLL_SECONDS = 2.0
"""Between two looks at a run, of AWS's time, but at least a fifth of a second of ours."""
PATIENCE_SECONDS = 120.0
"""For which a run is asked for that could not be looked at."""
MOST_XCOMS = 20


def run(
    *,
    name: Name,
    dag: Annotated[str, typer.Argument(metavar="DAG", help="Id of the DAG.")],
    conf: Annotated[
        str, typer.Option("--conf", metavar="JSON", help="Configuration of the run: a JSON object, or @FILE with one.")
    ] = "{}",
    follow: Annotated[bool, typer.Option("--follow", help="Stay until it ends; show tasks, logs and XComs.")] = False,
    unpause: Annotated[bool, typer.Option("--unpause", help="Unpause the DAG first, if it is paused.")] = False,
    run_id: Annotated[
        str | None, typer.Option("--run-id", metavar="ID", help="Id of the new run; left out: one is made up.")
    ] = None,
    attach: Annotated[
        str | None, typer.Option("--attach", metavar="ID", help="Start nothing, and follow the run of this id.")
    ] = None,
    as_object: Annotated[
        bool, typer.Option("--as-object", help="Have the operator run it: make a MwaaDagRun. Needs no way to AWS.")
    ] = False,
    collect: Annotated[
        list[str] | None,
        typer.Option("--collect", metavar="TASK[:KEY]", help="With --as-object: an XCom to be put into its status."),
    ] = None,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Run a DAG. With --follow, tell how its tasks get on, what they log, and what they return.

    Exit code: 0 the run was started, or has succeeded; 1 it has failed, or could not be followed.
    """
    given = _conf(conf)
    if attach and (run_id or unpause or given or as_object):
        raise ProblemError(
            "--attach starts nothing, so it goes with none of --conf, --run-id, --unpause and --as-object."
        )
    if as_object and run_id:
        raise ProblemError("The id of an object's run follows from the object, so --as-object goes without --run-id.")
    if collect and not as_object:
        raise ProblemError("--collect is for --as-object.", "Without it, --follow shows all XComs.")
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    document = cluster.environment(name).json()
    if as_object:
        from mwaa_operator.cli.kubectl.run_object import made

        stored = made(cluster, environment=name, dag=dag, conf=given, unpause=unpause, collect=collect or ())
        _leave_to_the_operator(cluster, stored, follow=follow, output=output)
        return
    from mwaa_operator.cli.kubectl.airflow import Airflow
    from mwaa_operator.cli.kubectl.starting import prepare, see, started

    airflow = Airflow(document)
    of = f"{name} {dag}{view.named(document).removeprefix(name)}"
    if attach:
        see(airflow, dag, attach)
        _follow(airflow, dag, attach, output=output, again=of)
        return
    waits = prepare(airflow, view.named(document), dag, unpause=unpause, follow=follow)
    running = started(airflow, dag, run_id, given)
    if follow:
        _follow(airflow, dag, running, output=output, again=of)
        return
    if output:
        emit({"environment": airflow.name, "dagId": dag, "runId": running, "conf": given}, output)
    else:
        sys.stdout.write(f"{running}\n")
    end = f"it waits until {dag} is unpaused" if waits else f"`kubectl mwaa run {of} --attach {running}` follows it"
    note(f"A run of {dag} is queued; {end}.")


def _conf(text: str) -> dict[str, Any]:
    try:
        read = Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
        found = json.loads(read)
    except OSError as error:
        raise ProblemError(f"{text[1:]} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ProblemError(
            f"--conf is not valid JSON: {error}.",
            'Write an object, such as --conf \'{"day": "2026-11-22"}\', or @FILE.',
        ) from None
    if not isinstance(found, dict):
        raise ProblemError("--conf is not a JSON object.", 'Write one, such as --conf \'{"day": "2026-11-22"}\'.')
    return found


def _leave_to_the_operator(cluster: Cluster, made: view.Document, *, follow: bool, output: Format | None) -> None:
    from mwaa_operator.cli.kubectl.run_object import FollowingObject

    name, namespace = made["metadata"]["name"], made["metadata"]["namespace"]
    again = f"`kubectl get mwaadagrun {name} -n {namespace} --watch` shows how it gets on."
    if not follow:
        if output:
            emit(made, output)
        else:
            sys.stdout.write(f"{name}\n")
        note(f"The operator runs it. {again}")
        return
    from mwaa_operator.cli.kubectl.run_screen import screen_for

    following = FollowingObject(cluster, made)
    with _goes_on(again), screen_for(following, made["spec"]["dagId"], name, output) as screen:
        for news in following.to_the_end():
            screen.show(news)
        screen.end(*following.xcoms())
    if following.state != "success":
        raise Found(FAILED)


def _follow(airflow: "Airflow", dag: str, run_id: str, *, output: Format | None, again: str) -> None:
    """To the end; raises Found if the run has failed."""
    from mwaa_operator.cli.kubectl.following import Following
    from mwaa_operator.cli.kubectl.run_screen import screen_for

    following = Following(airflow, dag, run_id)
    with (
        _goes_on(f"`kubectl mwaa run {again} --attach {run_id}` follows it again."),
        screen_for(following, dag, run_id, output) as screen,
    ):
        for news in _to_the_end(following):
            screen.show(news)
        for more in following.rest_of_logs():
            screen.show(more)
        screen.end(*_xcoms(following, screen))
    if following.state != "success":
        raise Found(FAILED)


def _to_the_end(following: "Following") -> Iterator[dict[str, Any]]:
    from mwaa_operator.cli.kubectl.airflow import MomentaryError, UnreachableError

    seen, told = time.monotonic(), False
    while not following.ended:
        try:
            yield from map(dict, following.look())
            seen, told = time.monotonic(), False
        except (MomentaryError, UnreachableError) as error:
            never = isinstance(error, UnreachableError) and not following.run
            if never or time.monotonic() - seen > PATIENCE_SECONDS:
                raise
            if not told:
                yield {"type": "note", "text": f"{error.args[0]} It is tried again."}
            told = True
        if not following.ended:
            time.sleep(max(POLL_SECONDS / time_scale(), 0.2))


def _xcoms(following: "Following", screen: "Screen") -> tuple[list[dict[str, Any]], int]:
    """Nobody is to take a run for failed because its XComs cannot be read."""
    try:
        return following.xcoms(MOST_XCOMS)
    except ProblemError as error:
        screen.show({"type": "note", "text": f"XComs cannot be read. {error}"})
        return [], 0


@contextmanager
def _goes_on(again: str) -> Iterator[None]:
    """Who stops to follow a run does not stop the run."""
    try:
        yield
    except (ProblemError, KeyboardInterrupt):
        note(f"The run goes on. {again}")
        raise
