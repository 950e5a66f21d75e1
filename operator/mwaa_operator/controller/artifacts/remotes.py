"""Turns at servers that code is fetched from. One that hangs holds up those whose code comes from it, and nobody else.

git waits for half a minute for a server that says nothing, and for ten where it sends little; boto3 waits for three. So:

- Fetching has threads of its own: what is done with code that is there already never waits for it.
- Who takes longer than `PATIENCE_SECONDS` steps aside, as far as there is room, and makes place for another.
- Who was slow the last time begins aside, so that what hangs each time never gets into the way of what does not.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

PATIENCE_SECONDS = 5.0
"""Of real time, as the timeouts are. To hear that nothing is new takes a second."""
AT_A_TIME = 4
"""So many calls are under way at a time."""
ASIDE = 4
"""So many more may take their time beside them. Some are a git, which may need 100 MB for a large repository."""

_Result = TypeVar("_Result")


@dataclass
class Pace:
    """What is remembered of a source: whether it was slow the last time."""

    slow: bool = False


class Remotes:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=AT_A_TIME + ASIDE, thread_name_prefix="remotes")
        self._places = _Places(AT_A_TIME)
        self._aside = _Places(ASIDE)

    async def call(self, pace: Pace, call: Callable[[], _Result]) -> _Result:
        """Make a call in a thread when it is its turn. Raises what the call raises."""
        seat = _Seat(self._aside if pace.slow else self._places)
        await seat.places.take()
        loop = asyncio.get_running_loop()
        began = loop.time()
        stepping = loop.call_later(PATIENCE_SECONDS, seat.step_to, self._aside)

        def ended() -> None:
            stepping.cancel()
            pace.slow = loop.time() - began >= PATIENCE_SECONDS
            seat.places.give_back()

        def told(_: Future[_Result]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
                loop.call_soon_threadsafe(ended)

        called = self._executor.submit(call)
        # The place is held by the thread: it goes on where nobody waits for it any more.
        called.add_done_callback(told)
        return await asyncio.wrap_future(called)

    def stop(self) -> None:
        """Begin nothing more."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class _Places:
    """Places, and a line of those who wait for one."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        if self.taken_at_once():
            return
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.give_back()
            elif turn in self._line:
                self._line.remove(turn)
            raise

    def taken_at_once(self) -> bool:
        """Take one if there is one. Nobody waits then, for whoever waits gets the next."""
        if not self._free:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class _Seat:
    """The place that a call has now."""

    def __init__(self, places: _Places) -> None:
        self.places = places

    def step_to(self, others: _Places) -> None:
        if self.places is not others and others.taken_at_once():
            self.places.give_back()
            self.places = others
