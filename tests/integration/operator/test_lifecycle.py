"""The life of an environment that goes well: created, changed by people, deleted."""

from __future__ import annotations

COLUMNS = ["NAME", "READY", "STATUS", "VERSION", "CLASS", "AGE"]


def test_wait_for_ready_returns_only_when_aws_says_available(world):
    environment = world.environment("waited-for", airflowVersion="3.2.1", environmentClass="mw1.small")
    environment.hold("create")
    environment.apply().wait_aws_status("CREATING")
    environment.wait_looks()
    assert environment.condition("Ready")["status"] == "False"
    environment.come_to("AVAILABLE")
    environment.kubectl_wait("condition=Ready")
    assert environment.in_aws()["status"] == "AVAILABLE"
    header, row = (line.split() for line in world.kubectl("get", "mwaa/waited-for").stdout.splitlines())
    assert header == COLUMNS
    assert row[:5] == ["waited-for", "True", "AVAILABLE", "3.2.1", "mw1.small"]


def test_wait_for_ready_after_an_edit_returns_only_when_the_update_has_ended(world):
    environment = world.available("edited-and-waited-for", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.apply(maxWorkers=8).kubectl_wait("condition=Ready")
    # AWS shows the new values only once the update has succeeded.
    found = environment.in_aws()
    assert (found["status"], found["settings"]["MaxWorkers"]) == ("AVAILABLE", 8)
    assert environment.condition("Ready")["observedGeneration"] == 2


def test_kubectl_edit_of_max_workers_sends_one_update_with_only_that(world):
    environment = world.available("edited", allow={"UpdateEnvironment": 1}, maxWorkers=5, minWorkers=2)
    environment.edit("s/maxWorkers: 5/maxWorkers: 8/")
    environment.wait_ready()
    environment.wait_looks()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]


def test_several_edits_while_aws_is_busy_become_one_update(world):
    environment = world.environment("edited-early", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.hold("create")
    environment.apply().wait_aws_status("CREATING")
    environment.apply(maxWorkers=8)
    environment.apply(minWorkers=2)
    environment.apply(maxWorkers=9)
    environment.come_to("AVAILABLE")
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 9, "MinWorkers": 2}]


def test_delete_returns_only_when_aws_is_rid_of_the_environment(world):
    environment = world.available("deleted")
    environment.hold("delete")
    environment.delete(wait=False)
    environment.wait_aws_status("DELETING")
    environment.wait_looks()
    assert environment.exists()
    environment.come_to(None)
    environment.delete()
    assert not environment.is_in_aws()


def test_delete_asked_for_while_creating_happens_when_aws_allows_it(world):
    environment = world.environment("regretted")
    environment.hold("create")
    environment.apply().wait_aws_status("CREATING")
    environment.delete(wait=False)
    environment.wait_looks()
    assert environment.calls("DeleteEnvironment") == []
    environment.come_to("AVAILABLE")
    environment.delete()
    assert not environment.is_in_aws()


def test_tags_change_without_an_update(world):
    tags = {"team": "data", "stage": "test"}
    environment = world.available("tagged", allow={"TagResource": 1, "UntagResource": 1}, tags=tags)
    world.client("mwaa").tag_resource(ResourceArn=environment.status()["environment"]["arn"], Tags={"cost": "42"})
    environment.allowed["TagResource"] += 1  # the test's own, of somebody else's tag
    environment.apply(tags={"team": "platform"}).wait_ready()
    found = environment.in_aws()["tags"]
    assert {key: value for key, value in found.items() if "/" not in key} == {"team": "platform", "cost": "42"}
    assert environment.accepted("TagResource")[1:] == [{"Tags": {"team": "platform"}}]
    assert environment.accepted("UntagResource") == [{"tagKeys": ["stage"]}]
