"""A set-up that would fail after half an hour is told of within seconds, and nothing is created before it is mended."""

from __future__ import annotations

import time

import pytest

SECONDS = 30
"""Much more than the two that it takes on a machine with nothing else to do."""


def test_broken_network_is_told_of_in_seconds_and_the_create_goes_on_by_itself_once_it_is_mended(world):
    subject = world.subject("no-way-out")
    mend = subject.lose_way_out()
    began = time.monotonic()
    subject.apply()
    ready = subject.wait_held()
    assert time.monotonic() - began < SECONDS
    assert ready["status"] == "False"
    assert "not created" in ready["message"]
    errors = subject.findings("Error")
    assert "WayOut" in errors
    assert all(subnet in errors["WayOut"]["found"] for subnet in subject.needs.subnet_ids)
    assert errors["WayOut"]["page"].startswith("https://docs.aws.amazon.com/")
    subject.wait_event("PreflightFailed", "Warning")
    subject.wait_looks()
    assert subject.calls("CreateEnvironment") == []

    mend()
    subject.wait_ready()
    assert subject.condition("PreflightPassed")["status"] == "True"
    assert subject.findings("Error") == {}
    assert len(subject.accepted("CreateEnvironment")) == 1


def test_policy_has_a_create_made_that_fails_in_aws(world):
    subject = world.subject("all-the-same", policies={"preflight": "Warn"})
    subject.lose_way_out()
    subject.apply().wait_reason("Stalled", "CreateFailed")
    assert subject.condition("PreflightPassed")["status"] == "False"
    assert "WayOut" in subject.findings("Error")
    assert subject.in_aws()["status"] == "CREATE_FAILED"
    subject.wait_event("PreflightWarned", "Warning")
    assert len(subject.accepted("CreateEnvironment")) == 1


def test_operator_that_may_not_look_creates_all_the_same(world):
    subject = world.subject("blindfolded")
    for service in ("ec2", "iam"):
        world.deny(service)
    subject.apply().wait_ready()
    assert subject.condition("PreflightPassed")["status"] == "True"
    assert subject.findings("Error") == {}
    unknown = subject.findings("Unknown")
    assert {"WayOut", "RoleExists"} <= set(unknown)
    assert "iam:GetRole" in unknown["RoleExists"]["found"] + unknown["RoleExists"]["advice"]


@pytest.mark.parametrize("service", ["ec2", "iam"])
def test_service_that_does_not_answer_the_checks_holds_no_create_up(world, service):
    subject = world.subject(f"no-{service}")
    world.aws.admin.add_fault("error5xx", service=service, account=world.account)
    subject.apply().wait_ready()
    assert subject.findings("Unknown")
    assert subject.findings("Error") == {}


def test_object_that_a_check_has_stopped_goes_at_once(world):
    subject = world.subject("given-up")
    subject.lose_way_out()
    subject.apply().wait_held()
    subject.delete()
    assert not subject.exists()
    assert subject.calls("CreateEnvironment") == []
