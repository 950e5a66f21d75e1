"""What is decided while there is no usable environment yet."""

from datetime import timedelta

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.model import Standing

pytestmark = pytest.mark.filterwarnings("error")


def test_a_missing_environment_is_created_with_all_that_the_spec_names_and_tagged_as_ours(world):
    world.edit(maxWorkers=5, tags={"team": "data"})
    [(call, sent)] = world.sends
    assert call == "CreateEnvironment"
    assert sent["Tags"] == {"team": "data", **world.identity.tags}
    assert {name: sent[name] for name in sent if name != "Tags"} == world.desired.fields
    assert "EnvironmentClass" not in sent, "what the spec leaves out is left to AWS"


def test_the_create_is_remembered_before_it_is_sent(world):
    (step,) = world.plan.steps
    assert step.remember is not None
    assert step.remember.accepted_at is None
    assert step.remember.hash == world.situation.desired_hash


def test_a_create_that_aws_has_accepted_but_does_not_show_yet_is_not_sent_twice(world):
    world.passes()
    assert world.later(seconds=30).calls == []
    assert world.plan.waiting is not None


def test_a_create_that_aws_never_shows_is_sent_again(world):
    world.passes()
    assert world.later(minutes=5).calls == ["CreateEnvironment"]


def test_a_create_whose_answer_was_lost_and_that_never_arrived_is_sent_again(world):
    world.passes_and_dies()
    assert world.later(seconds=5).calls == ["CreateEnvironment"]


def test_a_create_whose_answer_was_lost_and_that_arrived_is_waited_for_and_counts_as_ours(world):
    world.passes_and_dies()
    world.later(seconds=5).exists("CREATING")
    assert world.calls == []
    world.passes()
    world.later(minutes=25).exists("AVAILABLE").passes()
    assert world.condition("Ready") == ("True", "Available", 1)
    assert world.status.last_operation.outcome == "Succeeded"
    assert world.status.last_applied.hash == world.situation.desired_hash


def test_a_tombstone_is_no_environment(world):
    world.exists("DELETED", ours=False)
    assert world.calls == ["CreateEnvironment"]


def test_an_environment_that_was_deleted_in_aws_is_created_again_and_that_is_said(settled):
    settled.aws = None
    assert settled.calls == ["CreateEnvironment"]
    assert [notice.reason for notice in settled.plan.notices] == [Reason.VANISHED]


class TestCreateFailed:
    @pytest.fixture
    def failed(self, world):
        error = {"ErrorCode": "INCORRECT_CONFIGURATION", "ErrorMessage": "You may need to check the execution role"}
        world.passes()
        world.later(minutes=30).exists("CREATE_FAILED", LastUpdate={"Status": "FAILED", "Error": error})
        return world

    def test_it_stalls_with_the_error_of_aws_and_is_left_alone(self, failed):
        decided = failed.passes()
        assert decided.steps == ()
        assert decided.verdict.standing is Standing.STALLED
        assert decided.verdict.reason is Reason.CREATE_FAILED
        assert "You may need to check the execution role" in decided.verdict.message
        assert failed.later(days=3).calls == []

    @pytest.mark.parametrize(
        "change",
        [
            lambda w: w.edit(environmentClass="mw1.large"),
            lambda w: setattr(w, "retry", True),
            lambda w: w.policies(createFailed="Recreate"),
        ],
        ids=["edit", "reconcile-request", "policy"],
    )
    def test_it_is_deleted_and_created_anew(self, failed, change):
        failed.passes()
        change(failed)
        assert failed.calls == ["DeleteEnvironment"]
        assert failed.plan.verdict.reason is Reason.RECREATING
        failed.passes()
        failed.retry = False
        failed.aws_says(Status="DELETING").later(minutes=1)
        assert failed.calls == []
        failed.passes()
        failed.later(minutes=15).aws = None
        assert failed.calls == ["CreateEnvironment"]

    def test_the_creation_anew_is_not_called_a_deletion_behind_the_operators_back(self, failed):
        failed.passes()
        failed.edit(environmentClass="mw1.large").passes()
        failed.aws_says(Status="DELETING").later(minutes=1).passes()
        failed.later(minutes=15).aws = None
        assert failed.plan.notices == ()

    def test_an_edit_of_what_aws_does_not_know_does_not_recreate_it(self, failed):
        failed.passes()
        assert failed.policies(deletion="Retain").calls == []

    def test_a_lost_fingerprint_key_recreates_nothing(self, failed):
        failed.passes()
        failed.key = type(failed.key)(b"another key 0123456789")
        assert failed.calls == []

    def test_an_environment_that_was_only_found_is_not_deleted(self, world):
        world.policies(adoption="Adopt").exists("CREATE_FAILED", ours=False)
        assert world.calls == []
        assert world.plan.verdict.standing is Standing.STALLED


class TestRefused:
    def test_a_refused_create_is_not_repeated_until_the_spec_changes(self, world):
        world.passes_refused(FailureKind.INVALID, "minWorkers must be less than or equal to maxWorkers")
        assert world.later(hours=5).calls == []
        assert world.plan.verdict.reason is Reason.INVALID_CONFIGURATION
        assert "minWorkers must be less" in world.plan.verdict.message
        assert world.edit(maxWorkers=9).calls == ["CreateEnvironment"]

    def test_a_reconcile_request_tries_again(self, world):
        world.passes_refused(FailureKind.INVALID)
        world.retry = True
        assert world.calls == ["CreateEnvironment"]

    def test_what_may_pass_is_tried_again_and_its_patience_counts_from_the_first_try(self, world):
        first = world.now
        world.passes_refused(FailureKind.PROPAGATION)
        world.later(minutes=2)
        assert world.plan.steps[0].remember.started_at == first

    def test_a_refused_create_does_not_count_as_made_when_somebody_else_makes_the_environment(self, world):
        world.passes_refused(FailureKind.PROPAGATION)
        world.later(minutes=1).exists(ours=False)
        assert world.passes().verdict.reason is Reason.ALREADY_EXISTS
        assert world.status.last_operation is None or world.status.last_operation.outcome is None


class TestRecreate:
    """policies.createFailed: Recreate."""

    def fails(self, world):
        assert world.passes().steps[-1].kind == "CreateEnvironment"
        last = {"Status": "FAILED", "CreatedAt": world.now, "Error": {"ErrorCode": "INCORRECT_CONFIGURATION"}}
        world.later(minutes=25).exists("CREATE_FAILED", LastUpdate=last)

    def is_deleted(self, world):
        assert world.passes().steps[-1].kind == "DeleteEnvironment"
        world.later(minutes=15).aws = None

    def test_the_first_failure_is_tried_again_at_once_and_the_next_ones_ever_more_slowly(self, world):
        world.policies(createFailed="Recreate")
        self.fails(world)
        self.is_deleted(world)
        self.fails(world)
        decided = world.passes()
        assert decided.steps == ()
        assert decided.look_at == world.now + timedelta(minutes=10)
        assert world.later(minutes=9).passes().steps == ()
        world.later(minutes=1)
        self.is_deleted(world)
        self.fails(world)
        assert world.passes().look_at == world.now + timedelta(minutes=20)

    def test_an_edit_is_tried_at_once_and_begins_to_count_anew(self, world):
        world.policies(createFailed="Recreate")
        self.fails(world)
        self.is_deleted(world)
        self.fails(world)
        assert world.passes().steps == ()
        world.edit(maxWorkers=9)
        self.is_deleted(world)
        self.fails(world)
        self.is_deleted(world)


def test_another_try_of_what_aws_refuses_is_told_from_a_new_wish(world):
    world.passes_refused(FailureKind.PROPAGATION)
    [step] = world.later(minutes=1).plan.steps
    assert world.situation.repeats(step.remember)
    [step] = world.edit(maxWorkers=9).plan.steps
    assert not world.situation.repeats(step.remember)
