"""Whose a change in AWS is. What AWS itself does is no drift (mwaa-behaviour.md §2, LastUpdate.Source)."""

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.observation import LastUpdate


def aws_update(world, source, **members):
    """Let AWS show an update that the operator did not make."""
    last = {"Status": "SUCCESS", "CreatedAt": world.now, **({"Source": source} if source else {})}
    return world.later(minutes=5).aws_says(LastUpdate=last, **members)


@pytest.mark.parametrize("source", ["MAINTENANCE", "environment maintenance", "Amazon MWAA internal"])
def test_a_change_made_by_aws_itself_is_neither_undone_nor_called_drift(settled, source):
    aws_update(settled, source, MaxWorkers=6)
    for _ in range(3):
        decided = settled.later(hours=1).passes()
        assert decided.steps == ()
        assert decided.notices == ()
        assert decided.verdict.reason is Reason.CHANGED_BY_AWS
        assert decided.verdict.synced is False
        assert decided.drifted == ()


def test_a_maintenance_that_changes_nothing_leaves_everything_as_it_is(settled):
    aws_update(settled, "MAINTENANCE")
    assert settled.passes().verdict.reason is Reason.AVAILABLE


def test_drift_after_a_maintenance_is_put_right(settled):
    aws_update(settled, "MAINTENANCE").passes()
    settled.later(hours=1).aws_says(MaxWorkers=20)
    assert settled.sends == [("UpdateEnvironment", {"MaxWorkers": 5})]


def test_drift_of_one_field_is_put_right_beside_another_that_is_aws_own(settled):
    aws_update(settled, "MAINTENANCE", MaxWorkers=6).passes()
    settled.edit(schedulers=2).updates_to("AVAILABLE", "SUCCESS", Schedulers=2, MaxWorkers=5).passes()
    aws_update(settled, "MAINTENANCE", MaxWorkers=6).passes()
    settled.aws_says(Schedulers=4)
    assert settled.sends == [("UpdateEnvironment", {"Schedulers": 2})]
    assert settled.plan.drifted == ("schedulers",)


def test_an_edit_goes_by_what_the_spec_says_of_all_fields(settled):
    aws_update(settled, "MAINTENANCE", MaxWorkers=6).passes()
    settled.edit(schedulers=2)
    assert settled.sends == [("UpdateEnvironment", {"MaxWorkers": 5, "Schedulers": 2})]


def test_a_change_made_by_a_person_is_drift(settled):
    aws_update(settled, "arn:aws:iam::123456789012:role/mwaa-maintenance", MaxWorkers=6)
    assert settled.calls == ["UpdateEnvironment"]
    assert settled.plan.drifted == ("maxWorkers",)


@pytest.mark.parametrize("source", [None, "", "arn:aws:sts::123456789012:assumed-role/internal/mwaa", "somebody"])
def test_a_caller_is_not_taken_for_aws(source):
    assert not LastUpdate(source=source).made_by_aws


def test_drift_is_said_once(settled):
    settled.policies(drift="Report").passes()
    settled.aws_says(MaxWorkers=20)
    assert [notice.reason for notice in settled.passes().notices] == [Reason.DRIFTED]
    assert settled.later(hours=1).passes().notices == ()
    assert settled.status.drifted_fields == ("maxWorkers",)


def test_an_edit_that_never_arrived_is_not_taken_for_what_aws_did_meanwhile(settled):
    settled.edit(maxWorkers=9).passes_and_dies()
    settled.aws_says(
        Status="MAINTENANCE", LastUpdate={"Status": "PENDING", "CreatedAt": settled.now, "Source": "MAINTENANCE"}
    )
    settled.later(minutes=1).passes()
    settled.aws_says(Status="AVAILABLE", LastUpdate={**settled.aws["LastUpdate"], "Status": "SUCCESS"})
    assert settled.later(hours=1).sends == [("UpdateEnvironment", {"MaxWorkers": 9})]


def test_an_edit_that_never_arrived_is_not_taken_for_drift_when_somebody_else_has_made_an_update(settled):
    settled.policies(drift="Report").passes()
    settled.edit(maxWorkers=9).passes_and_dies()
    settled.aws_says(Schedulers=4, LastUpdate={"Status": "SUCCESS", "CreatedAt": settled.now})
    assert settled.later(minutes=30).sends == [("UpdateEnvironment", {"MaxWorkers": 9})]
    assert settled.passes().verdict.ready is False


def test_an_update_of_masked_options_whose_answer_was_lost_is_not_repeated(settled):
    settled.edit(airflowConfigurationOptions={"smtp.smtp_password": "first"})
    settled.updates_to("AVAILABLE", "SUCCESS", AirflowConfigurationOptions={"smtp.smtp_password": "***"}).passes()
    settled.edit(airflowConfigurationOptions={"smtp.smtp_password": "second"}).passes_and_dies()
    began = settled.now
    settled.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": began}).later(minutes=1).passes()
    settled.aws_says(Status="AVAILABLE", LastUpdate={"Status": "SUCCESS", "CreatedAt": began})
    assert settled.later(minutes=30).passes().steps == ()
    assert settled.later(hours=1).passes().verdict.ready is True


def test_an_update_that_changed_nothing_is_not_taken_for_drift(settled):
    settled.policies(drift="Report").passes()
    settled.edit(maxWorkers=9).updates_to("AVAILABLE", "SUCCESS", MaxWorkers=5)
    for _ in range(3):
        decided = settled.later(minutes=10).passes()
        assert decided.steps == ()
        assert decided.verdict.reason is Reason.NOT_CONVERGING
        assert decided.verdict.ready is False
