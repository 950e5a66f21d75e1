"""How often the Airflow of one environment is asked, by whatever part of this process.

MWAA lets through ten calls of InvokeRestApi a second (mwaa-behaviour.md §1.4). The operator takes half of them, so that people and
programs that call the same environment are never throttled because of it.
"""

import threading
import time
from collections.abc import Callable

CALLS_PER_SECOND = 5.0
BURST = 2.0
"""Calls that need not wait after a rest. So there are seven in the busiest second."""


class CallRate:
    """A token bucket. Threads that come too early wait in `take`. `scale` is by how much AWS's time runs faster than ours."""

    def __init__(
        self,
        *,
        scale: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._scale = scale
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = BURST
        self._filled = clock()

    def take(self) -> None:
        """Return when one more call may be made. It then counts, so each thread waits for its own."""
        with self._lock:
            now = self._clock()
            gained = (now - self._filled) * self._scale * CALLS_PER_SECOND
            self._tokens = min(self._tokens + gained, BURST) - 1.0
            self._filled = now
            owed = -self._tokens
        if owed > 0:
            self._sleep(owed / CALLS_PER_SECOND / self._scale)

    def count(self, calls: int) -> None:
        """Calls that were made without being let through, as boto3 repeats some: the next ones wait the longer."""
        with self._lock:
            self._tokens -= calls
