"""What AWS does to some, slowly or not at all, keeps no others waiting, and is outlived."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.slow

STOP_SECONDS = 5
STORM_SECONDS = 4
"""Of ours, eight minutes of AWS's time."""
SLOW_SECONDS = 6
"""Of ours, an answer: longer than a pass may take before its worker is given to others."""
NEVER_SECONDS = 300


def test_storm_of_throttling_passes_over(new_world):
    world = new_world()
    world.start_operator()
    assert world.made, "before the storm"
    storm = world.aws.admin.add_fault("throttle", account=world.account, probability=0.9)
    fleet = [world.environment(f"storm-{number}", refusals=60).apply() for number in range(10)]
    end = time.monotonic() + STORM_SECONDS
    world.until(lambda: time.monotonic() > end, "outlive the storm")
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
