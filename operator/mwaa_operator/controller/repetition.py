"""Counts how often AWS has accepted the very same calls for a part, so that what does not help is not done for ever."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mwaa_operator.controller.store import Key
from mwaa_operator.planning.parts.model import Call, PartKind

MOST_REPETITIONS = 10
"""After so many times that AWS has accepted the very same calls and shows no change, they are not made any more for a while."""
NOT_CONVERGING_SECONDS = 300.0
"""Until they are made again after that, in seconds of AWS's time."""
_TAKE_MANY = frozenset({"DeleteObjects"})
"""Calls that look alike and each do a part of the work."""


@dataclass(frozen=True)
class _Accepted:
    """Calls that AWS has accepted so many times in a row, the last time at `at`."""

    calls: list[Any]
    times: int
    at: float


class Repetition:
    """Remembers for each part of each object which calls AWS has accepted last. That is lost with the process, and does no harm."""

    def __init__(self, *, scale: float, clock: Callable[[], float]) -> None:
        self._scale = scale
        self._clock = clock
        self._last: dict[tuple[Key, PartKind], _Accepted] = {}

    def times(self, key: Key, kind: PartKind, calls: Iterable[Call]) -> int:
        """How many times in a row these very calls have been accepted, with no others in between."""
        last = self._last.get((key, kind))
        return last.times if last is not None and last.calls == _compared(calls) else 0

    def rests(self, key: Key, kind: PartKind, calls: Iterable[Call]) -> float | None:
        """For how many of our seconds these calls are not to be made, because they do not help. None: they may be made."""
        last = self._last.get((key, kind))
        if last is None or self.times(key, kind, calls) < MOST_REPETITIONS:
            return None
        left = last.at + NOT_CONVERGING_SECONDS / self._scale - self._clock()
        if left > 0:
            return left
        self.over(key, kind)
        return None

    def accepted(self, key: Key, kind: PartKind, calls: Iterable[Call]) -> None:
        """AWS has accepted these calls."""
        compared = _compared(calls)
        if not compared:
            return
        self._last[key, kind] = _Accepted(compared, self.times(key, kind, calls) + 1, self._clock())

    def over(self, key: Key, kind: PartKind) -> None:
        """The part is as it is to be, or there is no object any more."""
        self._last.pop((key, kind), None)


def _compared(calls: Iterable[Call]) -> list[Any]:
    return [(step.operation, step.parameters) for step in calls if step.operation not in _TAKE_MANY]
