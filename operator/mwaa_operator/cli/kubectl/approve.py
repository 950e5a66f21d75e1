"""`kubectl mwaa approve`: agree to the plan that an update waits with."""

import sys
from typing import Annotated

import typer

from mwaa_operator.api.names import ANNOTATION_APPROVED_PLAN
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import console, emit, note
from mwaa_operator.cli.kubectl.status import plan_lines


def approve(
    *,
    name: Name,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="HASH", help="Approve only if this is still the plan.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Approve the update that waits for approval: this plan, once, and no later one."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    document = cluster.environment(name).json()
    waiting = view.status(document).get("plan") or {}
    _refuse(name, document, waiting, plan)
    if not (plan or yes):
        _ask(name, waiting)
    done = cluster.annotate(name, ANNOTATION_APPROVED_PLAN, str(waiting["hash"])).json()
    if output:
        emit(done, output)
        return
    note(
        f"The plan {waiting['hash']} of {name} is approved. `kubectl mwaa status {view.named(document)}` shows how it gets on."
    )


def _refuse(name: str, document: view.Document, waiting: view.Document, plan: str | None) -> None:
    """Say why there is nothing to agree to."""
    if view.status(document).get("observedGeneration") != document["metadata"].get("generation"):
        raise ProblemError(
            f"The operator has not looked at {name} since it was last edited, so there is no plan of the spec as it is now.",
            "Try again in a moment.",
        )
    if waiting.get("waitingFor") != "Approval":
        said = view.summary(document)
        raise ProblemError(
            f"Nothing of {name} waits for approval. {said.get('reason', 'Unknown')}: {said.get('message', '')}".strip()
        )
    if plan and plan != waiting["hash"]:
        raise ProblemError(
            f"The plan of {name} is not {plan} any more, but {waiting['hash']}.",
            f"Look at it with `kubectl mwaa plan {view.named(document)}`, and approve that.",
        )


def _ask(name: str, waiting: view.Document) -> None:
    screen = console(errors=True)
    for each in plan_lines(screen, {**waiting, "waitingFor": None}, of=name):
        screen.print(each)
    if not sys.stdin.isatty():
        raise ProblemError(
            f"There is no terminal to confirm the update of {name} on.", f"Pass --yes, or --plan {waiting['hash']}."
        )
    if not typer.confirm(f"Approve this update of {name}?", err=True):
        raise ProblemError("Nothing was approved.")
