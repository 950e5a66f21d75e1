"""Annotations act at once: here the operator would not look at an environment at rest for hours."""

from __future__ import annotations

import time

import pytest

BOUND_SECONDS = 10
"""Much more than it takes, which is a tenth of a second, and much less than it would take without the annotation."""
RESYNC_SECONDS = 2 * 3600
TRIES = 10


@pytest.fixture(scope="module")
def world(new_world):
    made = new_world()
    made.start_operator(RESYNC_SECONDS=str(RESYNC_SECONDS * made.scale))
    return made


def wait_for_call(environment, operation, since):
    """Give the seconds from a moment to the first such call that arrived after it."""

    def arrived():
        return [call.time for call in environment.calls(operation) if call.time >= since]

    environment.world.until(arrived, f"call {operation} for {environment.name}", BOUND_SECONDS)
    return arrived()[0] - since


def pause(environment):
    """Give the seconds from the annotation to the condition that says so."""
    began = time.time()
    environment.annotate("paused", "true")
    environment.wait_reason("Synced", "Paused")
    return time.time() - began


def go_on(environment, operation):
    """Give the seconds from the end of the pause to the first such call."""
    began = time.time()
    environment.annotate("paused", None)
    return wait_for_call(environment, operation, began)


def test_reconcile_request_has_aws_looked_at_at_once(world):
    environment = world.available("asked")
    seconds = []
    for _ in range(TRIES):
        began = time.time()
        request = environment.request_reconcile()
        seconds.append(wait_for_call(environment, "GetEnvironment", began))
        environment.wait_for(f"jsonpath={{.status.lastHandledReconcileAt}}={request}")
    assert max(seconds) < BOUND_SECONDS
    assert len(environment.calls("GetEnvironment")) < 2 * TRIES + 10, "it was not looked at without being asked to"


def test_pause_and_its_end_act_at_once(world):
    environment = world.available("paused", maxWorkers=5, allow={"UpdateEnvironment": TRIES})
    stops, starts = [], []
    for number in range(TRIES):
        stops.append(pause(environment))
        already = len(environment.calls())
        environment.apply(maxWorkers=6 + number)
        environment.wait_for(f"jsonpath={{.status.observedGeneration}}={number + 2}")
        assert len(environment.calls()) == already, "the edit was seen, and AWS was not asked"
        starts.append(go_on(environment, "UpdateEnvironment"))
        environment.wait_ready()
    assert max(*stops, *starts) < BOUND_SECONDS


def test_pause_stops_the_looks_at_an_operation_that_is_under_way(world):
    environment = world.available("watched", maxWorkers=5, allow={"UpdateEnvironment": 1})
    environment.hold("update")
    environment.apply(maxWorkers=8).wait_aws_status("UPDATING")
    environment.wait_looks()
    assert pause(environment) < BOUND_SECONDS
    already = len(environment.calls())
    # A whole create, and so many looks at it.
    world.available("beside")
    assert len(environment.calls()) == already
    assert go_on(environment, "GetEnvironment") < BOUND_SECONDS
    environment.wait_looks()
    environment.come_to("AVAILABLE")
