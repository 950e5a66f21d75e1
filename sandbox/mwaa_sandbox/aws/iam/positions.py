"""Where statements stand in the text of a policy: simulations point to those that decided."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Span:
    """Begin and end as (line, column), both counted from 1; the end is one column behind the last character."""

    begin: tuple[int, int]
    end: tuple[int, int]


def statements(document: str) -> list[Span]:
    """Return where the statements stand in a text that is a JSON object."""
    spans: list[Span] = []
    at = _skip(document, document.index("{") + 1)
    while document[at] != "}":
        name, at = _DECODER.raw_decode(document, at)
        at = _skip(document, _skip(document, at) + 1)
        value, end = _DECODER.raw_decode(document, at)
        if name == "Statement":
            spans = _spans(document, at, end, listed=isinstance(value, list))
        at = _next(document, end)
    return spans


def _spans(document: str, begin: int, end: int, *, listed: bool) -> list[Span]:
    if not listed:
        return [_span(document, begin, end)]
    spans = []
    at = _skip(document, begin + 1)
    while document[at] != "]":
        _, behind = _DECODER.raw_decode(document, at)
        spans.append(_span(document, at, behind))
        at = _next(document, behind)
    return spans


def _next(document: str, at: int) -> int:
    """Return where the next member begins, or the bracket that closes."""
    at = _skip(document, at)
    return _skip(document, at + 1) if document[at] == "," else at


def _skip(document: str, at: int) -> int:
    found = _BLANK.match(document, at)
    return found.end() if found else at


def _span(document: str, begin: int, end: int) -> Span:
    return Span(_place(document, begin), _place(document, end))


def _place(document: str, at: int) -> tuple[int, int]:
    before = document[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
