"""Values that change at moments and stay the same between them."""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

ALWAYS = float("-inf")
"""The moment from which a value holds that was never another one."""


class Timeline(Generic[T]):
    """A value at each moment, in AWS-time seconds. Never changed: what changes it returns another one."""

    def __init__(self, first: T, changes: Iterable[tuple[float, T]] = ()) -> None:
        """`changes`: moments, in order, and the values from then on. Of several at one moment the last one counts."""
        self._moments = [ALWAYS]
        self._values = [first]
        for moment, value in changes:
            if moment == self._moments[-1]:
                self._values[-1] = value
            elif value != self._values[-1]:
                self._moments.append(moment)
                self._values.append(value)

    def at(self, moment: float) -> T:
        return self._values[bisect.bisect_right(self._moments, moment) - 1]

    def changes(self) -> Iterator[tuple[float, T]]:
        """Yield moments and the values from then on, oldest first, without the first value of all."""
        return zip(self._moments[1:], self._values[1:], strict=True)

    def pieces(self, begin: float, end: float) -> Iterator[tuple[float, float, T]]:
        """Yield beginning, end and value of each stretch between two moments."""
        position = bisect.bisect_right(self._moments, begin) - 1
        while begin < end:
            until = self._moments[position + 1] if position + 1 < len(self._moments) else end
            yield begin, min(until, end), self._values[position]
            begin, position = until, position + 1

    def since(self, moment: float, later: Timeline[T]) -> Timeline[T]:
        """Return this one until a moment, and another one from then on."""
        before = [change for change in self.changes() if change[0] < moment]
        return Timeline(
            self._values[0], [*before, (moment, later.at(moment)), *(one for one in later.changes() if one[0] > moment)]
        )


def combined(of: Callable[..., R], *timelines: Timeline[Any]) -> Timeline[R]:
    """Return what a function makes of several values, at each moment."""
    moments = sorted({moment for timeline in timelines for moment, _ in timeline.changes()})
    return Timeline(
        of(*(timeline.at(ALWAYS) for timeline in timelines)),
        ((moment, of(*(timeline.at(moment) for timeline in timelines))) for moment in moments),
    )


def highest_lately(of: Timeline[int], *, delay: float, hold: float) -> Timeline[int]:
    """Return the highest value between `delay` and `delay + hold` seconds ago: rises come late, and falls later by `hold`."""
    stretches = list(of.pieces(ALWAYS, float("inf")))
    moments = sorted({edge for begin, end, _ in stretches for edge in (begin + delay, end + delay + hold)} - {ALWAYS})
    changes: list[tuple[float, int]] = []
    alive: list[tuple[int, float]] = [(-stretches[0][2], stretches[0][1] + delay + hold)]
    position = 1
    for moment in moments:
        while position < len(stretches) and stretches[position][0] + delay <= moment:
            _, end, value = stretches[position]
            heapq.heappush(alive, (-value, end + delay + hold))
            position += 1
        while alive and alive[0][1] <= moment:
            heapq.heappop(alive)
        if alive:
            changes.append((moment, -alive[0][0]))
    return Timeline(stretches[0][2], changes)
