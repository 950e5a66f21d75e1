"""The API server, and etcd behind it, go and come back: nothing is lost, nothing is done twice."""

from __future__ import annotations

import time

import pytest

OUTAGE_SECONDS = 6
"""Of ours, twelve minutes of AWS's time."""
LONG, SHORT = 1200, 700
"""How long AWS is at work, in its own time: ten seconds of ours, and six."""

pytestmark = pytest.mark.slow


class Inhabitants:
    """Environments in all states that an outage may find them in."""

    def __init__(self, world, outage, *, lasting):
        self.resting = world.environment(f"{outage}-resting", maxWorkers=5).apply()
        self.edited = world.environment(f"{outage}-edited", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.drifted = world.environment(f"{outage}-drifted", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.doomed = world.environment(f"{outage}-doomed").apply()
        self.updating = world.environment(f"{outage}-updating", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.going = world.environment(f"{outage}-going").apply()
        for each in (self.resting, self.edited, self.drifted, self.doomed, self.updating, self.going):
            each.wait_ready()
        self.creating = world.environment(f"{outage}-creating")
        self.creating.script("create", duration_seconds=lasting)
        self.updating.script("update", duration_seconds=lasting)
        self.going.script("delete", duration_seconds=lasting)
        self.creating.apply()
        self.updating.apply(maxWorkers=8)
        self.going.delete(wait=False)
        self.creating.wait_aws_status("CREATING")
        self.updating.wait_aws_status("UPDATING")
        self.going.wait_aws_status("DELETING")

    def meanwhile(self):
        """What happens to them while nobody can be told."""
        self.drifted.change_in_aws(MaxWorkers=3)

    def at_once(self):
        """What people do as soon as they can."""
        self.edited.apply(maxWorkers=9)
        self.doomed.delete(wait=False)

    def settle(self):
        """All of them become what they are to be, with no call more than that takes."""
        for each in (self.resting, self.creating):
            each.wait_ready()
        for each, workers in ((self.edited, 9), (self.updating, 8), (self.drifted, 5)):
            each.world.until(lambda each=each, workers=workers: maximum(each) == workers, f"set {each.name} right")
            each.wait_ready()
            assert each.accepted("UpdateEnvironment") == [{"MaxWorkers": workers}]
        for each in (self.doomed, self.going):
            each.world.until(lambda each=each: not each.exists(), f"let {each.name} go")
            assert not each.is_in_aws()
            assert len(each.calls("DeleteEnvironment")) == 1
        for each in (self.resting, self.creating, self.edited, self.updating, self.drifted):
            assert len(each.calls("CreateEnvironment")) == 1
            assert each.condition("Ready")["status"] == "True"
        assert self.resting.accepted("UpdateEnvironment") == []


def maximum(environment):
    return environment.in_aws()["settings"]["MaxWorkers"]


def test_nothing_is_lost_or_doubled_while_the_api_server_is_away(world, control_plane):
    inhabitants = Inhabitants(world, "away", lasting=LONG)
    control_plane.stop_api_server()
    inhabitants.meanwhile()
    back = time.monotonic() + OUTAGE_SECONDS
    world.until(lambda: time.monotonic() > back, "outlive the outage")
    assert world.operator.get("/healthz") == "ok\n"
    control_plane.start_api_server()
    inhabitants.at_once()
    inhabitants.settle()


def test_nothing_is_lost_or_doubled_when_etcd_crashes(world, control_plane):
    inhabitants = Inhabitants(world, "crash", lasting=SHORT)
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
