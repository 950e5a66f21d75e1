"""Which points the suite tries: those of the day, or those that somebody names."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from .lane import RunError
from .points import Point, drawn, points_of
from .scenarios import Scenario
from .trials import Trials

SEED = os.environ.get("CRASH_SEED") or f"{datetime.now(UTC):%Y-%m-%d}"
POINTS = [Point.read(text) for text in os.environ.get("CRASH_POINTS", "").split(",") if text]


def chosen(trials: Trials, scenario: Scenario) -> list[Point]:
    """Return the points of a scenario that are to be tried."""
    if POINTS:
        return [point for point in POINTS if point.scenario == scenario.name]
    try:
        calls = trials.undisturbed(scenario).calls
    except RunError:
        return []  # a test of its own says so
    return drawn(points_of(scenario.name, calls), calls, scenario.drawn, seed=SEED)
