"""An update that would fail is stopped; the environment runs on, and other updates are made."""

from __future__ import annotations


def nobody(world, name):
    """The ARN of a role that there is not."""
    return f"arn:aws:iam::{world.account}:role/{name}"


def test_update_that_would_fail_is_stopped_and_the_environment_stays_ready_for_what_it_runs(world):
    subject = world.subject("stopped")
    subject.apply().wait_ready()
    generation = subject.get()["metadata"]["generation"]
    subject.apply(executionRoleArn=nobody(world, "never-made"))
    ready = subject.wait_held()
    assert (ready["status"], ready["observedGeneration"]) == ("True", generation)
    assert "not updated" in ready["message"]
    assert "RoleExists" in subject.findings("Error")
    assert [change["field"] for change in subject.status()["plan"]["changes"]] == ["executionRoleArn"]
    assert subject.condition("Synced")["status"] == "False"
    assert subject.in_aws()["status"] == "AVAILABLE"
    assert subject.calls("UpdateEnvironment") == []

    # What the check judges is not touched by this one.
    subject.apply(executionRoleArn=subject.needs.role_arn, weeklyMaintenanceWindowStart="WED:03:30")
    subject.wait_condition("Synced", "True")
    subject.wait_ready()
    assert subject.accepted("UpdateEnvironment") == [{"WeeklyMaintenanceWindowStart": "WED:03:30"}]
    assert subject.condition("PreflightPassed")["status"] == "True"


def test_update_goes_on_by_itself_once_what_it_needs_is_there(world):
    subject = world.subject("mended")
    subject.apply().wait_ready()
    subject.apply(executionRoleArn=nobody(world, "made-later")).wait_held()
    subject.copy_role("made-later")
    subject.wait_condition("Synced", "True")
    subject.wait_ready()
    assert subject.accepted("UpdateEnvironment") == [{"ExecutionRoleArn": nobody(world, "made-later")}]


def test_error_is_not_said_any_more_once_the_edit_is_taken_back(world):
    subject = world.subject("taken-back")
    subject.apply().wait_ready()
    subject.apply(executionRoleArn=nobody(world, "never-made-either")).wait_held()
    subject.apply(executionRoleArn=subject.needs.role_arn)
    subject.wait_condition("PreflightPassed", "True")
    subject.wait_condition("Synced", "True")
    assert subject.condition("Stalled") is None
    assert subject.calls("UpdateEnvironment") == []


def test_update_is_made_where_what_is_broken_is_none_of_its_business(world):
    subject = world.subject("beside-it")
    subject.apply().wait_ready()
    subject.lose_way_out()
    subject.hold("update")
    subject.apply(weeklyMaintenanceWindowStart="WED:03:30").wait_aws_status("UPDATING")
    assert subject.accepted("UpdateEnvironment") == [{"WeeklyMaintenanceWindowStart": "WED:03:30"}]
    assert subject.condition("PreflightPassed")["status"] == "True"


def test_checks_are_made_on_request_and_change_nothing(world):
    subject = world.subject("asked")
    subject.apply().wait_ready()
    mend = subject.lose_way_out()
    subject.request_reconcile()
    subject.wait_condition("PreflightPassed", "False")
    assert "WayOut" in subject.findings("Error")
    assert subject.condition("Ready")["status"] == "True"
    mend()
    subject.request_reconcile()
    subject.wait_condition("PreflightPassed", "True")
    assert subject.calls("UpdateEnvironment") == []
