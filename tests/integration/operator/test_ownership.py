"""Whose an environment is: nobody's is taken only when asked for, somebody else's never."""

from __future__ import annotations

from .environment import QUESTIONS

MARK = "mwaa-operator.dev/"


def marks(environment):
    return {tag.removeprefix(MARK): value for tag, value in environment.in_aws()["tags"].items() if MARK in tag}


def by_the_operator(environment):
    calls = [call.operation for call in environment.calls() if "mwaa-operator" in call.user_agent]
    return [operation for operation in calls if operation not in QUESTIONS]


def test_created_environment_carries_the_marks_of_its_object(world):
    environment = world.available("marked")
    found = marks(environment)
    assert (found["namespace"], found["name"]) == (world.namespace, "marked")
    assert found["uid"] == environment.get()["metadata"]["uid"]


def test_environment_that_exists_already_is_left_alone_until_adoption_is_allowed(world):
    world.make_environment("found", MaxWorkers=5)
    environment = world.environment("found", allow={"TagResource": 1, "UpdateEnvironment": 1}, maxWorkers=8).apply()
    environment.wait_reason("Stalled", "AlreadyExists")
    environment.wait_looks()
    assert set(by_the_operator(environment)) == {"GetEnvironment"}
    environment.apply(policies={"adoption": "Adopt"}).wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert marks(environment)["name"] == "found"


def test_adopting_what_is_as_the_spec_asks_only_sets_the_marks(world):
    world.make_environment("alike", MaxWorkers=5)
    environment = world.environment(
        "alike", allow={"TagResource": 1}, policies={"adoption": "Adopt"}, maxWorkers=5
    ).apply()
    environment.wait_ready()
    environment.wait_looks()
    assert set(by_the_operator(environment)) == {"GetEnvironment", "TagResource"}


def test_environment_of_another_cluster_is_never_touched_even_to_adopt(world):
    theirs = {f"{MARK}cluster": "another", f"{MARK}namespace": world.namespace, f"{MARK}name": "theirs"}
    world.make_environment("theirs", Tags=theirs)
    environment = world.environment("theirs", policies={"adoption": "Adopt"}, maxWorkers=5).apply()
    environment.wait_reason("Stalled", "OwnedByAnother")
    assert "another" in environment.condition("Stalled")["message"]
    environment.wait_looks()
    environment.delete()
    assert set(by_the_operator(environment)) == {"GetEnvironment"}
    assert environment.in_aws()["tags"] == theirs


def test_second_object_with_the_same_name_in_aws_stalls_and_touches_nothing(world):
    first = world.available("first", name="disputed", maxWorkers=5)
    second = world.environment("second", name="disputed", maxWorkers=9).apply()
    second.wait_reason("Stalled", "OwnedByAnother")
    assert f"{world.namespace}/first" in second.condition("Stalled")["message"]
    second.delete()
    first.wait_looks()
    assert first.condition("Ready")["status"] == "True"
    assert first.in_aws()["settings"]["MaxWorkers"] == 5
    assert set(by_the_operator(first)) == {"CreateEnvironment", "GetEnvironment"}


def test_object_that_waited_for_the_name_gets_it_when_the_owner_is_gone(world):
    allow = {"CreateEnvironment": 2}
    first = world.available("owner", allow=allow, refusals=12, name="inherited")
    heir = world.environment("heir", allow=allow, refusals=12, name="inherited").apply()
    heir.wait_reason("Stalled", "OwnedByAnother")
    first.delete()
    heir.wait_ready()
    assert marks(heir)["name"] == "heir"
