"""A load that comes and goes: MWAA's workers follow it, and the operator says when they cannot, from CloudWatch alone."""

from __future__ import annotations

import secrets

import pytest
from mwaa_sandbox.aws.load_client import LoadStep
from mwaa_sandbox.aws.process import DEFAULT_REGION

HOUR, DAY = 3600, 86400
SIZES = {"environmentClass": "mw1.small", "minWorkers": 1, "maxWorkers": 5}
LONG_AGO = 1.6e9
"""Epoch seconds: an environment of that age has had time to use its workers."""


@pytest.fixture
def environment(world):
    """An environment that is Ready, with one to five workers of five tasks each."""
    name = f"load-{secrets.token_hex(3)}"
    world.apply(name, ready=True, webserverAccessMode="PUBLIC_ONLY", **SIZES)
    return name


@pytest.fixture
def put(world, environment):
    """Put a load on the environment."""

    def steps(*of, begins_ago=0.0):
        world.aws.admin.script_load(world.account, DEFAULT_REGION, environment, *of, begins_ago=begins_ago)

    return steps


@pytest.fixture
def sees(world, environment):
    """Wait until the status says of the load what is to be said; gives the status."""

    def wait(value, reason, tasks):
        def said():
            status = world.get(environment)["status"]
            found = next((one for one in status["conditions"] if one["type"] == "WellSized"), {})
            shown = status.get("load", {})
            return (found.get("status"), found.get("reason")) == (value, reason) and tasks(shown)

        world.until(said, f"see WellSized {value} for {reason}", seconds=120)
        return world.get(environment)["status"]

    return wait


@pytest.fixture
def fleet(world, environment):
    return lambda: world.aws.admin.fleet(world.account, DEFAULT_REGION, environment)


def message(status):
    return next(one["message"] for one in status["conditions"] if one["type"] == "WellSized")


def test_workers_follow_a_load_and_the_advice_comes_and_goes(world, mwaa, put, sees, fleet, environment):
    spec = world.get(environment)["spec"]

    put(LoadStep(tasks=18))
    status = sees("True", "FitsLoad", lambda load: load.get("workers") == 4)
    assert (status["load"]["runningTasks"], status["load"]["queuedTasks"]) == (18, 0)

    put(LoadStep(tasks=40))
    status = sees("False", "TasksWaited", lambda load: load.get("queuedTasks") == 15)
    assert "maxWorkers 5 allows: raise maxWorkers, or choose environmentClass mw1.medium" in message(status)
    assert (status["load"]["runningTasks"], status["load"]["workers"]) == (25, 5)
    assert fleet().workers == 5
    printed = mwaa("status", environment).stdout
    assert "25 tasks running, 15 waiting, 5 workers of 1 to 5" in printed
    assert "raise maxWorkers" in printed

    put(LoadStep(tasks=0))
    status = sees("False", "TasksWaited", lambda load: load.get("workers") == 1)
    assert (status["load"]["runningTasks"], status["load"]["queuedTasks"]) == (0, 0)
    assert [(one.before, one.after) for one in fleet().events] == [(1, 4), (4, 5), (5, 1)]

    world.aws.admin.advance(DAY)
    sees("True", "FitsLoad", lambda load: load.get("workers") == 1)

    after = world.get(environment)
    assert after["spec"] == spec, "advice changes nothing"
    assert next(one["status"] for one in after["status"]["conditions"] if one["type"] == "Ready") == "True"
    assert world.calls(environment, "UpdateEnvironment") == []


def test_workers_that_nobody_needed_for_two_weeks_are_said_until_somebody_needs_them(world, put, sees, environment):
    world.aws.admin.patch_environment(world.account, DEFAULT_REGION, environment, CreatedAt=LONG_AGO)
    put(LoadStep(tasks=3), begins_ago=15 * DAY)
    status = sees("False", "WorkersUnused", lambda load: load.get("runningTasks") == 3)
    assert "The workers above minWorkers 1 were not used for 14 days" in message(status)

    put(LoadStep(tasks=12), begins_ago=HOUR)
    sees("True", "FitsLoad", lambda load: load.get("workers") == 3)
