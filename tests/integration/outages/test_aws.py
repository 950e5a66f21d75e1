"""AWS is away, slow, or answers what it should not: nothing is lost or done twice, and nobody waits for another's trouble."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.slow

STOP_SECONDS = 5
AWAY_SECONDS = 4
"""Of ours, eight minutes of AWS's time."""
FAULTS = ("connection_reset", "html", "error5xx", "timeout")
SLOW_SECONDS = 6
"""Of ours, an answer: longer than a pass may take before its worker is given to others."""
NEVER_SECONDS = 300


def until_passed(world, seconds):
    end = time.monotonic() + seconds
    world.until(lambda: time.monotonic() > end, "outlive the outage")


def test_nothing_is_lost_or_doubled_while_aws_is_away(world):
    """In four ways at once, each to some environments, beside some that AWS answers for."""
    edited, doomed, creating = {}, {}, {}
    for kind in (*FAULTS, None):
        name = (kind or "fine").replace("_", "-")
        edited[kind] = world.environment(f"{name}-edited", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        doomed[kind] = world.environment(f"{name}-doomed").apply()
        creating[kind] = world.environment(f"{name}-creating")
    for each in (*edited.values(), *doomed.values()):
        each.wait_ready()
    for kind in FAULTS:
        for each in (edited[kind], doomed[kind], creating[kind]):
            each.fault(kind, "*", delay_seconds=1 if kind == "timeout" else None)
    for kind in (*FAULTS, None):
        edited[kind].apply(maxWorkers=8)
        doomed[kind].delete(wait=False)
        creating[kind].apply()
    creating[None].wait_ready()
    edited[None].wait_ready()
    until_passed(world, AWAY_SECONDS)
    for kind in FAULTS:
        assert creating[kind].condition("Ready")["reason"] == "AwsUnreachable"
        assert [call for call in creating[kind].calls("CreateEnvironment") if call.status == 200] == []
    assert world.operator.get("/healthz") == "ok\n"
    world.aws.admin.remove_faults(account=world.account)
    for kind in (*FAULTS, None):
        creating[kind].wait_ready()
        world.until(lambda kind=kind: not doomed[kind].exists(), f"let {doomed[kind].name} go")
        world.until(lambda kind=kind: maximum(edited[kind]) == 8, f"edit {edited[kind].name}")
        edited[kind].wait_ready()
        assert edited[kind].accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
        assert len(creating[kind].accepted("CreateEnvironment")) == 1
        assert len(doomed[kind].accepted("DeleteEnvironment")) == 1
        assert not doomed[kind].is_in_aws()


def maximum(environment):
    return environment.in_aws()["settings"]["MaxWorkers"]


def test_storm_of_throttling_passes_over(new_world):
    world = new_world()
    world.start_operator()
    assert world.made, "before the storm"
    storm = world.aws.admin.add_fault("throttle", account=world.account, probability=0.9)
    fleet = [world.environment(f"storm-{number}", refusals=60).apply() for number in range(10)]
    until_passed(world, AWAY_SECONDS)
    arrived = len(world.aws.admin.calls(account=world.account, service="airflow"))
    world.aws.admin.remove_fault(storm)
    for each in fleet:
        each.wait_ready()
        assert len(each.accepted("CreateEnvironment")) == 1
    assert arrived < 60 * len(fleet), "that is one call in a second of AWS's for each, at a rate of 120"
    assert world.operator.get("/healthz") == "ok\n"


def test_slow_answers_are_waited_for(new_world):
    world = new_world(WORKERS="2")
    world.start_operator()
    fleet = [world.environment(f"slow-{number}") for number in range(4)]
    world.aws.admin.set_latency(SLOW_SECONDS, service="airflow", account=world.account)
    for each in fleet:
        each.apply()
    world.until(lambda: all(each.calls("CreateEnvironment") for each in fleet), "create all of them")
    assert world.operator.get("/healthz") == "ok\n"
    world.aws.admin.set_latency(0, service="airflow", account=world.account)
    for each in fleet:
        each.wait_ready()
        assert len(each.calls("CreateEnvironment")) == 1


def test_environments_that_aws_does_not_answer_for_keep_nobody_waiting(new_world):
    """More of them than workers, beside others of the same region and in a region that is dark."""
    world = new_world(WORKERS="4")
    world.start_operator()
    dark = [world.environment(f"dark-{number}", region="us-east-1", refusals=9) for number in range(12)]
    hanging = [world.environment(f"hanging-{number}") for number in range(3)]
    for each in (*dark, *hanging):
        each.fault("timeout", "*", delay_seconds=NEVER_SECONDS)
        each.apply()
    fine = [world.environment(f"fine-{number}").apply() for number in range(9)]
    for each in fine:
        each.wait_ready()
    assert [each.name for each in (*dark, *hanging) if each.calls()] == [], "none of them has been answered yet"
    assert world.operator.get("/healthz") == "ok\n"
    began = time.monotonic()
    assert world.operator.stop() == 0
    assert time.monotonic() - began < STOP_SECONDS
    world.aws.admin.remove_faults(account=world.account)
    world.start_operator()
    for each in hanging:
        each.wait_ready()
        assert len(each.accepted("CreateEnvironment")) == 1
