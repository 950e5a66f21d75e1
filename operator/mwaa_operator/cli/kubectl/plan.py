"""`kubectl mwaa plan`: what the operator would do about an object, by the operator's own planning."""

from typing import TYPE_CHECKING, Any

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import Found, ProblemError
from mwaa_operator.cli.kubectl.options import (
    Context,
    File,
    Kubeconfig,
    Namespace,
    Offline,
    OptionalName,
    Output,
    Region,
)
from mwaa_operator.cli.kubectl.output import console, emit, note

if TYPE_CHECKING:
    from rich.console import Console

    from mwaa_operator.cli.kubectl.source import Source

NOTHING_TO_DO, CANNOT_GO_ON, CHANGES = 0, 1, 2


def plan(
    *,
    name: OptionalName = None,
    file: File = None,
    offline: Offline = False,
    namespace: Namespace = None,
    region: Region = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show what the operator would do: of an object in the cluster, or after an apply of FILE. Changes nothing.

    Exit code: 0 nothing to do, 2 changes are pending or under way, 1 an error, or a plan that cannot go on by itself.
    """
    from mwaa_operator.cli.kubectl.source import source_of

    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    source = source_of(cluster, name=name, file=file, offline=offline)
    found = _made(source, region=region, offline=offline, from_file=file is not None)
    if output:
        emit(found, output)
    else:
        for each in found["notes"]:
            note(each)
        _draw(console(), found)
    raise Found(_exit_code(found))


def _made(source: "Source", *, region: str | None, offline: bool, from_file: bool) -> dict[str, Any]:
    from mwaa_operator.cli.kubectl.aws_problems import CannotLookError
    from mwaa_operator.cli.kubectl.looking import imagine, look
    from mwaa_operator.cli.kubectl.planned import planned

    if offline:
        return planned(imagine(source, region=region))
    try:
        return planned(look(source, region=region))
    except CannotLookError as error:
        if from_file:
            return planned(imagine(source, region=region, notes=(f"Judged as if it were not in AWS. {error.args[0]}",)))
        return remembered(source.body, error.args[0])
    except ProblemError as error:
        if from_file:
            raise
        return remembered(source.body, error.args[0])


def remembered(document: view.Document, why: str) -> dict[str, Any]:
    """The plan of the operator's last pass, as the status has it."""
    said = view.summary(document)
    metadata = document["metadata"]
    current = view.status(document).get("observedGeneration") == metadata.get("generation")
    pending = view.status(document).get("plan")
    notes = [f"This is the operator's last plan, from the status. {why}"]
    if not current:
        notes.append("The spec was edited since then, and the operator has not looked at it yet.")
    return {
        "namespace": metadata.get("namespace"),
        "name": metadata["name"],
        "environment": view.name_in_aws(document),
        "region": view.region(document),
        "basis": "Status",
        "action": None,
        "standing": _standing(document, current=current),
        "reason": said.get("reason"),
        "message": said.get("message"),
        "calls": [],
        "parts": [],
        "findings": list(view.member(document, "status.preflight.findings") or ()),
        "plan": pending,
        "driftedFields": list(view.status(document).get("driftedFields") or ()),
        "notes": notes,
    }


def _standing(document: view.Document, *, current: bool) -> str:
    if not current or view.condition(document, "Reconciling").get("status") == "True":
        return "progressing"
    return "stalled" if view.condition(document, "Stalled").get("status") == "True" else "settled"


def _exit_code(found: dict[str, Any]) -> int:
    if found["standing"] == "stalled":
        return CANNOT_GO_ON
    idle = found["standing"] == "settled" and not found["calls"] and not found["plan"]
    return NOTHING_TO_DO if idle and all(part["ready"] for part in found["parts"]) else CHANGES


def _draw(screen: "Console", found: dict[str, Any]) -> None:
    from rich.text import Text

    from mwaa_operator.cli.kubectl.status import plan_lines

    where = f"{found['namespace']}/{found['name']}"
    aws = f"{found['environment']} in {found['region'] or 'a region that is not named'}"
    colour = {"stalled": "red", "progressing": "yellow", "settled": "green"}[found["standing"]]
    screen.print(Text.assemble((where, "bold"), "  ", (_action(found), colour), "  ", aws))
    screen.print(Text(f"{found['reason']}: {found['message']}"))
    _draw_beside(screen, found)
    if found["plan"]:
        screen.print()
        for line in plan_lines(screen, found["plan"], of=f"{found['name']} -n {found['namespace']}"):
            screen.print(line)
    if found["driftedFields"]:
        drifted = ", ".join(found["driftedFields"])
        screen.print(Text(f"Changed in AWS behind the operator's back: {drifted}", style="yellow"))
    if found["calls"]:
        screen.print(Text(f"Calls to AWS: {', '.join(found['calls'])}", style="dim"))


def _draw_beside(screen: "Console", found: dict[str, Any]) -> None:
    """What would be made first, and what the checks say to it."""
    from rich.text import Text

    for part in found["parts"]:
        if not part["ready"]:
            calls = f" ({', '.join(part['calls'])})" if part["calls"] else ""
            screen.print(Text.assemble(("+ ", "green"), (part["kind"], "bold"), f"  {part['message']}{calls}"))
    for finding in found["findings"]:
        style = {"Error": "red", "Warning": "yellow"}.get(finding["verdict"])
        if style:
            said = f"{finding['found']} {finding.get('advice') or ''}".strip()
            screen.print(Text.assemble((f"{finding['verdict']} ", style), (finding["check"], "bold"), f"  {said}"))


def _action(found: dict[str, Any]) -> str:
    """What is done, in a word or two."""
    if found["action"]:
        return f"{found['action']}: cannot go on" if found["standing"] == "stalled" else str(found["action"])
    if found["plan"] and found["standing"] == "settled":
        return "Waits"
    if found["standing"] == "settled" and not all(part["ready"] for part in found["parts"]):
        return "Pending"
    return {"stalled": "Cannot go on", "progressing": "Under way", "settled": "Nothing to do"}[found["standing"]]
