"""Operations that AWS accepts and cannot do: shown with its own words, not repeated without a reason, never a dead end."""

from __future__ import annotations

import secrets

import pytest

ERROR = {"code": "INCORRECT_CONFIGURATION", "message": "Check the routes of the subnets"}


TOMBSTONE = 12
"""Refused creates: whether AWS takes a name again while it still shows the last one as DELETED is not known. The sandbox does not."""


@pytest.fixture
def created_in_vain(world):
    name = f"in-vain-{secrets.token_hex(3)}"
    environment = world.environment(name, allow={"CreateEnvironment": 2}, refusals=TOMBSTONE, maxWorkers=5)
    environment.script("create", "create_failed", error=ERROR)
    environment.apply().wait_reason("Stalled", "CreateFailed")
    return environment


def test_failed_create_is_shown_with_what_aws_says_and_not_repeated(created_in_vain):
    created_in_vain.wait_looks()
    for kind in ("Ready", "Stalled"):
        message = created_in_vain.condition(kind)["message"]
        assert ERROR["code"] in message
        assert ERROR["message"] in message
    assert created_in_vain.condition("Ready")["status"] == "False"
    assert len(created_in_vain.calls("CreateEnvironment")) == 1
    assert created_in_vain.calls("DeleteEnvironment") == []


def test_edit_after_a_failed_create_deletes_it_and_creates_anew(created_in_vain):
    created_in_vain.apply(maxWorkers=8).wait_ready()
    assert created_in_vain.in_aws()["settings"]["MaxWorkers"] == 8
    assert [sent.get("MaxWorkers") for sent in created_in_vain.accepted("CreateEnvironment")] == [5, 8]
    assert len(created_in_vain.accepted("DeleteEnvironment")) == 1


def test_reconcile_request_after_a_failed_create_tries_the_same_again(created_in_vain):
    created_in_vain.request_reconcile()
    created_in_vain.wait_ready()
    assert len(created_in_vain.accepted("CreateEnvironment")) == 2


def test_failed_create_is_repeated_by_itself_where_the_policy_says_so(world):
    environment = world.environment(
        "again", allow={"CreateEnvironment": 2}, refusals=TOMBSTONE, policies={"createFailed": "Recreate"}
    )
    environment.script("create", "create_failed")
    environment.apply().wait_ready()
    assert len(environment.accepted("CreateEnvironment")) == 2


def test_reconcile_request_after_a_failed_update_tries_the_same_again(world):
    environment = world.available("tried-again", allow={"UpdateEnvironment": 2}, maxWorkers=5)
    environment.script("update", "rolled_back_update_failed")
    environment.apply(maxWorkers=8).wait_reason("Stalled", "UpdateFailed")
    environment.request_reconcile()
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}] * 2


def test_taking_an_edit_back_after_its_update_failed_needs_no_update(world):
    environment = world.available("taken-back", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.script("update", "rolled_back_available")
    environment.apply(maxWorkers=8).wait_reason("Stalled", "UpdateFailed")
    environment.apply(maxWorkers=5).wait_ready()
    environment.wait_looks()
    assert len(environment.calls("UpdateEnvironment")) == 1


def test_unstable_environment_is_shown_and_can_be_deleted(world):
    environment = world.available("unstable", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.script("update", "unavailable")
    environment.apply(maxWorkers=8).wait_reason("Stalled", "Unavailable")
    environment.wait_looks()
    environment.delete()
    assert not environment.is_in_aws()
