"""Four defects that were measured in AWS's own controller, ACK mwaa-controller 1.1.0. Here they come out right."""

from __future__ import annotations

import pytest

MASKED_BY_AWS = "celery.result_backend"
BOTH_ENDINGS = ["rolled_back_update_failed", "rolled_back_available"]
"""UPDATE_FAILED, and AVAILABLE with a LastUpdate that is FAILED: AWS documents the one, and was seen to do the other."""


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("one-log-module", {"loggingConfiguration": {"taskLogs": {"enabled": True, "logLevel": "INFO"}}}),
        ("no-log-module", {}),
    ],
)
def test_ack_sends_updates_for_ever_when_log_modules_are_left_out__here_none_is_sent(world, name, modules):
    environment = world.available(name, **modules)
    environment.wait_looks()
    assert environment.calls("UpdateEnvironment") == []
    assert environment.condition("Ready")["status"] == "True"


@pytest.mark.parametrize("option", ["core.default_timezone", MASKED_BY_AWS])
def test_ack_never_sends_a_change_of_options_alone__here_one_update_carries_it(world, option):
    environment = world.available(
        f"options-{option.partition('.')[0]}",
        allow={"UpdateEnvironment": 1},
        airflowConfigurationOptions={option: "before"},
    )
    environment.apply(airflowConfigurationOptions={option: "after"}).wait_ready()
    environment.wait_looks()
    assert environment.in_aws()["settings"]["AirflowConfigurationOptions"] == {option: "after"}
    assert environment.accepted("UpdateEnvironment") == [{"AirflowConfigurationOptions": {option: "***"}}]


@pytest.mark.parametrize("ending", BOTH_ENDINGS)
def test_ack_is_stuck_after_a_failed_update__here_it_is_shown_and_an_edit_and_a_delete_go_through(world, ending):
    environment = world.available(
        ending.replace("_", "-"), allow={"UpdateEnvironment": 2}, maxWorkers=5, environmentClass="mw1.small"
    )
    environment.script("update", ending, error={"code": "INCORRECT_CONFIGURATION", "message": "Subnets are full"})
    environment.apply(environmentClass="mw1.large")
    environment.wait_reason("Stalled", "UpdateFailed")
    environment.wait_looks()
    assert len(environment.calls("UpdateEnvironment")) == 1
    assert "Subnets are full" in environment.condition("Stalled")["message"]
    assert environment.condition("Ready")["status"] == "False"
    environment.apply(environmentClass="mw1.medium").wait_ready()
    assert environment.accepted("UpdateEnvironment")[1:] == [{"EnvironmentClass": "mw1.medium"}]
    environment.delete()
    assert not environment.is_in_aws()


@pytest.mark.parametrize("ending", BOTH_ENDINGS)
def test_ack_never_deletes_after_a_failed_update__here_it_is_deleted(world, ending):
    environment = world.available(f"deleted-{ending.replace('_', '-')}", allow={"UpdateEnvironment": 1}, maxWorkers=5)
    environment.script("update", ending)
    environment.apply(maxWorkers=8)
    environment.wait_reason("Stalled", "UpdateFailed")
    environment.delete()
    assert not environment.is_in_aws()


def test_ack_never_deletes_after_a_failed_create__here_it_is_deleted(world):
    environment = world.environment("stillborn")
    environment.script("create", "create_failed")
    environment.apply()
    environment.wait_reason("Stalled", "CreateFailed")
    environment.delete()
    assert [call.status for call in environment.calls("DeleteEnvironment")] == [200]
    assert not environment.is_in_aws()
