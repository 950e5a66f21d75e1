"""Calls that are made side by side, in threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, wait
from threading import Event
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class StoppedError(Exception):
    """What was under way was told to stop, and has."""


class SideBySide:
    """Makes the same call of many things. `stopped` is asked before each."""

    def __init__(self, executor: Executor, *, stopped: Callable[[], bool]) -> None:
        self._executor = executor
        self._stopped = stopped

    def all_of(self, call: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        """What the calls give. Raises what the first raises that fails, and StoppedError."""
        done, error = self.as_many_as_possible(call, items)
        if error is not None:
            raise error
        return done

    def as_many_as_possible(
        self, call: Callable[[_Item], _Result], items: Sequence[_Item]
    ) -> tuple[list[_Result], Exception | None]:
        """What became of the calls that were made, and the first error: after it no other is begun."""
        failed = Event()

        def attempt(item: _Item) -> _Result:
            if self._stopped() or failed.is_set():
                raise StoppedError
            try:
                return call(item)
            except Exception:
                failed.set()
                raise

        futures = [self._executor.submit(attempt, item) for item in items]
        wait(futures)
        errors = [error for future in futures if (error := future.exception()) is not None]
        first = next((error for error in errors if not isinstance(error, StoppedError)), next(iter(errors), None))
        if first is not None and not isinstance(first, Exception):
            raise first
        return [future.result() for future in futures if future.exception() is None], first
