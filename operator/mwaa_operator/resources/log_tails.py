"""Reads the ends of an environment's log streams."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mwaa_operator.aws.log_events import last_events, newest_streams
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.diagnosis.model import LogTail
from mwaa_operator.planning.diagnosis.streams import GROUPS, LINES, ListedStream, LogQuestion, worth_reading
from mwaa_operator.planning.preflight.snapshot import Unseen
from mwaa_operator.resources.preflight.seeing import seen

LONGEST_LINE = 2000
"""Characters that are kept of a line: an event may have a megabyte."""

Redact = Callable[[str], str]


def read(clients: Clients, question: LogQuestion, *, redact: Redact) -> tuple[LogTail, ...]:
    """The ends of the streams that are worth reading, each event passed through `redact` as a whole.

    What is not there, or may not be read, is left out. Blocks while it calls AWS. Raises AwsError for what passes by itself.
    """
    logs = clients.client("logs", question.region)
    listed = [stream for module in GROUPS for stream in _streams(logs, question, module)]
    tails = [_tail(logs, question, stream, redact) for stream in worth_reading(listed, question)]
    return tuple(tail for tail in tails if tail is not None)


def _streams(logs: Any, question: LogQuestion, module: str) -> list[ListedStream]:
    group = question.group(module)
    found = seen(f"the log group {group}", lambda: newest_streams(logs, group))
    if isinstance(found, Unseen):
        return []
    return [
        ListedStream(module=module, name=str(each.get("logStreamName", "")), created_at=_time(each.get("creationTime")))
        for each in found
    ]


def _tail(logs: Any, question: LogQuestion, stream: ListedStream, redact: Redact) -> LogTail | None:
    group, kind = question.group(stream.module), stream.kind
    found = seen(f"the log stream {stream.name}", lambda: last_events(logs, group, stream.name, count=LINES))
    if isinstance(found, Unseen) or kind is None:
        return None
    lines = tuple(line[:LONGEST_LINE] for message in found for line in redact(message).splitlines())
    return LogTail(group=stream.module, stream=stream.name, kind=kind, lines=lines)


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
