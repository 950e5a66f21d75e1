"""AWS is away, or answers what it should not: nothing is lost, nothing is done twice."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.slow

AWAY_SECONDS = 4
"""Of ours, eight minutes of AWS's time."""
FAULTS = ("connection_reset", "html", "error5xx", "timeout")


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
    end = time.monotonic() + AWAY_SECONDS
    world.until(lambda: time.monotonic() > end, "outlive the outage")
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
