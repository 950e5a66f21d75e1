"""An event loop whose clock jumps instead of waiting, so that days of the operator's life pass in seconds of a test's."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from typing import Any

EPOCH = datetime(2026, 11, 23, 0, 0, tzinfo=UTC).timestamp()  # a Monday


_TURN_SECONDS = 1e-6


class NothingToWaitForError(RuntimeError):
    """Nothing is scheduled any more: in real time this would hang for ever."""


class _JumpingSelector(selectors.BaseSelector):
    """Waits by moving the clock. It watches nothing, for nothing in here comes from outside the process."""

    def __init__(self) -> None:
        self.now = 0.0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingToWaitForError
        # Each turn of a loop takes a while: who waits for less than the clock can show would otherwise wait for ever.
        self.now += max(timeout, _TURN_SECONDS)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._keys[fileobj] = key = selectors.SelectorKey(fileobj, 0, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio as it is, but for the clock."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._clock_resolution = 1e-6

    # Nothing comes from another thread, so there is no pipe to be woken through, and no sockets to run out of.
    def _make_self_pipe(self) -> None:
        pass

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def time(self) -> float:
        return self._jumping.now

    def wall(self) -> float:
        """Give the time of the day, as seconds since 1970."""
        return EPOCH + self._jumping.now

    def moment(self) -> datetime:
        """Give the time of the day as an aware `datetime`."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def pass_time(self, seconds: float) -> None:
        """Let everything that is due within so many seconds happen."""
        self.run_until_complete(asyncio.sleep(seconds))

    def now_do(self, work: Awaitable[Any]) -> Any:
        return self.run_until_complete(work)  # type: ignore[arg-type]


class VirtualExecutor(Executor):
    """Runs a blocking call on the loop, `seconds()` after it was asked for.

    `alive` says whether the process that asks still lives: a dead one gets no answer.
    """

    def __init__(self, loop: VirtualLoop, *, seconds: Callable[[], float], alive: Callable[[], bool]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._alive = alive

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        # call_later takes the context of the pass along, by which the harness knows whose call it is.
        self._loop.call_later(self._seconds(), self._run, future, lambda: fn(*args, **kwargs))
        return future

    def _run(self, future: Future[Any], call: Callable[[], Any]) -> None:
        if not self._alive():
            return
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits for it
            future.set_exception(error)
        except BaseException:
            if self._alive():
                raise
        else:
            future.set_result(result)
