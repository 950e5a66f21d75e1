"""etcd, and the watch of the API server, go and come back: nothing is lost, nothing is done twice."""

from __future__ import annotations

import pytest

from .inhabitants import Inhabitants, maximum

AT_WORK = 700
"""How long AWS is at work, in its own time: six seconds of ours."""

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_when_etcd_crashes(world, control_plane):
    inhabitants = Inhabitants(world, "crash", lasting=AT_WORK)
    control_plane.restart_etcd()
    inhabitants.meanwhile()
    inhabitants.at_once()
    inhabitants.settle()


def test_edits_are_seen_however_often_the_watch_is_cut(world, control_plane):
    environment = world.available("cut", maxWorkers=5, allow={"UpdateEnvironment": 2})
    for workers in (6, 7):
        control_plane.restart_api_server()
        environment.apply(maxWorkers=workers)
        world.until(lambda workers=workers: maximum(environment) == workers, f"see the edit to {workers}")
        environment.wait_ready()
    assert [each["MaxWorkers"] for each in environment.accepted("UpdateEnvironment")] == [6, 7]
