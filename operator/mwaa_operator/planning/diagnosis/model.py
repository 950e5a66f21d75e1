"""What is known of a failure beforehand, and what is seen of one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mwaa_operator.planning.preflight.model import GUIDE


class Stream(StrEnum):
    """Kinds of log streams, by how their names begin (`mwaa-behaviour.md` §8)."""

    REQUIREMENTS = "requirements_install"
    STARTUP_SCRIPT = "startup_script_execution"
    SCHEDULER = "scheduler"
    WORKER = "worker"
    WEBSERVER = "webserver"


CONTAINERS = frozenset({Stream.SCHEDULER, Stream.WORKER, Stream.WEBSERVER})
"""Those that Airflow itself writes."""


@dataclass(frozen=True, kw_only=True)
class KnownCause:
    """A cause of failures that shows in a line of a log.

    `weight` is how likely it is that an operation failed for it: see `weights`. `explains` names other causes whose lines only follow
    from this one, in the logs of the same part of the environment.
    """

    name: str
    streams: frozenset[Stream]
    pattern: re.Pattern[str]
    cause: str
    advice: str
    page: str
    weight: int
    explains: frozenset[str]


def known(
    name: str,
    pattern: str,
    *,
    streams: Iterable[Stream],
    weight: int,
    cause: str,
    advice: str,
    page: str,
    explains: Iterable[str] = (),
) -> KnownCause:
    """Make an entry of the catalogue. `pattern` is looked for in each line, in upper and lower case; `page` is one of the User Guide, or a
    whole address.
    """
    return KnownCause(
        name=name,
        streams=frozenset(streams),
        pattern=re.compile(pattern, re.IGNORECASE),
        cause=cause,
        advice=advice,
        page=page if page.startswith("https://") else GUIDE + page,
        weight=weight,
        explains=frozenset(explains),
    )


@dataclass(frozen=True, kw_only=True)
class LogTail:
    """The end of a log stream. `group` is the log module without the environment's name, and `lines` are in the order of their writing."""

    group: str
    stream: str
    kind: Stream
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Match:
    """A line that speaks for a known cause. `recency` goes from 0 for the oldest line that was read to 1 for the newest; `weight` is the
    cause's, or that of the gravest which it explains: a command that is missing is grave where the script has ended with an error.
    """

    known: KnownCause
    tail: LogTail
    line: str
    recency: float
    weight: int
