"""What is decided once somebody has deleted the object."""

import pytest
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.lifecycle import LIFECYCLES
from mwaa_operator.planning.model import Standing

DELETABLE = {"AVAILABLE", "CREATE_FAILED", "UPDATE_FAILED", "UNAVAILABLE", "PENDING"}


@pytest.fixture
def deleted(settled):
    settled.deleting = True
    return settled


@pytest.mark.parametrize("status", sorted(DELETABLE))
def test_it_is_deleted_from_every_status_in_which_aws_takes_it(deleted, status):
    deleted.aws_says(Status=status)
    assert deleted.sends == [("DeleteEnvironment", {})]
    assert deleted.plan.release is False


@pytest.mark.parametrize("status", sorted(LIFECYCLES.keys() - DELETABLE - {"DELETED"}))
def test_it_is_waited_for_in_every_other_status(deleted, status):
    deleted.aws_says(Status=status)
    assert deleted.calls == []
    assert deleted.plan.release is False
    assert deleted.plan.waiting is not None
    assert deleted.plan.verdict.standing is Standing.PROGRESSING


@pytest.mark.parametrize("gone", ["tombstone", "not found"])
def test_the_object_goes_when_aws_is_rid_of_it_and_not_before(deleted, gone):
    deleted.passes()
    deleted.aws_says(Status="DELETING").later(minutes=9)
    assert deleted.passes().release is False
    deleted.later(minutes=9)
    deleted.aws = {**deleted.aws, "Status": "DELETED"} if gone == "tombstone" else None
    assert deleted.plan.release is True
    assert deleted.calls == []


def test_a_failed_creation_can_be_deleted(world):
    world.passes()
    world.later(minutes=30).exists("CREATE_FAILED", LastUpdate={"Status": "FAILED"}).passes()
    world.deleting = True
    assert world.calls == ["DeleteEnvironment"]


def test_what_was_never_created_goes_at_once(world):
    world.deleting = True
    assert world.plan.release is True


def test_what_aws_refused_to_create_goes_at_once(world):
    world.passes_refused(FailureKind.INVALID)
    world.deleting = True
    assert world.plan.release is True


def test_a_create_whose_answer_was_lost_is_looked_for_before_the_object_goes(world):
    world.passes_and_dies()
    world.deleting = True
    assert world.later(seconds=10).plan.release is False
    assert world.passes().steps == ()
    world.later(seconds=20).exists("CREATING")
    assert world.plan.release is False
    world.aws_says(Status="AVAILABLE")
    assert world.calls == ["DeleteEnvironment"]


def test_a_create_that_never_arrived_does_not_hold_the_object_for_ever(world):
    world.passes_and_dies()
    world.deleting = True
    world.later(seconds=10).passes()
    assert world.later(minutes=3).plan.release is True


def test_retain_leaves_the_environment_and_takes_only_our_tags_off(settled):
    settled.edit(tags={"team": "data"}).passes()
    settled.aws_says(Tags={"team": "data", **settled.identity.tags}).policies(deletion="Retain")
    settled.deleting = True
    ((call, sent),) = settled.sends
    assert call == "UntagResource"
    assert set(sent["tagKeys"]) == set(settled.identity.tags)
    assert settled.plan.release is True


def test_retain_does_not_wait_for_an_environment_at_work(settled):
    settled.policies(deletion="Retain").aws_says(Status="UPDATING")
    settled.deleting = True
    assert settled.plan.release is True


@pytest.mark.parametrize("policies", [{}, {"adoption": "Adopt"}], ids=["never", "adopt"])
def test_an_environment_that_is_not_ours_is_never_deleted(world, policies):
    world.policies(**policies).exists(ours=False)
    world.deleting = True
    assert world.calls == []
    assert world.plan.release is True


def test_an_environment_that_was_only_observed_is_never_deleted(settled):
    settled.policies(management="Observe")
    settled.deleting = True
    assert settled.calls == []
    assert settled.plan.release is True


def test_a_delete_that_aws_refused_is_tried_again(deleted):
    deleted.passes_refused(FailureKind.INVALID)
    assert deleted.later(minutes=10).calls == ["DeleteEnvironment"]
