"""A line of a log, as it may be shown to everybody who may read the object.

The values of options are taken out before lines are looked at (`controller.redaction`). What is left may still hold what people have put
into a script or an address.
"""

import re

from mwaa_operator.planning.diagnosis.model import Match

LONGEST_LINE = 300
"""Characters that are shown of a line. Of a longer one, those around the words that the cause is known by."""

_BEFORE = 60
_HIDDEN = "***"
_SECRETS = (
    (re.compile(r"(://)[^/\s@]{1,500}(?=@)"), rf"\1{_HIDDEN}"),
    (re.compile(r"(Current value: ).*", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(r"(with base 10: ).*"), rf"\1{_HIDDEN}"),
    (
        re.compile(
            r"((?:passw(?:or)?d|secret|token|api[_-]?key|credential)[\w-]{0,40}[\"']?\s{0,3}[=:]\s{0,3})(?:\"[^\"]*\"|'[^']*'|\S+)",
            re.IGNORECASE,
        ),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), _HIDDEN),
)
"""Credentials in addresses, values that Airflow quotes, and whatever is called a secret."""


def evidence(match: Match) -> str:
    """Where a line stands, and the line."""
    return f"{match.tail.group}/{match.tail.stream}: {shown(match)}"


def unquoted(match: Match) -> str:
    """Where a line stands, for one that may hold what must not be shown."""
    return f"a line of {match.tail.group}/{match.tail.stream}, not quoted since the options have changed meanwhile"


def shown(match: Match) -> str:
    """The line without what looks like a secret, and not too long."""
    line = match.line.strip()
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    if len(line) <= LONGEST_LINE:
        return line
    found = match.known.pattern.search(line)
    body = LONGEST_LINE - 2
    begin = min(max((found.start() if found else 0) - _BEFORE, 0), len(line) - body)
    end = begin + body
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"
