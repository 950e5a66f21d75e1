"""Whose environment it is, and what may be done with it (design §4.2)."""

from datetime import timedelta

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE, TAG_UID
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.model import Standing


def test_an_environment_without_our_tags_is_not_touched(world):
    world.edit(maxWorkers=5).exists(ours=False, MaxWorkers=1)
    for _ in range(3):
        decided = world.later(minutes=5).passes()
        assert decided.steps == ()
        assert decided.verdict.reason is Reason.ALREADY_EXISTS
        assert decided.verdict.standing is Standing.STALLED
        assert decided.verdict.ready is False


def test_one_that_appears_while_our_create_is_refused_is_not_touched_either(world):
    world.edit(maxWorkers=5).passes_refused(FailureKind.PROPAGATION)
    world.exists(ours=False, MaxWorkers=1)
    for _ in range(3):
        assert world.later(minutes=5).passes().verdict.reason is Reason.ALREADY_EXISTS


def test_one_that_took_the_place_of_ours_is_not_touched_either(settled):
    settled.exists(ours=False, MaxWorkers=1, CreatedAt=settled.now)
    for _ in range(3):
        assert settled.later(minutes=5).passes().verdict.reason is Reason.ALREADY_EXISTS


def test_one_that_took_the_place_of_ours_does_not_become_ours_by_being_looked_at(settled):
    settled.policies(adoption="Adopt").passes()
    settled.exists("CREATING", ours=False, CreatedAt=settled.now)
    settled.passes()
    settled.later(minutes=1).passes()
    settled.deleting = True
    assert settled.calls == []
    settled.aws_says(Status="AVAILABLE")
    assert settled.calls == []


def test_adoption_tags_it_looks_again_and_then_makes_it_as_the_spec_says(world):
    world.edit(maxWorkers=5).policies(adoption="Adopt").exists(ours=False, MaxWorkers=1)
    assert world.sends == [("TagResource", {"ResourceArn": world.aws["Arn"], "Tags": world.identity.tags})]
    assert world.plan.verdict.reason is Reason.ADOPTING
    assert timedelta(0) < world.plan.look_at - world.now < timedelta(seconds=10)
    world.passes()
    world.aws_says(Tags=dict(world.identity.tags))
    assert world.sends == [("UpdateEnvironment", {"MaxWorkers": 5})]


def test_of_two_objects_that_adopt_at_once_the_one_without_the_last_word_stalls(world):
    world.edit(maxWorkers=5).policies(adoption="Adopt").exists(ours=False, MaxWorkers=1)
    world.passes()
    world.aws_says(Tags={**world.identity.tags, TAG_NAME: "other"})
    assert world.calls == []
    assert world.plan.verdict.reason is Reason.OWNED_BY_ANOTHER


def test_an_adopted_environment_that_is_as_the_spec_says_is_only_tagged(world):
    world.policies(adoption="Adopt").exists(ours=False)
    assert world.calls == ["TagResource"]
    world.passes()
    world.aws_says(Tags=dict(world.identity.tags))
    assert world.calls == []
    assert world.plan.verdict.ready is True


def test_adoption_by_approval_shows_its_plan_and_touches_nothing_before(world):
    world.edit(maxWorkers=5, tags={"team": "data"}).policies(adoption="Adopt", update={"approval": "Manual"})
    world.exists(ours=False, MaxWorkers=1, Tags={})
    assert world.passes().steps == ()
    assert world.plan.verdict.reason is Reason.WAITING_FOR_APPROVAL
    shown = {change.field for change in world.status.plan.changes}
    assert {"maxWorkers", "tags.team", f"tags.{TAG_CLUSTER}"} <= shown
    world.approved_plan = world.status.plan.hash
    assert world.calls == ["TagResource"]
    world.passes()
    world.aws_says(Tags={"team": "data", **world.identity.tags})
    assert world.sends == [("UpdateEnvironment", {"MaxWorkers": 5})]


def test_an_environment_that_cannot_become_what_the_spec_says_is_not_adopted(world):
    world.policies(adoption="Adopt").exists(ours=False)
    world.aws_says(NetworkConfiguration={"SubnetIds": ["subnet-8", "subnet-9"], "SecurityGroupIds": ["sg-1"]})
    assert world.calls == []
    assert world.plan.verdict.reason is Reason.IMMUTABLE_FIELD


@pytest.mark.parametrize("adoption", ["Never", "Adopt"])
@pytest.mark.parametrize("tag", [TAG_CLUSTER, TAG_NAMESPACE, TAG_NAME])
def test_one_that_is_tagged_for_another_object_is_never_touched(world, adoption, tag):
    world.policies(adoption=adoption).exists()
    world.aws_says(Tags={**world.aws["Tags"], tag: "somebody-else"}, MaxWorkers=1)
    assert world.calls == []
    assert world.plan.verdict.reason is Reason.OWNED_BY_ANOTHER
    assert "somebody-else" in world.plan.verdict.message


def test_an_object_restored_from_a_backup_finds_its_environment_again(world):
    world.exists()
    world.aws_says(Tags={**world.aws["Tags"], TAG_UID: "the uid before"})
    assert world.sends == [("TagResource", {"ResourceArn": world.aws["Arn"], "Tags": {TAG_UID: "uid-1"}})]


def test_tags_that_somebody_removed_are_put_back(settled):
    settled.aws_says(Tags={})
    ((call, sent),) = settled.sends
    assert call == "TagResource"
    assert sent["Tags"] == settled.identity.tags


class TestObserve:
    def test_nothing_is_created(self, world):
        world.policies(management="Observe")
        assert world.calls == []
        assert world.plan.verdict.reason is Reason.NOT_FOUND

    @pytest.mark.parametrize("status", ["AVAILABLE", "CREATE_FAILED", "UPDATE_FAILED", "UNAVAILABLE", "CREATING"])
    def test_nothing_is_changed_in_any_status(self, world, status):
        world.edit(maxWorkers=5, tags={"a": "b"}).policies(management="Observe", createFailed="Recreate")
        world.exists(status, ours=False, MaxWorkers=1)
        world.retry = True
        assert world.calls == []

    def test_what_differs_is_shown_and_is_not_ready(self, world):
        world.edit(maxWorkers=5).policies(management="Observe").exists(ours=False, MaxWorkers=1)
        assert [change.field for change in world.plan.pending.changes] == ["maxWorkers"]
        assert world.plan.verdict.ready is False

    def test_it_is_ready_when_aws_has_what_the_spec_says(self, world):
        world.policies(management="Observe").exists(ours=False)
        assert world.plan.verdict.ready is True
        assert world.plan.verdict.standing is Standing.SETTLED

    @pytest.mark.parametrize("status", ["UPDATE_FAILED", "CREATE_FAILED", "UNAVAILABLE"])
    def test_what_went_wrong_is_said_though_nothing_is_done_about_it(self, world, status):
        world.policies(management="Observe").exists(status, ours=False)
        assert world.plan.verdict.standing is Standing.STALLED
        assert world.plan.verdict.reason is not Reason.OBSERVING
