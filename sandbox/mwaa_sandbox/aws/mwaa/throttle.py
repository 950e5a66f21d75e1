"""The rate at which InvokeRestApi is let through: 10 calls a second for each environment (mwaa-behaviour.md §1.4)."""

from __future__ import annotations

import threading

CALLS_PER_SECOND = 10.0
_A_WHOLE_CALL = 1 - 1e-6  # times are large numbers: a tenth of a second is worth a call, whatever the floats


class Throttle:
    """A bucket of tokens for each environment; seconds are those of AWS-time. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def admits(self, serial: str, *, now: float) -> bool:
        """Whether one more call of an environment is let through now; if so, it counts."""
        with self._lock:
            left, since = self._buckets.get(serial, (CALLS_PER_SECOND, now))
            left = min(CALLS_PER_SECOND, left + (now - since) * CALLS_PER_SECOND)
            admitted = left >= _A_WHOLE_CALL
            self._buckets[serial] = (left - 1 if admitted else left, now)
            return admitted
