"""The work queue: which object is due, and when.

Four promises, each a test: a key is handed to one worker at a time; a key that is asked for several times is handed out once; a key
that is asked for while it is being worked on is handed out again afterwards; of two times for one key the earlier one counts.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class WorkQueue(Generic[K]):
    """A deduplicating queue with delays. Belongs to one event loop and reads time from it, so tests run it in virtual time."""

    def __init__(self) -> None:
        self._ready: deque[K] = deque()
        self._waiting_since: dict[K, float] = {}
        self._due: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._order = itertools.count()
        self._active: set[K] = set()
        self._again: set[K] = set()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many keys are due and not yet handed out."""
        return len(self._ready)

    def add(self, key: K) -> None:
        """Ask for a key now."""
        self._due.pop(key, None)
        if key in self._active:
            self._again.add(key)
        elif key not in self._waiting_since:
            self._waiting_since[key] = asyncio.get_running_loop().time()
            self._ready.append(key)
            self._wake.set()

    def add_after(self, key: K, seconds: float) -> None:
        """Ask for a key in so many seconds, unless it is asked for sooner already."""
        if seconds <= 0:
            self.add(key)
            return
        due = asyncio.get_running_loop().time() + seconds
        if key in self._waiting_since or self._due.get(key, due + 1) <= due:
            return
        self._due[key] = due
        heapq.heappush(self._heap, (due, next(self._order), key))
        self._arm()

    def forget(self, key: K) -> None:
        """Drop whatever is planned for a key. Work that is under way goes on."""
        self._due.pop(key, None)
        self._again.discard(key)
        if self._waiting_since.pop(key, None) is not None:
            self._ready.remove(key)

    async def take(self) -> K:
        """Wait for a key that is due. Say `done` when it has been worked on."""
        while not self._ready:
            self._wake.clear()
            await self._wake.wait()
        key = self._ready.popleft()
        del self._waiting_since[key]
        self._active.add(key)
        if self._ready:
            self._wake.set()
        return key

    def done(self, key: K) -> None:
        """Give a key back, so that it may be handed out again."""
        self._active.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def oldest_wait(self) -> float:
        """For how many seconds the key that is due longest has been waiting for a worker."""
        if not self._ready:
            return 0.0
        return asyncio.get_running_loop().time() - self._waiting_since[self._ready[0]]

    def _arm(self) -> None:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap:
            self._timer = asyncio.get_running_loop().call_at(self._heap[0][0], self._release)

    def _release(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._heap and self._heap[0][0] <= now:
            due, _, key = heapq.heappop(self._heap)
            if self._due.get(key) == due:
                self.add(key)
        self._arm()
