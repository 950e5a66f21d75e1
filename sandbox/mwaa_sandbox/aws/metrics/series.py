"""Samples of a metric, one set a minute, and what the statistics of CloudWatch make of them.

Samples are told by stretches in which they are alike, and not one by one: two weeks of an idle environment are one stretch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from mwaa_sandbox.aws.fleet.timeline import Timeline

SAMPLE_SECONDS = 60


@dataclass(frozen=True)
class Samples:
    """What is sampled each minute: `count` times a value, or, with `since`, the seconds that have passed since an AWS-time."""

    value: float
    count: int = 1
    since: float | None = None

    def at(self, moment: float) -> float:
        return self.value if self.since is None else moment - self.since


Series = Timeline[Samples | None]
"""A metric over AWS-time; None where it has no samples."""


@dataclass
class Statistics:
    """What is known of one period."""

    count: int = 0
    total: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf

    def add(self, samples: Samples, first: float, last: float, times: int) -> None:
        """Add the samples of as many minutes, the first and the last at these moments."""
        values = samples.at(first), samples.at(last)
        self.count += samples.count * times
        self.total += samples.count * times * (values[0] + values[1]) / 2
        self.lowest = min(self.lowest, *values)
        self.highest = max(self.highest, *values)


STATISTICS: dict[str, Callable[[Statistics], float]] = {
    "SampleCount": lambda of: float(of.count),
    "Sum": lambda of: of.total,
    "Average": lambda of: of.total / of.count,
    "Minimum": lambda of: of.lowest,
    "Maximum": lambda of: of.highest,
}
"""By CloudWatch's names."""


def by_period(series: Series, *, begin: float, end: float, period: int, shift: float) -> dict[int, Statistics]:
    """Return the periods between two moments of the caller's clock that have samples, by their beginnings.

    Periods begin at multiples of their length since the epoch. `shift` is how far the caller's clock is ahead of AWS-time.
    """
    found: dict[int, Statistics] = {}
    for first, last, samples in series.pieces(begin - shift, end - shift):
        if samples is None:
            continue
        minute = _next_minute(first + shift)
        while minute < last + shift:
            of = minute // period * period
            until = min(_next_minute(last + shift), of + period)
            times = (until - minute) // SAMPLE_SECONDS
            latest = minute + (times - 1) * SAMPLE_SECONDS
            found.setdefault(of, Statistics()).add(samples, minute - shift, latest - shift, times)
            minute = until
    return found


def _next_minute(moment: float) -> int:
    """Return the first whole minute that is not before a moment."""
    return math.ceil(moment / SAMPLE_SECONDS) * SAMPLE_SECONDS
