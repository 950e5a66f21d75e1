"""When to look at an environment again.

A poll costs a call and CPU; not polling costs the user the lag between AWS finishing and the operator noticing. If an operation ends
at hazard `h` (chance per second that it ends now, given that it has not ended yet) and it is polled every `d` seconds, then a second of
watching costs `1/d` calls and `h*d/2` seconds of lag. With one call worth `CALL_WORTH_SECONDS` of lag, the cheapest interval is
`sqrt(2 * worth / h)`: sparse while an operation cannot be finished yet, dense around when it usually does.

The hazard comes from a prior, the durations of `mwaa-behaviour.md` §2, and from what this process has seen: regions, classes and the
service itself drift, and a fleet that is rolled out together teaches about itself while it is still waiting.

All times are seconds of AWS time: the caller divides by the time scale (design §6).
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

CALL_WORTH_SECONDS = 1.0
SHORTEST_POLL = 5.0
LONGEST_POLL = 70.0
JITTER = 0.25
_SQRT2 = math.sqrt(2.0)


class Pace(StrEnum):
    """Kinds of operation that take differently long, so their durations are learned apart."""

    CREATE = "create"
    UPDATE = "update"
    UPGRADE = "upgrade"
    DELETE = "delete"


@dataclass(frozen=True)
class LogNormal:
    """A spread of durations, by its median in seconds and the standard deviation of its logarithm."""

    median: float
    sigma: float

    def density(self, seconds: float) -> float:
        z = math.log(seconds / self.median) / self.sigma
        return math.exp(-z * z / 2) / (seconds * self.sigma * math.sqrt(2 * math.pi))

    def survival(self, seconds: float) -> float:
        return 0.5 * math.erfc(math.log(seconds / self.median) / (self.sigma * _SQRT2))


PRIORS = {
    Pace.CREATE: LogNormal(25 * 60, 0.25),
    Pace.UPDATE: LogNormal(25 * 60, 0.35),
    Pace.UPGRADE: LogNormal(60 * 60, 0.4),
    Pace.DELETE: LogNormal(15 * 60, 0.3),
}
"""What AWS documents and others measured (`mwaa-behaviour.md` §2, durations)."""


class Durations:
    """What is known about how long operations of one kind take: a prior, and the latest durations seen.

    Each duration seen stands for others near it, as a log-normal kernel; the mixture of them and the prior gives the hazard.
    """

    _PRIOR_WEIGHT = 1.0
    _KERNEL_SIGMA = 0.3
    _KEPT = 64

    def __init__(self, prior: LogNormal, seen: Iterable[float] = ()) -> None:
        self._prior = prior
        self._seen: deque[LogNormal] = deque(maxlen=self._KEPT)
        for seconds in seen:
            self.add(seconds)

    def add(self, seconds: float) -> None:
        """Learn that one operation took this long."""
        if seconds > 0:
            self._seen.append(LogNormal(seconds, self._KERNEL_SIGMA))

    def hazard(self, elapsed: float) -> float:
        """Chance per second that an operation which has lasted `elapsed` seconds ends now."""
        elapsed = max(elapsed, 1.0)
        density = self._PRIOR_WEIGHT * self._prior.density(elapsed)
        survival = self._PRIOR_WEIGHT * self._prior.survival(elapsed)
        for kernel in self._seen:
            density += kernel.density(elapsed)
            survival += kernel.survival(elapsed)
        return density / max(survival, 1e-12)

    def poll_after(self, elapsed: float) -> float:
        """How long to wait, in seconds, before looking again at an operation that has lasted `elapsed` seconds."""
        wait = SHORTEST_POLL
        # The hazard may rise within the wait: take the longest one that is still right at its own end.
        while wait < LONGEST_POLL:
            longer = min(wait * 1.5, LONGEST_POLL)
            if longer > math.sqrt(2 * CALL_WORTH_SECONDS / max(self.hazard(elapsed + longer), 1e-12)):
                break
            wait = longer
        return wait


def jittered(seconds: float, *, random: float) -> float:
    """Spread a wait by a quarter either way, so that a fleet does not fall into step. `random` is in [0, 1)."""
    return seconds * (1 - JITTER + 2 * JITTER * random)


def failure_backoff(failures: int, *, first: float = 1.0, most: float = 300.0) -> float:
    """Seconds before the next try after so many failures in a row: doubling, up to `most`."""
    return min(first * 2.0 ** min(max(failures - 1, 0), 30), most)
