"""`kubectl mwaa list`: the fleet, one line an environment, or live."""

import queue
import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Format, Kubeconfig, Namespace, Output
from mwaa_operator.cli.kubectl.output import (
    PIPED_WIDTH,
    can_be_drawn_anew,
    console,
    emit,
    emit_one_of_many,
    note,
    plain_table,
)
from mwaa_operator.cli.kubectl.progress import Progress, progress_of

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

WIDE = 120
"""Columns from which on there is room for more than what one looks for first."""
_COLUMNS = ("namespace", "name", "ready", "status", "version", "class", "region", "workers", "age")
_WIDE = frozenset({"region", "workers"})
_LEAST = ("workers", "region", "class", "version")
BAR = 10
GAP = 2
"""Columns between columns."""
SHORTEST_STORY, ROOM_FOR_BAR = 18, 38
_PIPED = PIPED_WIDTH // 2
"""Room for a story that no terminal has: a bar is for people who look."""
REFRESH_SECONDS = 1.0


def list_environments(
    *,
    namespace: Namespace = None,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Across all namespaces.")] = False,
    selector: Annotated[str | None, typer.Option("--selector", "-l", help="Label selector, as in kubectl.")] = None,
    watching: Annotated[
        bool, typer.Option("--watch", "-w", help="Watch: stay, and show changes as they come.")
    ] = False,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show the environments: status, version, class, progress, and what is in the way."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    if watching:
        _watch(cluster, everywhere=everywhere, selector=selector, output=output)
        return
    answer = cluster.environments(everywhere=everywhere, selector=selector)
    screen = None if output else console()  # imported while kubectl is under way
    found = answer.json()
    if output:
        emit(found, output)
    elif not found["items"]:
        note(
            "There are no MwaaEnvironments here."
            if everywhere
            else "There are none in this namespace. -A looks in all."
        )
    elif screen:
        screen.print(table(found["items"], width=screen.width, namespaces=everywhere, now=view.now()))


def table(items: Iterable[view.Document], *, width: int, namespaces: bool, now: datetime) -> "Table":
    """The fleet, in the order of names."""
    ordered = sorted(items, key=lambda each: (each["metadata"].get("namespace", ""), each["metadata"]["name"]))
    rows = [_cells(item, now=now) for item in ordered]
    columns, left = _fitting(rows, width=width, namespaces=namespaces)
    drawn = plain_table(*columns, "story", keep={*columns, "story"} - {"namespace", "name"})
    for item, row in zip(ordered, rows, strict=True):
        drawn.add_row(*(row[column] for column in columns), _story(item, now, room=max(left, SHORTEST_STORY)))
    return drawn


def _fitting(rows: list[dict[str, Any]], *, width: int, namespaces: bool) -> tuple[list[str], int]:
    """The columns before the story, and the room that is left for it. Where long names need it, what is looked for last is left out."""
    columns = [
        column
        for column in _COLUMNS
        if (namespaces or column != "namespace") and (width >= WIDE or column not in _WIDE)
    ]
    room = {column: max([len(column), *(len(row[column]) for row in rows)]) + GAP for column in columns}
    for column in _LEAST:
        if width - sum(room.values()) < SHORTEST_STORY:
            room.pop(column, None)
    return list(room), width - sum(room.values())


def _cells(item: view.Document, *, now: datetime) -> dict[str, Any]:
    from rich.text import Text

    metadata, aws = item["metadata"], view.member(item, "status.environment") or {}
    ready = view.ready(item)
    return {
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
        "ready": Text(ready, style=view.COLOURS[ready]),
        "status": str(aws.get("status", "")),
        "version": str(aws.get("airflowVersion") or view.member(item, "spec.airflowVersion") or ""),
        "class": str(aws.get("environmentClass") or view.member(item, "spec.environmentClass") or ""),
        "region": view.region(item) or "",
        "workers": f"{aws['minWorkers']}-{aws['maxWorkers']}" if {"minWorkers", "maxWorkers"} <= aws.keys() else "",
        "age": view.age(metadata.get("creationTimestamp"), now),
    }


def _story(item: view.Document, now: datetime, *, room: int) -> "Text":
    """How far an operation is, else why the environment is not simply available; as much of it as there is room for."""
    from rich.text import Text

    under_way = progress_of(item, now)
    if under_way is not None:
        return Text(_progress(under_way, room), style="cyan")
    said = view.summary(item)
    reason = str(said.get("reason") or "the operator has not looked yet")
    if reason in {"Available", "UpToDate"}:
        return Text("")
    bad = said.get("type") == "Stalled"
    text = Text(f"{reason}: {said.get('message', '')}".removesuffix(": "), style="red" if bad else "yellow")
    text.truncate(room, overflow="ellipsis")
    return text


def _progress(under_way: Progress, room: int) -> str:
    percent = "" if under_way.is_late else f"{under_way.fraction:.0%}"
    if room < ROOM_FOR_BAR:
        return f"{percent} {under_way.left}".strip()
    far = percent if room >= _PIPED else under_way.bar(BAR)
    return f"{far} {under_way.what}, {under_way.left}".strip()


def _watch(cluster: Cluster, *, everywhere: bool, selector: str | None, output: Format | None) -> None:
    """Until Ctrl-C. In a terminal the table is drawn anew; elsewhere each change is a line, with -o a document a line."""
    try:
        if output is None and can_be_drawn_anew(console()):
            _live(cluster, everywhere=everywhere, selector=selector)
        else:
            _lines(cluster, everywhere=everywhere, selector=selector, output=output)
    except KeyboardInterrupt:
        return


def _events(cluster: Cluster, *, everywhere: bool, selector: str | None) -> Iterable[dict[str, Any]]:
    """API servers end a watch after some minutes; then it is begun again, from what there is."""
    while True:
        yield {"type": "BEGIN", "object": {}}
        yield from cluster.watch(everywhere=everywhere, selector=selector)


def _lines(cluster: Cluster, *, everywhere: bool, selector: str | None, output: Format | None) -> None:
    """A line for each change that shows in it; programs get every version."""
    seen: dict[str, str] = {}
    for event in _events(cluster, everywhere=everywhere, selector=selector):
        item = event["object"]
        uid = view.member(item, "metadata.uid")
        if uid is None:
            continue
        news = item["metadata"]["resourceVersion"] if output else _line(event, everywhere=everywhere)
        if seen.get(uid) == news:
            continue
        seen[uid] = news
        if output is not None:
            emit_one_of_many(event, output)
        else:
            sys.stdout.write(f"{view.now():%H:%M:%S} {news}\n")
        sys.stdout.flush()


def _line(event: dict[str, Any], *, everywhere: bool) -> str:
    item = event["object"]
    where = f"{item['metadata'].get('namespace', '')}/" if everywhere else ""
    story = "gone" if event["type"] == "DELETED" else _story(item, view.now(), room=PIPED_WIDTH)
    aws_status = view.member(item, "status.environment.status") or "-"
    return f"{where}{item['metadata']['name']} {view.ready(item)} {aws_status} {story}".rstrip()


def _live(cluster: Cluster, *, everywhere: bool, selector: str | None) -> None:
    from rich.live import Live

    news: queue.Queue[dict[str, Any] | Exception] = queue.Queue()
    threading.Thread(
        target=_feed, args=(news, cluster), kwargs={"everywhere": everywhere, "selector": selector}, daemon=True
    ).start()
    items: dict[str, dict[str, Any]] = {}
    screen = console()

    def drawn() -> "Table":
        return table(items.values(), width=screen.width, namespaces=everywhere, now=view.now())

    with Live(drawn(), console=screen, auto_refresh=False, transient=False) as live:
        while True:
            _take(news, items)
            live.update(drawn(), refresh=True)


def _feed(
    news: "queue.Queue[dict[str, Any] | Exception]", cluster: Cluster, *, everywhere: bool, selector: str | None
) -> None:
    try:
        for event in _events(cluster, everywhere=everywhere, selector=selector):
            news.put(event)
    except ProblemError as error:
        news.put(error)


def _take(news: "queue.Queue[dict[str, Any] | Exception]", items: dict[str, dict[str, Any]]) -> None:
    """Take all that has happened, and wait a second for the first of it, so that the bars move on."""
    try:
        event = news.get(timeout=REFRESH_SECONDS)
        while True:
            if isinstance(event, Exception):
                raise event
            uid = view.member(event["object"], "metadata.uid")
            if event["type"] == "BEGIN":
                items.clear()
            elif event["type"] == "DELETED":
                items.pop(uid, None)
            else:
                items[uid] = event["object"]
            event = news.get_nowait()
    except queue.Empty:
        return
