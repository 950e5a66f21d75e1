"""Pausing, asking for a look, and what the policies keep the operator from."""

from __future__ import annotations

from .environment import QUESTIONS

READING = {"GetEnvironment"}


def test_nothing_is_changed_while_paused_and_all_of_it_afterwards(world):
    environment = world.available("paused", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.annotate("paused", "true")
    environment.wait_reason("Synced", "Paused")
    environment.apply(maxWorkers=8)
    environment.wait_for("jsonpath={.status.observedGeneration}=2")
    assert environment.calls("UpdateEnvironment") == []
    environment.annotate("paused", None)
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]


def test_environment_paused_before_its_creation_is_not_created(world):
    environment = world.environment("held")
    world.kubectl("apply", "--filename=-", input=environment.document(annotations={"mwaa-operator.dev/paused": "true"}))
    environment.wait_reason("Ready", "Paused")
    assert environment.calls() == []
    environment.annotate("paused", None)
    environment.wait_ready()


def test_reconcile_request_is_answered_with_a_look_and_noted(world):
    environment = world.available("asked")
    requested = environment.request_reconcile()
    environment.wait_for(f"jsonpath={{.status.lastHandledReconcileAt}}={requested}")
    assert environment.condition("Ready")["status"] == "True"


def test_retained_environment_outlives_its_object_and_carries_no_mark_of_it(world):
    environment = world.available("retained", allow={"UntagResource": 1, "DeleteEnvironment": 0})
    environment.apply(policies={"deletion": "Retain"}, tags={})
    environment.delete()
    found = environment.in_aws()
    assert found["status"] == "AVAILABLE"
    assert [tag for tag in found["tags"] if tag.startswith("mwaa-operator.dev/")] == []


def test_observed_environment_is_reported_and_never_touched(world):
    existing = world.make_environment("watched", MaxWorkers=5)
    environment = world.environment("watched", policies={"management": "Observe"}, maxWorkers=8)
    environment.apply().wait_aws_status("AVAILABLE")
    assert environment.condition("Ready")["status"] == "False"
    assert [change["field"] for change in environment.status()["plan"]["changes"]] == ["maxWorkers"]
    environment.apply(maxWorkers=5).wait_ready()
    environment.wait_looks()
    environment.delete()
    assert environment.in_aws()["tags"] == existing["tags"]
    done = {call.operation for call in environment.calls() if "mwaa-operator" in call.user_agent}
    assert done - QUESTIONS == READING


def test_observed_environment_that_does_not_exist_is_not_created(world):
    environment = world.environment("not-there", policies={"management": "Observe"}).apply()
    environment.wait_reason("Ready", "NotFound")
    environment.wait_looks()
    assert {call.operation for call in environment.calls()} == READING
