"""The moment of a pass, and how fast AWS's time runs beside ours (design §6: sandboxes and tests scale it)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Moment:
    """Now, in UTC. `scale` is how many seconds of AWS's time pass in one of ours: 1 in the real world."""

    now: datetime
    scale: float = 1.0

    def seconds_since(self, earlier: datetime) -> float:
        """Seconds of AWS's time that have passed since `earlier`; never negative."""
        return max((self.now - earlier).total_seconds(), 0.0) * self.scale
