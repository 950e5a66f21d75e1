"""The guards themselves: they see what they are there to see."""

from __future__ import annotations

import json


def said_of(environment):
    """What the guard would say at the end of the test; it will not, for it is said here."""
    environment.world.environments.remove(environment)
    return environment.too_many_calls()


def test_call_that_the_test_has_not_allowed_is_seen(world):
    environment = world.available("careless", maxWorkers=5)
    assert environment.too_many_calls() == []
    environment.apply(maxWorkers=8).wait_ready()
    [said] = said_of(environment)
    assert said.startswith("1 UpdateEnvironment")


def test_refused_call_that_the_test_has_not_allowed_is_seen(world):
    environment = world.environment("refused", airflowVersion="9.9.9").apply()
    environment.wait_reason("Stalled", "InvalidConfiguration")
    [said] = said_of(environment)
    assert said.startswith("1 refused")


def test_loop_that_goes_hot_is_seen(new_world):
    world = new_world(RESYNC_SECONDS="0.1")
    world.start_operator()
    environment = world.available("hot")
    world.until(lambda: environment.too_many_calls() != [], "look too often")
    assert "looks" in said_of(environment)[0]
    world.operator.stop()


def test_version_that_gitops_tools_misunderstand_is_seen(world, recorder, request):
    """As if the operator left an environment not ready, with nothing under way and nothing to wait for."""
    environment = world.available("contradictory")
    assert recorder.objections(request.node.nodeid) == []
    broken = {**environment.condition("Ready"), "status": "False", "reason": "CreateFailed"}
    patch = f"--patch={json.dumps({'status': {'conditions': [broken]}})}"
    world.kubectl("patch", "mwaa/contradictory", "--subresource=status", "--type=merge", patch)
    said = []
    world.until(lambda: said.extend(recorder.objections("another test")) or said, "be recorded with that status")
    for words in (request.node.nodeid, "both mean the same", "Ready=False CreateFailed", '"Degraded"', '"InProgress"'):
        assert words in said[0]
