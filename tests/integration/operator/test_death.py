"""The operator may die between any two calls, and answers may get lost: nothing is doubled, nothing is forgotten."""

from __future__ import annotations

SEEN_UPDATING = 600
"""Of AWS's time, five seconds of ours."""


def restart(world):
    """As when a node loses power. The world is the module's: whoever comes next finds a running operator."""
    world.operator.kill()
    world.start_operator()


def test_killed_while_aws_creates_it_goes_on_with_the_same_create(world):
    environment = world.environment("killed-creating")
    environment.hold("create")
    environment.apply().wait_aws_status("CREATING")
    restart(world)
    environment.wait_looks()
    environment.come_to("AVAILABLE")
    environment.wait_ready()
    assert len(environment.calls("CreateEnvironment")) == 1


def test_killed_while_aws_updates_it_goes_on_with_the_same_update(world):
    environment = world.available("killed-updating", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.script("update", duration_seconds=SEEN_UPDATING)
    environment.apply(maxWorkers=8).wait_aws_status("UPDATING")
    restart(world)
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert environment.condition("Ready")["observedGeneration"] == 2


def test_killed_while_aws_deletes_it_drops_the_finalizer_afterwards(world):
    environment = world.available("killed-deleting")
    environment.hold("delete")
    environment.delete(wait=False)
    environment.wait_aws_status("DELETING")
    restart(world)
    environment.wait_looks()
    environment.come_to(None)
    environment.delete()
    assert not environment.is_in_aws()
    assert len(environment.calls("DeleteEnvironment")) == 1


def test_killed_before_the_answer_to_the_create_arrives_it_finds_the_environment(world):
    environment = world.environment("killed-asking")
    environment.fault("lost_answer", "CreateEnvironment", count=1, delay_seconds=3)
    environment.apply()
    world.until(environment.is_in_aws, "ask for the environment")
    restart(world)
    environment.wait_ready()
    # The simulator notes a call when it has answered, or let the answer get lost.
    world.until(lambda: environment.calls("CreateEnvironment") != [], "be seen to have asked")
    assert len(environment.calls("CreateEnvironment")) == 1


def test_failed_update_is_not_repeated_after_a_restart(world):
    environment = world.available("failed-before", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.script("update", "rolled_back_available")
    environment.apply(maxWorkers=8).wait_reason("Stalled", "UpdateFailed")
    restart(world)
    environment.wait_looks()
    assert environment.condition("Stalled")["reason"] == "UpdateFailed"


def test_lost_answer_to_the_create_makes_no_second_environment(world):
    environment = world.environment("unheard-create")
    environment.fault("lost_answer", "CreateEnvironment", count=1)
    environment.apply().wait_ready()
    assert len(environment.accepted("CreateEnvironment")) == 1


def test_lost_answer_to_the_update_makes_no_second_update(world):
    environment = world.available("unheard-update", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.fault("lost_answer", "UpdateEnvironment", count=1)
    environment.apply(maxWorkers=8).wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]


def test_lost_answer_to_the_delete_is_not_waited_for(world):
    environment = world.available("unheard-delete")
    environment.fault("lost_answer", "DeleteEnvironment", count=1)
    environment.delete()
    assert not environment.is_in_aws()


def test_edit_made_while_nobody_looks_is_applied_after_the_start(world):
    environment = world.available("unwatched", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    world.operator.kill()
    environment.apply(maxWorkers=8)
    world.start_operator()
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
