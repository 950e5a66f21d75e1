"""The API server is away for a minute and comes back: the operator goes on trying, loses nothing and does nothing twice."""

from __future__ import annotations

import contextlib
import time

import pytest

from .conftest import resident_mb
from .inhabitants import Inhabitants, maximum

OUTAGE_SECONDS = 60
AT_WORK = 1200
"""How long AWS is at work, in its own time: ten seconds of ours."""
GROWTH_MB = 8
"""Trying in vain keeps nothing: a few connections and exceptions of the moment."""

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_while_the_api_server_is_away_for_a_minute(world, control_plane):
    inhabitants = Inhabitants(world, "away", lasting=AT_WORK, outlasting=True)
    before = resident_mb(world)
    with api_server_away(control_plane):
        inhabitants.meanwhile()
        tried, memory = follow(world, until=time.monotonic() + OUTAGE_SECONDS)
        assert tried[-1] > tried[len(tried) // 2] > tried[0], f"it has given up: {tried}"
        assert max(memory) - before < GROWTH_MB, f"the operator has grown from {before:.0f} to {max(memory):.0f} MB"
        assert maximum(inhabitants.updating) == 8, "the update ended meanwhile"
    inhabitants.at_once()
    inhabitants.settle()


@contextlib.contextmanager
def api_server_away(control_plane):
    """Whatever happens, it is there again for the next test."""
    control_plane.stop_api_server()
    try:
        yield
    finally:
        control_plane.start_api_server()


def follow(world, *, until):
    """See to it that the operator answers all the time. Gives its failed passes, and its memory, as they were every ten seconds."""
    tried, memory = [], []

    def over():
        assert world.operator.get("/healthz") == "ok\n"
        now = time.monotonic()
        if now >= until - OUTAGE_SECONDS + 10 * len(tried):
            tried.append(world.operator.metric("mwaa_operator_reconcile_passes_total", result="error"))
            memory.append(resident_mb(world))
        return now >= until

    world.until(over, "outlive the outage", OUTAGE_SECONDS + 5)
    return tried, memory
