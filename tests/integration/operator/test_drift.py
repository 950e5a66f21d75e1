"""Changes made in AWS behind the operator's back."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("noticed", ["by itself", "on request"])
def test_drift_is_put_right_by_one_update_and_told_of(world, noticed):
    environment = world.available(f"drift-{noticed.replace(' ', '-')}", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.change_in_aws(MaxWorkers=12)
    if noticed == "on request":
        environment.request_reconcile()
    world.until(lambda: environment.in_aws()["settings"]["MaxWorkers"] == 5, "put MaxWorkers right")
    environment.wait_ready()
    environment.wait_looks()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 5}]
    environment.wait_event("Drifted", "Warning")


def test_drift_in_a_field_that_the_spec_leaves_out_is_left_alone(world):
    environment = world.available("not-ours", maxWorkers=5)
    environment.change_in_aws(WeeklyMaintenanceWindowStart="WED:03:30")
    environment.wait_looks()
    assert environment.condition("Ready")["status"] == "True"
    assert environment.in_aws()["settings"]["WeeklyMaintenanceWindowStart"] == "WED:03:30"


def test_drift_is_only_reported_where_the_policy_says_so(world):
    environment = world.available("reported", maxWorkers=5, policies={"drift": "Report"})
    environment.change_in_aws(MaxWorkers=12)
    environment.wait_reason("Synced", "Drifted")
    environment.wait_looks()
    assert environment.in_aws()["settings"]["MaxWorkers"] == 12
    assert [change["field"] for change in environment.status()["plan"]["changes"]] == ["maxWorkers"]


def test_environment_that_vanishes_is_created_again_and_told_of(world):
    environment = world.available("vanishing", allow={"CreateEnvironment": 2})
    environment.hold("create")
    environment.come_to(None)
    environment.request_reconcile()
    environment.wait_aws_status("CREATING")
    environment.come_to("AVAILABLE")
    environment.wait_ready()
    environment.wait_event("Vanished", "Warning")


def test_update_that_changes_nothing_is_not_sent_again(world):
    """AWS says SUCCESS and still has other values: said once, and left alone."""
    environment = world.available("stubborn", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.hold("update")
    environment.apply(maxWorkers=8).wait_aws_status("UPDATING")
    sent_at = environment.in_aws()["lastUpdate"]["created_at"]
    environment.change_in_aws(LastUpdate={"Status": "SUCCESS", "CreatedAt": sent_at}, Status="AVAILABLE")
    environment.wait_reason("Stalled", "NotConverging")
    environment.wait_looks()
    assert environment.condition("Ready")["status"] == "False"
