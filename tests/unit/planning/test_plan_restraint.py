"""Updates that wait for somebody's word, or for their time."""

import pytest
from mwaa_operator.api.conditions import Reason

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
    assert world.calls == ["TagResource"]
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
