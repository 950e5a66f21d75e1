"""`plan` of objects that AWS is at work on, or has given up on: it waits where the operator waits."""

from __future__ import annotations

from mwaa_sandbox.aws.process import DEFAULT_REGION


def test_create_that_is_under_way_is_waited_for(world, told):
    world.aws.admin.script_outcome("create", "stuck", environment="coming", account=world.account)
    world.apply("coming")
    world.wait("coming", "jsonpath={.status.environment.status}=CREATING")
    found = told("plan", "coming", code=2)
    assert (found["standing"], found["reason"], found["calls"]) == ("progressing", "Creating", [])
    world.aws.admin.remove_environment(world.account, DEFAULT_REGION, "coming")


def test_failed_update_is_not_planned_again_until_it_is_asked_for(world, told, mwaa):
    world.apply("failing", ready=True, maxWorkers=5)
    world.aws.admin.script_outcome("update", "rolled_back_update_failed", environment="failing", account=world.account)
    world.apply("failing", maxWorkers=6)
    world.wait("failing", "condition=Stalled")
    found = told("plan", "failing", code=1)
    assert (found["standing"], found["reason"], found["calls"]) == ("stalled", "UpdateFailed", [])
    status = mwaa("status", "failing").stdout
    assert "UpdateFailed" in status
    # Another spec is another wish.
    again = told("plan", "-f", world.manifest("failing", maxWorkers=7), code=2)
    assert again["calls"] == ["UpdateEnvironment"]
    assert [change["to"] for change in again["plan"]["changes"]] == ["7"]


def test_delete_is_planned_for_an_object_that_is_being_deleted(world, told):
    world.apply("leaving", ready=True)
    world.mwaa("pause", "leaving", f"--namespace={world.namespace}")
    world.wait("leaving", 'jsonpath={.status.conditions[?(@.type=="Synced")].reason}=Paused')
    world.kubectl("delete", "mwaa/leaving", "--wait=false")
    found = told("plan", "leaving", code=2)
    assert (found["action"], found["calls"]) == ("Delete", ["DeleteEnvironment"])
    assert any("paused" in note for note in found["notes"])
    world.mwaa("resume", "leaving", f"--namespace={world.namespace}")
    world.wait("leaving", "delete")


def test_environment_of_another_object_is_not_planned_over(world, told):
    mark = "mwaa-operator.dev/"
    theirs = {f"{mark}cluster": "another", f"{mark}namespace": "theirs", f"{mark}name": "taken", f"{mark}uid": "u"}
    world.make_environment("taken", Tags=theirs)
    found = told("plan", "-f", world.manifest("taken", policies={"adoption": "Adopt"}), code=1)
    assert (found["reason"], found["calls"]) == ("OwnedByAnother", [])
