"""Turns at servers that code is fetched from. One that hangs holds up those whose code comes from it, and nobody else.

git waits for half a minute for a server that says nothing, and for ten where it sends little; boto3 waits for three. So:

- Fetching has threads of its own: what is done with code that is there already never waits for it.
- Who takes longer than `PATIENCE_SECONDS` hangs: it steps aside as soon as there is room, and makes place for another.
- Whose source was slow the last time begins aside, and so does everybody at a server where some hang at this moment. What hangs each
  time, and a server that is down with all that comes from it, never get into the way of others.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

PATIENCE_SECONDS = 5.0
"""Of real time, as the timeouts are. To hear that nothing is new takes a second."""
AT_A_TIME = 4
"""So many calls are under way at a time."""
ASIDE = 8
"""So many more may take their time beside them. Most of those wait for a word; a git that fetches a large repository needs 100 MB."""
HANGING_AT_A_SERVER = 2
"""Where so many hang, others are expected to."""

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
        self._hanging: Counter[str] = Counter()
        self._stepping: deque[_Seat] = deque()
        """Those who hang and have no room aside yet."""

    async def fetch(self, server: str, pace: Pace, call: Callable[[], _Result]) -> _Result:
        """Have a source of a server fetched in a thread when it is its turn. Raises what the call raises."""
        expected_to_hang = pace.slow or self._hanging[server] >= HANGING_AT_A_SERVER
        seat = _Seat(server, self._aside if expected_to_hang else self._places)
        await seat.places.take()
        loop = asyncio.get_running_loop()
        patience = loop.call_later(PATIENCE_SECONDS, self._hangs, seat)

        def ended() -> None:
            patience.cancel()
            pace.slow = seat.hangs
            self._leave(seat)

        def told(_: Future[_Result]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
                loop.call_soon_threadsafe(ended)

        called = self._executor.submit(call)
        # The place is held by the thread: it goes on where nobody waits for it any more.
        called.add_done_callback(told)
        return await asyncio.wrap_future(called)

    def _hangs(self, seat: "_Seat") -> None:
        seat.hangs = True
        self._hanging[seat.server] += 1
        if seat.places is self._places:
            if self._aside.taken_at_once():
                self._step_aside(seat)
            else:
                self._stepping.append(seat)

    def _leave(self, seat: "_Seat") -> None:
        if seat.hangs:
            self._hanging[seat.server] -= 1
            self._hanging += Counter()  # without those that are at nought
        if seat in self._stepping:
            self._stepping.remove(seat)
        if seat.places is self._aside and self._stepping:
            self._step_aside(self._stepping.popleft())
        else:
            seat.places.give_back()

    def _step_aside(self, seat: "_Seat") -> None:
        seat.places = self._aside
        self._places.give_back()

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
    """A call: where, the places of which it has one now, and whether it hangs."""

    def __init__(self, server: str, places: _Places) -> None:
        self.server = server
        self.places = places
        self.hangs = False
