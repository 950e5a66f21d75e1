"""An AWS that takes half a minute for each answer is waited for: nothing is asked twice, and nobody else waits."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.integration.operator.environment import QUESTIONS

pytestmark = pytest.mark.slow

ANSWER_SECONDS = 31
"""Of ours: a client that is patient for half a minute would hear nothing. A pass over an environment makes one call or two."""
PASSES_SECONDS = 140
"""Three answers one after the other make a change, and one more if a look was under way when it was asked for."""
HOUR = 3600


def test_no_call_is_doubled_when_each_takes_half_a_minute(new_world):
    # Environments at rest are left alone, so that what is measured is what was asked for.
    world = new_world(RESYNC_SECONDS=str(HOUR * 120))
    world.start_operator()
    edited = world.available("slow-edited", maxWorkers=5, allow={"UpdateEnvironment": 1})
    doomed = world.available("slow-doomed")
    creating = world.environment("slow-creating")
    slow = (edited, doomed, creating)
    already = {each.name: len(each.calls()) for each in slow}
    for each in slow:
        world.aws.admin.set_latency(ANSWER_SECONDS, account=world.account, environment=each.name)
    edited.apply(maxWorkers=8)
    doomed.delete(wait=False)
    creating.apply()
    beside = world.available("beside", maxWorkers=5, allow={"UpdateEnvironment": 1})
    beside.apply(maxWorkers=8)
    world.until(lambda: maximum(beside) == 8, "update the one beside them")
    assert [each.name for each in slow if len(each.calls()) > already[each.name]] == [], "none of them was answered yet"

    wait(edited, "jsonpath={.status.observedGeneration}=2")
    for each in (edited, creating):
        wait(each, "condition=Ready")
    wait(doomed, "delete")
    assert world.operator.get("/healthz") == "ok\n"
    assert edited.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert len(edited.calls("UpdateEnvironment")) == 1
    assert len(creating.calls("CreateEnvironment")) == 1
    assert len(doomed.calls("DeleteEnvironment")) == 1
    assert not doomed.is_in_aws()
    for each in slow:
        calls = [call for call in each.calls()[already[each.name] :] if call.operation not in QUESTIONS]
        assert all(call.duration_seconds >= ANSWER_SECONDS for call in calls), "all of it was slow"
        assert all(later.time >= sooner.time + ANSWER_SECONDS for sooner, later in pairwise(calls)), each.call_log()


def wait(environment, what):
    """kubectl wait, for as long as AWS takes here."""
    command = ("wait", f"mwaa/{environment.name}", f"--for={what}", f"--timeout={PASSES_SECONDS}s")
    environment.world.kubectl(*command, timeout=PASSES_SECONDS + 10)


def maximum(environment):
    return environment.in_aws()["settings"]["MaxWorkers"]
