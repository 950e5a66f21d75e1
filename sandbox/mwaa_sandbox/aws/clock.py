"""The clock of the simulated AWS: it can run faster than the world, be moved forward, and stand still.

Two times are kept apart. *AWS-time* is what operations take (a create of 25 minutes is over after 25 seconds at scale
60). *Wall time* is what callers and the rest of the sandbox live in; time stamps in answers are wall time, so that they
compare with a caller's own clock as AWS's would.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class ScaledClock:
    """AWS-time as a piecewise linear function of real time. Safe to use from many threads."""

    def __init__(
        self,
        time_scale: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._lock = threading.Lock()
        self._scale = _checked(time_scale)
        self._real_origin = monotonic()
        self._aws_origin = wall()

    @property
    def time_scale(self) -> float:
        """AWS-time seconds per real second; 0 means that AWS-time stands still."""
        return self._scale

    def now(self) -> float:
        """Return AWS-time in seconds. It starts as the epoch time of the simulator's start."""
        with self._lock:
            return self._now()

    def wall(self) -> float:
        """Return the real epoch time in seconds."""
        return self._wall()

    def aws_time_of(self, wall: float) -> float:
        """Return the AWS-time of a recent moment of wall time, as if the scale had always been the present one."""
        with self._lock:
            return self._now() - (self._wall() - wall) * self._scale

    def set_time_scale(self, time_scale: float) -> None:
        """Run at another speed from now on.

        Raises:
            ValueError: for a negative scale.
        """
        with self._lock:
            self._aws_origin, self._real_origin = self._now(), self._monotonic()
            self._scale = _checked(time_scale)

    def advance(self, seconds: float) -> None:
        """Move AWS-time forward at once.

        Raises:
            ValueError: for a negative number; time does not go backwards.
        """
        if seconds < 0:
            raise ValueError("time cannot go backwards: give 0 or more seconds")
        with self._lock:
            self._aws_origin += seconds

    def _now(self) -> float:
        return self._aws_origin + (self._monotonic() - self._real_origin) * self._scale


def _checked(time_scale: float) -> float:
    if not 0 <= time_scale < float("inf"):
        raise ValueError("the time scale must be 0 (frozen) or a positive number")
    return time_scale
