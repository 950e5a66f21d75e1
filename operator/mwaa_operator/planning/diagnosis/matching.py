"""Looks for known causes in what was logged."""

from collections.abc import Iterable
from dataclasses import replace

from mwaa_operator.planning.diagnosis.catalogue import CATALOGUE
from mwaa_operator.planning.diagnosis.model import KnownCause, LogTail, Match, Stream


def kind_of(stream: str) -> Stream | None:
    """The kind of a log stream, by its name; None for one that nothing is known of."""
    return next((kind for kind in Stream if stream.startswith(kind.value)), None)


def matches(tails: Iterable[LogTail]) -> tuple[Match, ...]:
    """The known causes that the logs speak for, each once, by the newest line where it is gravest; none that another explains."""
    read = tuple(tails)
    found: dict[str, Match] = {}
    for group in sorted({tail.group for tail in read}):
        in_group = _in(tail for tail in read if tail.group == group)
        explained = {name for match in in_group for name in match.known.explains}
        for match in in_group:
            name = match.known.name
            grave = replace(match, weight=max(match.weight, _gravest(match.known, in_group)))
            if name not in explained and (name not in found or _rank(grave) > _rank(found[name])):
                found[name] = grave
    return tuple(found.values())


def _rank(match: Match) -> tuple[int, float]:
    return match.weight, match.recency


def _gravest(cause: KnownCause, found: list[Match]) -> int:
    return max((match.weight for match in found if match.known.name in cause.explains), default=0)


def _in(tails: Iterable[LogTail]) -> list[Match]:
    found = [_newest(cause, tail) for tail in tails for cause in CATALOGUE if tail.kind in cause.streams]
    return [match for match in found if match is not None]


def _newest(cause: KnownCause, tail: LogTail) -> Match | None:
    last = len(tail.lines) - 1
    for number in range(last, -1, -1):
        line = tail.lines[number]
        if cause.pattern.search(line):
            return Match(known=cause, tail=tail, line=line, recency=number / last if last else 1.0, weight=cause.weight)
    return None
