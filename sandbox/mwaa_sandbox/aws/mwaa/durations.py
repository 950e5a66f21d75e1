"""How long AWS takes, as distributions that can be sampled and overridden.

The figures are those of mwaa-behaviour.md §2 ("Durations"); they are wide, because AWS's are, and because environments
that finish together would make a client's polling look better than it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True)
class Spread:
    """A uniform distribution around a mean, in AWS-time seconds. A `spread` of 0.3 means plus or minus 30 percent."""

    mean_seconds: float
    spread: float = 0.0

    def __post_init__(self) -> None:
        if self.mean_seconds < 0 or not 0 <= self.spread <= 1:
            raise ValueError("a duration needs meanSeconds of 0 or more and a spread between 0 and 1")

    def sample(self, rng: random.Random) -> float:
        return self.mean_seconds * (1 + self.spread * rng.uniform(-1, 1))


@dataclass(frozen=True)
class Durations:
    """One distribution per thing that takes time."""

    create: Spread = Spread(26 * MINUTE, 0.3)
    """20-30 minutes by the user guide, 25-35 seen."""
    update: Spread = Spread(25 * MINUTE, 0.35)
    """FORCED: 20-30 minutes by the user guide, 15-35 seen."""
    graceful_update: Spread = Spread(30 * MINUTE, 0.35)
    """GRACEFUL waits for running tasks, up to 12 hours, and in the simulated environments none run: set more to have it wait."""
    version_change: Spread = Spread(80 * MINUTE, 0.4)
    """Up to 2 hours."""
    rollback: Spread = Spread(25 * MINUTE, 0.4)
    """Not documented on its own; an update that fails is known to take longer than one that does not."""
    maintenance: Spread = Spread(HOUR, 0.5)
    """Not documented."""
    delete: Spread = Spread(17 * MINUTE, 0.4)
    """10-25 minutes seen."""
    tombstone: Spread = Spread(5 * MINUTE, 0.2)
    """How long DELETED stays readable is unknown (§12.3)."""
