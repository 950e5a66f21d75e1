"""Whose turn it is: no object, and no account, keeps the others waiting, whatever AWS does there (design §4.11).

An AWS that does not answer holds a pass for minutes: a read timeout of a minute, times boto3's attempts, times the calls of a pass.
As many such objects as there are workers would stop all others. So:

- A pass that lasts longer than `PATIENCE_SECONDS` *hangs*. It goes on, but gives its worker back, and its object is tried again
  only as one of a few, without a worker, until a pass of it is quick again.
- In one *lane*, which is an account and a region, only so many passes may hang. With that many, no other begins there.
- A lane that AWS throttles has a rate. See `rate`.
- Where the calls of a lane wait for one another, only `at_once` passes go on in it: more would only keep workers from the others.

Those who have to wait stand in the line of their lane and are put back into the queue as places become free.
"""

import asyncio
from collections.abc import Callable, Hashable

from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.rate import Rate
from mwaa_operator.controller.store import Key

PATIENCE_SECONDS = 5.0
"""Of real time, as boto3's timeouts are. An answer of AWS takes a fraction of a second."""

_LANES_KEPT = 64
"""So many lanes are no matter. From there on those in which nothing goes on are dropped each time that there are twice as many."""


class _Lane:
    def __init__(self) -> None:
        self.rate = Rate()
        self.under_way = 0
        self.hanging: set[Key] = set()
        """Passes that hang, of objects that were quick before."""
        self.again: set[Key] = set()
        """Passes of objects that hung the last time."""
        self.line: dict[Key, None] = {}
        """Those who wait, in order."""
        self.timer: asyncio.TimerHandle | None = None

    def has_nothing_to_remember(self, now: float) -> bool:
        """Whether another lane in its place would be no different. Passes that hang are under way, too."""
        return not (self.under_way or self.line or self.timer) and self.rate.is_over(now)


class Turns:
    """Decides who may begin. Belongs to the event loop of the queue.

    `lane_of` names the account and region of an object; `count` is the number of workers; `scale` divides the waits that AWS's throttling
    asks for; `at_once` bounds the passes under way in a lane.
    """

    def __init__(
        self,
        queue: WorkQueue[Key],
        *,
        lane_of: Callable[[Key], Hashable],
        count: int,
        scale: float = 1.0,
        at_once: int | None = None,
    ) -> None:
        self._queue = queue
        self._lane_of = lane_of
        self._most_hanging = max(count, 4)
        self._most_again = max(count // 4, 1)
        self._scale = scale
        self._at_once = at_once
        self._lanes: dict[Hashable, _Lane] = {}
        self._most_lanes = _LANES_KEPT
        self._under_way: dict[Key, _Lane] = {}
        self._slow: set[Key] = set()

    def __len__(self) -> int:
        """How many stand in line."""
        return sum(len(lane.line) for lane in self._lanes.values())

    def is_slow(self, key: Key) -> bool:
        """Whether the last pass of an object hung."""
        return key in self._slow

    def begin(self, key: Key) -> bool:
        """Whether a pass over an object may begin now; then say `ended` after it. Else it will be in the queue again when it may."""
        lane = self._lane(self._lane_of(key))
        if not self._has_place(lane, key) or lane.rate.wait(self._now()) > 0:
            lane.line[key] = None
            self._arm(lane)
            return False
        lane.line.pop(key, None)
        lane.rate.take(self._now())
        self._under_way[key] = lane
        lane.under_way += 1
        if key in self._slow:
            lane.again.add(key)
        self._next(lane)
        return True

    def hangs(self, key: Key) -> None:
        """The pass over an object is taking too long."""
        if key not in self._slow:
            self._slow.add(key)
            self._under_way[key].hanging.add(key)

    def ended(self, key: Key, *, quickly: bool) -> None:
        """The pass over an object is over."""
        if quickly:
            self._slow.discard(key)
        lane = self._under_way.pop(key)
        lane.under_way -= 1
        lane.hanging.discard(key)
        lane.again.discard(key)
        self._next(lane)

    def answered(self, key: Key, *, throttled: bool) -> None:
        """What AWS has said to a call of the pass that is under way over an object."""
        lane = self._under_way.get(key)
        if lane is None:
            return
        if throttled:
            lane.rate.throttled(self._now())
        else:
            lane.rate.answered(self._now())

    def _lane(self, name: Hashable) -> _Lane:
        """The lane of a name. Names come and go with the objects, so those of which nothing is left are dropped now and then."""
        if name not in self._lanes:
            if len(self._lanes) >= self._most_lanes:
                now = self._now()
                self._lanes = {
                    known: lane for known, lane in self._lanes.items() if not lane.has_nothing_to_remember(now)
                }
                self._most_lanes = max(2 * len(self._lanes), _LANES_KEPT)
            self._lanes[name] = _Lane()
        return self._lanes[name]

    def _has_place(self, lane: _Lane, key: Key) -> bool:
        if self._at_once is not None and lane.under_way >= self._at_once:
            return False
        if key in self._slow:
            return len(lane.again) < self._most_again
        return len(lane.hanging) < self._most_hanging

    def _next(self, lane: _Lane) -> None:
        """Call the first who may begin. One at a time: it calls the next when it begins."""
        if lane.rate.wait(self._now()) > 0:
            self._arm(lane)
            return
        first = next((key for key in lane.line if self._has_place(lane, key)), None)
        if first is not None:
            del lane.line[first]
            self._queue.add(first)

    def _arm(self, lane: _Lane) -> None:
        """Look again when there is a token. Where places are lacking, the end of a pass is what is waited for."""
        seconds = lane.rate.wait(self._now()) / self._scale
        if lane.line and seconds > 0 and lane.timer is None:
            lane.timer = asyncio.get_running_loop().call_later(max(seconds, 0.001), self._token, lane)

    def _token(self, lane: _Lane) -> None:
        lane.timer = None
        self._next(lane)

    def _now(self) -> float:
        return asyncio.get_running_loop().time() * self._scale
