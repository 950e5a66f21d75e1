"""Which calls a process has made, in which order, and where it is to be ended.

Every request counts as one call: reads, writes, and the questions by which a client finds out what a server offers. A watch is the
call that opens it, answered when its head has come; what streams through it afterwards are no calls. Calls that are made at the
same time are counted in the order in which they arrive, which may differ from run to run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """On which side of a call the process ends."""

    BEFORE = "before"
    """The call is never passed on."""
    AFTER = "after"
    """The call is carried out, its answer is lost."""


@dataclass(frozen=True)
class Trap:
    """Ends the process at the call with this ordinal, counted from 1."""

    ordinal: int
    side: Side


@dataclass
class Call:
    """A request. `status` is None until it is answered, and stays so if it never is."""

    ordinal: int
    upstream: str
    method: str
    target: str
    service: str
    """The AWS service that it is signed for; "" for anything else."""
    watch: bool
    status: int | None = None
    operation: str = ""
    """AWS's name of what is asked for, where the request says it beside the target: X-Amz-Target, or Action in a form."""


class DroppedError(Exception):
    """The process is at its end: nothing is passed on or answered any more."""


class Journal:
    """Counts calls, and springs the trap. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._counting = False
        self._trap: Trap | None = None
        self._end: Callable[[], object] | None = None
        self._under_way = 0
        self._watches = 0
        self._last_moved = time.monotonic()
        self.sprung: Call | None = None

    def count(self, trap: Trap | None = None, end: Callable[[], object] | None = None) -> None:
        """Count from now on. At the trap `end` is called, which has to return when the process is no more."""
        if trap is not None and end is None:
            raise ValueError("a trap needs a way to end the process")
        with self._lock:
            self._counting, self._trap, self._end = True, trap, end

    def calls(self) -> list[Call]:
        """Return the calls that were counted."""
        with self._lock:
            return list(self._calls)

    def watches(self) -> int:
        """Return how many watches are open."""
        with self._lock:
            return self._watches

    def quiet_seconds(self) -> float:
        """Return for how long no call has been under way; watches are always under way and left out."""
        with self._lock:
            return 0.0 if self._under_way else time.monotonic() - self._last_moved

    def arrived(self, call: Call) -> None:
        """Note that a call is about to be passed on; raises DroppedError if it may not be."""
        with self._lock:
            self._raise_if_over()
            if self._counting:
                call.ordinal = len(self._calls) + 1
                self._calls.append(call)
                self._spring_at(call, Side.BEFORE)
            self._moved(call, +1)

    def answered(self, call: Call, status: int) -> None:
        """Note that a call was answered; raises DroppedError if the answer must not be handed back."""
        with self._lock:
            call.status = status
            self._raise_if_over()
            self._spring_at(call, Side.AFTER)

    def over(self, call: Call) -> None:
        """Note that a call which had arrived is over, however it ended."""
        with self._lock:
            self._moved(call, -1)

    def _spring_at(self, call: Call, side: Side) -> None:
        if self._trap == Trap(call.ordinal, side) and self._end is not None:
            self.sprung = call
            self._end()
            self._raise_if_over()

    def _raise_if_over(self) -> None:
        if self.sprung is not None:
            raise DroppedError

    def _moved(self, call: Call, change: int) -> None:
        if call.watch:
            self._watches += change
        else:
            self._under_way += change
            self._last_moved = time.monotonic()
