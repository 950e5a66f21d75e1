"""The status that comes of passes: nothing in it ticks, and nothing of an option's value is in it."""

import json

import pytest
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.report import shown_environment

CANARY = "canary-7b1f"
OPTIONS = {"smtp.smtp_password": CANARY, "core.parallelism": "8"}
WINDOW = {"start": "SUN:02:00", "durationHours": 4}


def text(world):
    return json.dumps(world.status.to_object())


def creating(world):
    world.passes()
    world.exists("CREATING")


def available(world):
    creating(world)
    world.later(minutes=25).aws_says(Status="AVAILABLE")


def waiting_for_approval(world):
    available(world)
    world.passes()
    world.policies(update={"approval": "Manual"}).edit(maxWorkers=9)


def waiting_for_a_window(world):
    available(world)
    world.passes()
    world.policies(update={"window": WINDOW}).edit(maxWorkers=9)


def updating(world):
    available(world)
    world.passes()
    world.edit(maxWorkers=9).passes()
    world.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": world.now})


def update_failed(world):
    available(world)
    world.passes()
    world.edit(maxWorkers=9).updates_to("UPDATE_FAILED", "FAILED")


def create_failed(world):
    creating(world)
    world.later(minutes=30).aws_says(Status="CREATE_FAILED", LastUpdate={"Status": "FAILED"})


def somebody_elses(world):
    world.exists(ours=False)


SITUATIONS = [
    creating,
    available,
    waiting_for_approval,
    waiting_for_a_window,
    updating,
    update_failed,
    create_failed,
    somebody_elses,
]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_time_alone_changes_nothing_in_the_status(world, situation):
    situation(world)
    world.passes()
    world.later(seconds=30).passes()
    before = world.status
    for _ in range(3):
        world.later(minutes=1).passes()
        assert world.status == before


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("secret", [False, True], ids=["option", "secret"])
def test_no_value_of_an_option_is_in_the_status(world, situation, secret):
    if secret:
        world.edit(airflowConfigurationSecrets={"smtp.smtp_password": {"name": "smtp", "key": "password"}})
        world.secret_options = {"smtp.smtp_password": CANARY}
    else:
        world.edit(airflowConfigurationOptions=OPTIONS)
    situation(world)
    world.passes()
    assert CANARY not in text(world)


def test_a_changed_option_is_shown_by_its_name_only(world):
    world.edit(airflowConfigurationOptions=OPTIONS)
    waiting_for_approval(world)
    world.edit(airflowConfigurationOptions={**OPTIONS, "smtp.smtp_password": f"{CANARY}-new"}).passes()
    assert any("smtp.smtp_password" in change.field for change in world.status.plan.changes)
    assert CANARY not in text(world)


def test_drift_of_an_option_does_not_show_what_it_was_changed_to(settled):
    settled.policies(drift="Report").passes()
    settled.aws_says(AirflowConfigurationOptions={"core.parallelism": CANARY})
    settled.passes()
    assert CANARY not in text(settled)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_status_stands_the_way_through_the_api_server(world, situation):
    situation(world)
    world.passes()
    document = world.status.to_object()
    assert type(world.status).model_validate(json.loads(json.dumps(document))).to_object() == document


def test_what_aws_says_keeps_awss_names_with_the_first_letter_lowered(world):
    world.exists(WebserverUrl="u.example.com", AirflowVersion="3.3.1", MinWorkers=1)
    shown = shown_environment(AwsEnvironment(world.aws)).to_object()
    assert (shown["webserverUrl"], shown["airflowVersion"], shown["minWorkers"]) == ("u.example.com", "3.3.1", 1)
    assert shown["networkConfiguration"]["subnetIds"] == ["subnet-1", "subnet-2"]


def test_keys_that_are_the_users_own_are_kept_as_they_are(world):
    world.exists(Tags={"Team": "Data", "AirflowConfigurationOptions": "only a name"})
    shown = shown_environment(AwsEnvironment(world.aws)).to_object()
    assert shown["tags"]["Team"] == "Data"


def test_where_there_is_no_environment_nothing_is_shown():
    assert shown_environment(None) is None


def test_a_plan_is_in_the_status_only_while_something_is_pending(world):
    waiting_for_approval(world)
    world.passes()
    pending = world.status.plan
    assert pending.hash
    assert pending.waiting_for == "Approval"
    assert [(change.field, change.from_, change.to) for change in pending.changes] == [("maxWorkers", None, "9")]
    world.approved_plan = pending.hash
    world.updates_to("AVAILABLE", "SUCCESS", MaxWorkers=9).passes()
    assert world.status.plan is None


def test_at_most_one_of_reconciling_and_stalled_is_present(world):
    for situation in (creating, update_failed):
        other = type(world)()
        situation(other)
        other.passes()
        kinds = {condition.type for condition in other.status.conditions}
        assert not {"Reconciling", "Stalled"} <= kinds
        assert {"Ready", "Synced"} <= kinds
