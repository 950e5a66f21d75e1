"""`approve`, `pause`, `resume` and `reconcile`: what people tell the operator."""

from __future__ import annotations

import pytest

MANUAL = {"update": {"approval": "Manual"}}


@pytest.fixture
def waiting(world):
    """An environment with an update that waits for approval."""
    name = "waiting"
    world.apply(name, ready=True, maxWorkers=5, policies=MANUAL)
    world.apply(name, maxWorkers=8, policies=MANUAL)
    world.wait(name, "jsonpath={.status.plan.waitingFor}=Approval")
    yield name
    world.kubectl("delete", f"mwaa/{name}")


def test_approved_update_is_made(world, mwaa, waiting):
    assert "is approved" in mwaa("approve", waiting, "--yes").stderr
    world.wait(waiting, "condition=Ready")
    world.until(lambda: world.get(waiting)["status"]["environment"]["maxWorkers"] == 8, "make the update")
    assert len(world.calls(waiting, "UpdateEnvironment")) == 1


def test_nothing_is_approved_unasked_or_unseen(world, mwaa, waiting):
    unasked = mwaa("approve", waiting, code=1)
    assert "maxWorkers" in unasked.stderr
    assert "Pass --yes" in unasked.stderr
    assert "is not stale any more" in mwaa("approve", waiting, "--plan=stale", code=1).stderr
    assert "mwaa-operator.dev/approved-plan" not in world.get(waiting)["metadata"].get("annotations", {})


def test_plan_that_was_looked_at_is_approved_by_its_hash(world, mwaa, told, waiting):
    shown = told("plan", waiting, code=2)["plan"]
    mwaa("approve", waiting, f"--plan={shown['hash']}")
    world.until(lambda: world.calls(waiting, "UpdateEnvironment"), "make the update")


def test_nothing_to_approve_is_said_with_how_things_stand(world, mwaa):
    world.apply("content", ready=True)
    said = mwaa("approve", "content", "--yes", code=1).stderr
    assert "Nothing of content waits for approval. Available: AWS runs what the spec asks for." in said


def test_paused_environment_is_not_changed_until_it_is_resumed(world, mwaa):
    world.apply("halted", ready=True, maxWorkers=5)
    # One that is not there does not keep the other from being told.
    said = mwaa("pause", "nobody", "halted", code=1).stderr
    assert "halted is paused: nothing is changed" in said
    assert "There is no MwaaEnvironment nobody" in said
    world.wait("halted", 'jsonpath={.status.conditions[?(@.type=="Synced")].reason}=Paused')
    world.apply("halted", maxWorkers=6)
    generation = world.get("halted")["metadata"]["generation"]
    world.wait("halted", f"jsonpath={{.status.observedGeneration}}={generation}")
    assert not world.calls("halted", "UpdateEnvironment")
    assert "It is paused" in mwaa("plan", "halted", code=2).stderr
    assert "is paused" in mwaa("reconcile", "halted", "--wait").stderr
    mwaa("resume", "halted")
    world.until(lambda: world.calls("halted", "UpdateEnvironment"), "make the update")


def test_reconcile_comes_back_when_the_operator_has_looked(world, mwaa, told):
    world.apply("asked", ready=True)
    already = len(world.calls("asked", "GetEnvironment"))
    assert "the operator has looked" in mwaa("reconcile", "asked", "--wait").stderr
    assert len(world.calls("asked", "GetEnvironment")) > already
    [item] = told("reconcile", "asked", "--wait")["items"]
    requested = item["metadata"]["annotations"]["mwaa-operator.dev/reconcile-requested-at"]
    assert item["status"]["lastHandledReconcileAt"] == requested
