"""`kubectl mwaa status`: all that there is to know of one environment, the most important first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mwaa_operator.cli.kubectl import load, view
from mwaa_operator.cli.kubectl.cluster import Answer, Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import console, emit, plain_table
from mwaa_operator.cli.kubectl.progress import Progress, progress_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_EVENTS = 8
BAR = 30
_FACTS = (
    ("version", "environment.airflowVersion"),
    ("class", "environment.environmentClass"),
    ("workers", "environment.minWorkers"),
    ("account", "account.id"),
    ("region", "account.region"),
    ("web server", "environment.webserverUrl"),
    ("bucket", "environment.sourceBucketArn"),
    ("role", "environment.executionRoleArn"),
    ("arn", "environment.arn"),
)
NARROW_FOR_CONDITIONS = 80
"""Columns below which a table would break the types of conditions."""
NARROW = 100
"""Columns below which there is no room for what each single change does."""
_IMPACTS = {"EnvironmentDown": "red", "WorkersRestart": "yellow"}
"""The worst first, and their colours."""
_VERDICTS = {"Error": "red", "Warning": "yellow"}


def status(
    *,
    name: Name,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show one environment: progress, plan, checks, likely causes, Airflow, load, conditions, resources, events."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    asked = cluster.environment(name)
    selector = f"--field-selector=involvedObject.kind=MwaaEnvironment,involvedObject.name={name}"
    told = cluster.ask("get", "events", "--output=json", selector)
    screen = None if output else console()
    document = asked.json()
    events = _events(told, str(document["metadata"].get("uid")))
    if output:
        emit(_for_programs(document, events), output)
    elif screen:
        _draw(screen, document, events)


def _events(answer: Answer, uid: str) -> list[dict[str, Any]]:
    """The newest last. Somebody who may not read events does without."""
    try:
        found = answer.json()["items"]
    except ProblemError:
        return []
    own = [event for event in found if event["involvedObject"].get("uid") == uid]
    return sorted(own, key=_when)[-MOST_EVENTS:]


def _when(event: view.Document) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or "")


def _for_programs(document: view.Document, events: list[dict[str, Any]]) -> dict[str, Any]:
    said, under_way = view.summary(document), progress_of(document, view.now())
    return {
        "namespace": document["metadata"].get("namespace"),
        "name": document["metadata"]["name"],
        "ready": view.ready(document),
        "reason": said.get("reason"),
        "message": said.get("message"),
        "progress": under_way.document() if under_way else None,
        "status": view.status(document),
        "events": [
            {
                "time": _when(event),
                "type": event.get("type"),
                "reason": event.get("reason"),
                "message": event.get("message"),
            }
            for event in events
        ],
    }


def _draw(screen: "Console", document: view.Document, events: list[dict[str, Any]]) -> None:
    from rich.padding import Padding

    _headline(screen, document)
    for title, content in (
        ("Plan", plan_lines(screen, view.status(document).get("plan"), of=view.named(document))),
        ("Changed in AWS behind the operator's back", _drifted(document)),
        ("Likely causes of the failure", _causes(document)),
        ("Checks", _checks(document)),
        ("Airflow", load.airflow(document)),
        ("Load", load.load(document)),
        ("Conditions", _conditions(document, narrow=screen.width < NARROW_FOR_CONDITIONS)),
        ("In AWS", _resources(document)),
        ("Events", _told(events, {view.summary(document).get("message")})),
    ):
        if content:
            screen.print()
            screen.print(title, style="bold")
            for each in content:
                screen.print(Padding(each, (0, 0, 0, 2)))


def _headline(screen: "Console", document: view.Document) -> None:
    from rich.text import Text

    metadata, ready, said = document["metadata"], view.ready(document), view.summary(document)
    aws_status = str(view.member(document, "status.environment.status") or "not in AWS")
    known = {"True": "ready", "False": "not ready"}.get(ready, "nothing known yet")
    where = f"{metadata.get('namespace', '')}/{metadata['name']}"
    screen.print(Text.assemble((where, "bold"), "  ", (known, view.COLOURS[ready]), "  ", aws_status))
    if metadata.get("deletionTimestamp"):
        screen.print("It is being deleted.")
    screen.print(
        str(
            said.get("message")
            or "The operator has not looked at it yet. Is it running, and does it watch this namespace?"
        )
    )
    under_way = progress_of(document, view.now())
    if under_way is not None:
        bar = f"{under_way.bar(BAR)} " if screen.is_terminal else ""
        screen.print(Text.assemble((bar, "cyan"), _expectation(under_way)))
    facts = plain_table("", "")
    facts.show_header = False
    for title, path in _FACTS:
        value = view.member(view.status(document), path)
        if value is not None:
            most = view.member(document, "status.environment.maxWorkers")
            facts.add_row(Text(title, style="dim"), f"{value} to {most}" if title == "workers" else str(value))
    if facts.row_count:
        screen.print()
        screen.print(facts)


def _expectation(under_way: Progress) -> str:
    ends = f"{under_way.expected_end.astimezone():%H:%M:%S}"
    if under_way.is_late:
        return f"the usual time of this {under_way.what} was over at {ends}, {under_way.left}"
    return f"{under_way.fraction:.0%} of the usual time of this {under_way.what}, {under_way.left}, expected to end at {ends}"


def plan_lines(screen: "Console", plan: view.Document | None, *, of: str) -> list[Any]:
    """A plan as the status and `kubectl mwaa plan` show it. `of` is the object, as words of a command line."""
    if not plan:
        return []
    from rich.text import Text

    strategy, waits = plan.get("workerReplacementStrategy"), plan.get("waitingFor")
    minutes = plan.get("estimatedMinutes")
    about = [
        f"about {minutes} minutes" if minutes else "takes effect at once",
        *([f"running tasks: {strategy}"] if strategy else []),
        *([f"waits for: {waits}"] if waits else []),
    ]
    changes, worst = _changes(plan.get("changes") or (), narrow=screen.width < NARROW)
    lines: list[Any] = [changes, Text("; ".join([*about, *([f"worst impact: {worst}"] if worst else [])]), style="dim")]
    if waits == "Approval":
        lines.append(Text(f"Approve it with: kubectl mwaa approve {of}", style="bold"))
    return lines


def _changes(changes: Sequence[view.Document], *, narrow: bool) -> "tuple[Table, str | None]":
    """The changes as a table, and the worst impact of any. Columns that would say nothing are left out."""
    from rich.text import Text

    found = {change.get("impact") for change in changes}
    worst = next((impact for impact in _IMPACTS if impact in found), None)
    columns = {
        "field": [Text(change["field"], style=_IMPACTS.get(str(change.get("impact")), "")) for change in changes],
        "from": [_value(change, "from") for change in changes],
        "to": [_value(change, "to") for change in changes],
        "impact": [
            Text(change.get("impact") or "", style=_IMPACTS.get(str(change.get("impact")), "")) for change in changes
        ],
    }
    if all(not change.get("from") for change in changes):
        del columns["from"]
    if narrow or worst is None:
        del columns["impact"]
    drawn = plain_table(*columns, keep={"impact"})
    for row in zip(*columns.values(), strict=True):
        drawn.add_row(*row)
    return drawn, worst


def _value(change: view.Document, side: str) -> str:
    hidden = str(change["field"]).startswith("airflowConfigurationOptions.")
    return "(not shown)" if hidden else str(change.get(side) or "-")


def _drifted(document: view.Document) -> list[Any]:
    fields = view.status(document).get("driftedFields")
    return [", ".join(fields)] if fields else []


def _causes(document: view.Document) -> list[Any]:
    return [
        f"{number}. {each['cause']} {each.get('advice') or ''}\n   Seen in: {each.get('evidence')}"
        for number, each in enumerate(view.status(document).get("likelyCauses") or (), start=1)
    ]


def _checks(document: view.Document) -> list[Any]:
    from rich.text import Text

    found = view.status(document).get("preflight")
    if not found:
        return []
    drawn = plain_table("verdict", "check", "found, and what to do", keep={"verdict"})
    unseen = [each["check"] for each in found.get("findings") or () if each["verdict"] == "Unknown"]
    for each in found.get("findings") or ():
        if each["verdict"] == "Unknown":
            continue
        text = f"{each['found']} {each.get('advice') or ''}".strip()
        drawn.add_row(Text(each["verdict"], style=_VERDICTS.get(each["verdict"], "dim")), each["check"], text)
    passed = f"{found.get('passed', 0)} passed"
    told = f"; {len(unseen)} could not be made, `kubectl mwaa doctor` says why: {', '.join(unseen)}" if unseen else ""
    return [passed + told, *([drawn] if drawn.row_count else [])]


def _conditions(document: view.Document, *, narrow: bool) -> list[Any]:
    """A table; where it is narrow, each message below its condition."""
    from rich.padding import Padding
    from rich.text import Text

    now, drawn = view.now(), plain_table("type", "status", "reason", "since", "message", keep={"status", "since"})
    stacked: list[Any] = []
    # What the summary says stands above already, and mostly in several conditions.
    told = {view.summary(document).get("message")}
    for each in view.status(document).get("conditions") or ():
        value = str(each.get("status"))
        good = "False" if each["type"] == "Stalled" else "True"
        open_yet = each["type"] == "Reconciling" or value == "Unknown"
        style = "yellow" if open_yet else "green" if value == good else "red"
        reason, since = each.get("reason", ""), view.age(each.get("lastTransitionTime"), now)
        message = _once(each.get("message", ""), told)
        drawn.add_row(each["type"], Text(value, style=style), reason, since, message)
        stacked += [
            Text.assemble((each["type"], "bold"), " ", (value, style), f" {reason}, for {since}"),
            Padding(message, (0, 0, 0, 2)),
        ]
    if narrow:
        return stacked
    return [drawn] if drawn.row_count else []


def _once(message: str, told: set[Any]) -> str:
    if message in told:
        return "(as above)"
    told.add(message)
    return message


def _resources(document: view.Document) -> list[Any]:
    drawn = plain_table("kind", "id", "provisioned", keep={"provisioned"})
    for each in view.status(document).get("resources") or ():
        drawn.add_row(each["kind"], each["id"], "yes" if each.get("provisioned") else "no")
    return [drawn] if drawn.row_count else []


def _told(events: list[dict[str, Any]], told: set[Any]) -> list[Any]:
    from rich.text import Text

    now, drawn = view.now(), plain_table("ago", "reason", "message", keep={"ago"})
    for each in events:
        style = "red" if each.get("type") == "Warning" else ""
        said = str(each.get("message"))
        shown = "(as above)" if said in told else said
        drawn.add_row(view.age(_when(each), now), Text(str(each.get("reason")), style=style), shown)
    return [drawn] if drawn.row_count else []
