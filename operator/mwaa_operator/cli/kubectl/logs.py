"""`kubectl mwaa logs`: what a part of an environment has logged, from CloudWatch, once or as it comes."""

import re
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Format, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import console, emit, emit_one_of_many, harmless, logged, note

if TYPE_CHECKING:
    from mwaa_operator.cli.kubectl.aws_client import Aws

POLL_SECONDS = 2.0
"""Between two looks while following. CloudWatch Logs allows 5 FilterLogEvents a second in an account and region."""
LATE_MILLISECONDS = 60_000
"""By how much an event may show up later than one that was written after it."""
_SPAN = re.compile(r"(\d+)([smhd])")
_ENDING_OF_STREAMS = re.compile(r"(\.[a-z0-9-]+\.compute\.internal.*)?(\.log)?$")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Component(StrEnum):
    """Whose log."""

    SCHEDULER = "scheduler"
    WORKER = "worker"
    WEBSERVER = "webserver"
    TASK = "task"
    DAG_PROCESSING = "dag-processing"


_GROUPS = {
    Component.SCHEDULER: ("schedulerLogs", "Scheduler"),
    Component.WORKER: ("workerLogs", "Worker"),
    Component.WEBSERVER: ("webserverLogs", "WebServer"),
    Component.TASK: ("taskLogs", "Task"),
    Component.DAG_PROCESSING: ("dagProcessingLogs", "DAGProcessing"),
}
"""The field of the spec and the ending of the log group's name (`mwaa-behaviour.md` §8)."""


def logs(
    *,
    name: Name,
    component: Annotated[
        Component, typer.Argument(metavar="COMPONENT", help="scheduler, worker, webserver, task or dag-processing.")
    ],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Stay, and show new lines as they come.")] = False,
    since: Annotated[str, typer.Option(help="How far back: 30s, 10m, 2h, 1d.")] = "1h",
    tail: Annotated[int, typer.Option(help="At most this many of the lines that are there already.", min=0)] = 1000,
    stream: Annotated[
        str | None, typer.Option(help="Only streams whose names begin so, for example requirements_install.")
    ] = None,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show what the scheduler, workers, web servers, tasks or the DAG processing have logged."""
    seconds = _seconds(since)
    document = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig).environment(name).json()
    from mwaa_operator.cli.kubectl.aws_client import Aws

    aws = Aws("logs", view.region(document), of=document)
    reader = _Reader(aws, _group(document, component), stream, _why(document, component))
    began = int((time.time() - seconds) * 1000)
    there = list(deque(reader.read(began), maxlen=tail))
    _print(there, output, reader.group, follow=follow)
    if not there and not follow:
        note(f"Nothing was logged to {reader.group} in the last {since}. --since looks further back.")
    try:
        while follow:
            time.sleep(POLL_SECONDS)
            _print(list(reader.read(began)), output, reader.group, follow=True)
    except KeyboardInterrupt:
        return


class _Reader:
    """Reads a group from the newest event on that it has seen, and gives each event once."""

    def __init__(self, aws: "Aws", group: str, stream: str | None, missing: str) -> None:
        self.group = group
        self._aws = aws
        self._stream = {"logStreamNamePrefix": stream} if stream else {}
        self._missing = missing
        self._seen: dict[str, int] = {}

    def read(self, began: int) -> Iterator[Mapping[str, Any]]:
        """Events since `began`, in milliseconds, that were not given before."""
        start = max(began, max(self._seen.values(), default=0) - LATE_MILLISECONDS)
        self._seen = {event: at for event, at in self._seen.items() if at >= start}
        token: dict[str, str] = {}
        while True:
            asked = {"logGroupName": self.group, "startTime": start, **self._stream, **token}
            answer = self._aws.call("FilterLogEvents", asked, missing=self._missing)
            for event in answer.get("events", ()):
                known = str(event["eventId"])
                if known not in self._seen:
                    self._seen[known] = int(event["timestamp"])
                    yield event
            if not answer.get("nextToken"):
                return
            token = {"nextToken": str(answer["nextToken"])}


def _print(events: list[Mapping[str, Any]], output: Format | None, group: str, *, follow: bool) -> None:
    shown = [
        {"time": _time(event["timestamp"]), "stream": event.get("logStreamName"), "message": event.get("message", "")}
        for event in events
    ]
    if output is not None and not follow:
        emit({"logGroup": group, "events": shown}, output)
    elif output is not None:
        for each in shown:
            emit_one_of_many(each, output)
    elif sys.stdout.isatty():
        _draw(shown)
    else:
        lines = (f"{each['time']} {each['stream']} {harmless(each['message']).rstrip()}\n" for each in shown)
        sys.stdout.write("".join(lines))
    sys.stdout.flush()


def _draw(shown: list[dict[str, Any]]) -> None:
    """In a terminal: the day only where it is not today's, and streams without what all of them end in."""
    from rich.text import Text

    screen, today = console(), _time(int(time.time() * 1000))[:10]
    for each in shown:
        day, clock = each["time"][:10], each["time"][11:19]
        at = clock if day == today else f"{day} {clock}"
        stream = _ENDING_OF_STREAMS.sub("", str(each["stream"]))
        screen.print(Text.assemble((f"{at} ", "dim"), (f"{stream} ", "cyan"), logged(each["message"])))


def _group(document: view.Document, component: Component) -> str:
    """As AWS names it, else as it always does. The ARN of a group may end in an asterisk."""
    field, ending = _GROUPS[component]
    arn = view.member(document, f"status.environment.loggingConfiguration.{field}.cloudWatchLogGroupArn")
    if arn:
        return str(arn).removesuffix(":*").rpartition("log-group:")[2]
    return f"airflow-{view.name_in_aws(document)}-{ending}"


def _why(document: view.Document, component: Component) -> str:
    """Why there is no log group."""
    field, _ = _GROUPS[component]
    group = _group(document, component)
    if view.member(document, f"status.environment.loggingConfiguration.{field}.enabled"):
        return f"There is no log group {group} in AWS yet. It comes with the first line that is logged."
    return (
        f"There is no log group {group} in AWS: this log is not enabled. "
        f"Set spec.loggingConfiguration.{field} to {{enabled: true, logLevel: INFO}}."
    )


def _seconds(text: str) -> int:
    parts = _SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ProblemError(f"--since {text} is not a duration.", "Write 30s, 10m, 2h or 1d.")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
