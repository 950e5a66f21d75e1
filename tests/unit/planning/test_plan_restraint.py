"""Updates that wait for somebody's word, or for their time."""

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.failure import FailureKind

WINDOW = {"start": "TUE:20:00", "durationHours": 4}  # the world's day is a Tuesday, its hour is noon


@pytest.fixture
def by_approval(settled):
    settled.policies(update={"approval": "Manual"}).passes()
    return settled


@pytest.fixture
def by_window(settled):
    settled.policies(update={"window": WINDOW}).passes()
    return settled


def test_a_manual_update_waits_until_its_plan_is_approved(by_approval):
    by_approval.edit(maxWorkers=9)
    assert by_approval.calls == []
    assert by_approval.plan.verdict.reason is Reason.WAITING_FOR_APPROVAL
    pending = by_approval.plan.pending
    assert pending.hash in by_approval.plan.verdict.message
    by_approval.approved_plan = pending.hash
    assert by_approval.sends == [("UpdateEnvironment", {"MaxWorkers": 9})]


def test_an_approval_is_not_good_for_another_plan(by_approval):
    by_approval.edit(maxWorkers=9)
    by_approval.approved_plan = by_approval.plan.pending.hash
    assert by_approval.edit(maxWorkers=10).calls == []


def test_an_approval_is_still_good_when_only_tags_change(by_approval):
    by_approval.edit(maxWorkers=9)
    by_approval.approved_plan = by_approval.plan.pending.hash
    assert by_approval.edit(tags={"a": "b"}).calls == ["TagResource", "UpdateEnvironment"]


def test_the_hash_of_a_plan_does_not_give_option_values_away(by_approval):
    by_approval.edit(airflowConfigurationOptions={"smtp.smtp_password": "canary-1"})
    one = by_approval.plan.pending.hash
    by_approval.edit(airflowConfigurationOptions={"smtp.smtp_password": "canary-2"})
    assert by_approval.plan.pending.hash != one
    assert "canary" not in repr(by_approval.plan)


def test_an_update_waits_for_its_window(by_window):
    by_window.edit(maxWorkers=9)
    assert by_window.calls == []
    assert by_window.plan.verdict.reason is Reason.WAITING_FOR_WINDOW
    assert by_window.later(hours=9).calls == ["UpdateEnvironment"]


def test_tags_do_not_wait(by_window):
    by_window.edit(maxWorkers=9, tags={"a": "b"})
    assert by_window.calls == ["TagResource"]


def test_an_environment_whose_update_waits_stays_ready_for_what_it_runs_and_not_for_the_edit(by_window):
    runs = by_window.generation
    by_window.edit(maxWorkers=9).passes()
    assert by_window.condition("Ready") == ("True", "WaitingForWindow", runs)
    assert by_window.condition("Synced")[0] == "False"
    assert by_window.later(minutes=5).passes().verdict.ready_generation == runs


@pytest.mark.parametrize("update", [{"approval": "Manual"}, {"window": WINDOW}], ids=["approval", "window"])
def test_an_adopted_environment_is_not_ready_before_it_has_ever_been_what_the_spec_asks_for(world, update):
    world.edit(maxWorkers=9).policies(adoption="Adopt", update=update).exists(ours=False, MaxWorkers=1)
    world.passes()
    if "window" in update:
        assert world.aws_says(Tags=dict(world.identity.tags)).passes().steps == ()
    assert world.condition("Ready")[0] == "False"


@pytest.mark.parametrize("update", [{"approval": "Manual"}, {"window": WINDOW}], ids=["approval", "window"])
def test_creation_and_deletion_do_not_wait(world, update):
    world.policies(update=update)
    assert world.calls == ["CreateEnvironment"]
    world.passes()
    world.exists()
    world.deleting = True
    assert world.calls == ["DeleteEnvironment"]


def test_a_failed_update_is_not_started_again_by_the_opening_of_a_window(by_window):
    by_window.edit(maxWorkers=9).later(hours=9).updates_to("AVAILABLE", "FAILED", MaxWorkers=5)
    by_window.passes()
    assert by_window.later(days=7).calls == []


def test_an_approval_is_not_good_for_the_same_plan_another_time(by_approval):
    by_approval.edit(maxWorkers=9)
    by_approval.approved_plan = by_approval.plan.pending.hash
    by_approval.updates_to("AVAILABLE", "SUCCESS", MaxWorkers=9).passes()
    by_approval.aws_says(MaxWorkers=5)
    assert by_approval.later(hours=1).calls == []
    assert by_approval.plan.verdict.reason is Reason.WAITING_FOR_APPROVAL


def test_a_failed_update_is_tried_again_once_its_plan_is_approved_anew(by_approval):
    by_approval.edit(maxWorkers=9)
    by_approval.approved_plan = by_approval.plan.pending.hash
    by_approval.updates_to("AVAILABLE", "FAILED", MaxWorkers=5).passes()
    assert by_approval.plan.verdict.reason is Reason.UPDATE_FAILED
    assert by_approval.later(hours=1).calls == []
    by_approval.approved_plan = by_approval.plan.pending.hash
    assert by_approval.calls == ["UpdateEnvironment"]


def test_an_approved_update_that_aws_refuses_is_not_sent_again_and_again(by_approval):
    by_approval.edit(maxWorkers=9)
    by_approval.approved_plan = by_approval.plan.pending.hash
    by_approval.passes_refused(FailureKind.INVALID)
    assert by_approval.later(minutes=10).calls == []
    assert by_approval.plan.verdict.reason is Reason.INVALID_CONFIGURATION


def test_several_edits_while_waiting_become_one_update(by_window):
    by_window.edit(maxWorkers=9).passes()
    by_window.edit(schedulers=3).passes()
    by_window.edit(environmentClass="mw1.large").passes()
    assert {change.field for change in by_window.status.plan.changes} == {
        "maxWorkers",
        "schedulers",
        "environmentClass",
    }
    assert by_window.status.plan.waiting_for == "Window"
    sent = by_window.later(hours=9).sends
    assert sent == [("UpdateEnvironment", {"MaxWorkers": 9, "Schedulers": 3, "EnvironmentClass": "mw1.large"})]


def test_one_that_waits_for_its_window_is_looked_at_when_it_opens(by_window):
    by_window.edit(maxWorkers=9)
    assert by_window.plan.look_at == by_window.now.replace(hour=20, minute=0)
    assert "Tue 24 Nov at 20:00" in by_window.plan.verdict.message
