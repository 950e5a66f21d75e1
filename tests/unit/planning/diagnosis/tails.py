"""Ends of logs, made from texts."""

from __future__ import annotations

from mwaa_operator.planning.diagnosis.model import LogTail, Stream


def tail(kind: Stream, text: str, *, group: str = "Scheduler") -> LogTail:
    """Give the end of a stream of that kind."""
    return LogTail(group=group, stream=f"{kind.value}_ip-10-0-1-9.log", kind=kind, lines=tuple(text.splitlines()))
