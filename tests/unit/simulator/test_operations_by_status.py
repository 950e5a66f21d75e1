"""Which operations which status allows: mwaa-behaviour.md §2, the second table, and the texts of §1.3."""

import pytest
from mwaa_sandbox.aws.mwaa import surgery
from mwaa_sandbox.aws.mwaa.errors import ResourceNotFoundError, ValidationError
from mwaa_sandbox.aws.mwaa.operations import GENERIC_FAILURE

BUSY = "Environments with {} status must complete previous operation before initiating a new operation"


def put_into(service, status):
    environment = surgery.changed(service.backend.get_environment("e"), {"Status": status}, now=service.clock.now())
    service.backend.replace(environment)


@pytest.mark.parametrize("status", ["AVAILABLE", "UPDATE_FAILED", "MAINTENANCE"])
def test_update_is_accepted(available, status):
    put_into(available, status)
    available.backend.update_environment({"Name": "e", "MaxWorkers": 3})


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("CREATING", BUSY.format("CREATING")),
        ("UPDATING", BUSY.format("UPDATING")),
        ("DELETING", BUSY.format("DELETING")),
        ("CREATING_SNAPSHOT", BUSY.format("CREATING_SNAPSHOT")),
        ("ROLLING_BACK", BUSY.format("ROLLING_BACK")),
        ("PENDING", BUSY.format("PENDING")),
        ("CREATE_FAILED", "Environments with CREATE_FAILED status cannot be updated."),
        ("UNAVAILABLE", "Environments with UNAVAILABLE status cannot be updated."),
        ("DELETED", "Environments with DELETED status cannot be updated."),
    ],
)
def test_update_is_refused(available, status, message):
    put_into(available, status)
    with pytest.raises(ValidationError) as refused:
        available.backend.update_environment({"Name": "e", "MaxWorkers": 3})
    assert refused.value.message == message


@pytest.mark.parametrize("status", ["AVAILABLE", "UPDATE_FAILED", "CREATE_FAILED", "UNAVAILABLE", "PENDING"])
def test_delete_is_accepted(available, status):
    put_into(available, status)
    available.backend.delete_environment("e")
    assert available.status() == "DELETING"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("CREATING", BUSY.format("CREATING")),
        ("UPDATING", BUSY.format("UPDATING")),
        ("DELETING", BUSY.format("DELETING")),
        ("CREATING_SNAPSHOT", BUSY.format("CREATING_SNAPSHOT")),
        ("ROLLING_BACK", BUSY.format("ROLLING_BACK")),
        ("MAINTENANCE", BUSY.format("MAINTENANCE")),
        ("DELETED", "Environments with DELETED status cannot be deleted"),
    ],
)
def test_delete_is_refused(available, status, message):
    put_into(available, status)
    with pytest.raises(ValidationError) as refused:
        available.backend.delete_environment("e")
    assert refused.value.message == message


def test_update_in_maintenance_runs_after_it_and_graceful_becomes_forced(available):
    available.backend.start_maintenance("e", seconds=1000)
    available.backend.update_environment({"Name": "e", "MaxWorkers": 3, "WorkerReplacementStrategy": "GRACEFUL"})
    update = available.backend.get_environment("e").last_update
    assert (update.status, update.worker_replacement_strategy, update.source) == ("PENDING", "FORCED", None)
    assert available.status() == "MAINTENANCE"
    available.clock.advance(1000)
    assert available.status() == "UPDATING"
    available.finish()
    environment = available.backend.get_environment("e")
    assert (environment.status, environment.settings["MaxWorkers"]) == ("AVAILABLE", 3)
    assert environment.last_update.status == "SUCCESS"


def test_second_update_in_maintenance_is_refused(available):
    available.backend.start_maintenance("e")
    available.backend.update_environment({"Name": "e", "MaxWorkers": 3})
    with pytest.raises(ValidationError, match="MAINTENANCE status must complete"):
        available.backend.update_environment({"Name": "e", "MaxWorkers": 4})


def test_maintenance_shows_in_last_update_as_not_ours(available):
    available.backend.start_maintenance("e", seconds=1000)
    update = available.backend.get_environment("e").last_update
    assert (update.status, update.source, update.worker_replacement_strategy) == ("PENDING", "MAINTENANCE", "GRACEFUL")
    available.finish()
    assert available.backend.get_environment("e").last_update.status == "SUCCESS"


def test_maintenance_begins_only_when_available(available):
    put_into(available, "UPDATE_FAILED")
    with pytest.raises(ValidationError, match="only an AVAILABLE environment"):
        available.backend.start_maintenance("e")


def test_update_with_only_a_name_applies_the_present_settings_again(available):
    before = available.backend.get_environment("e").settings
    available.backend.update_environment({"Name": "e"})
    assert available.status() == "UPDATING"
    available.finish()
    assert available.backend.get_environment("e").settings == before


def test_unknown_environment_is_not_found(service):
    for call in (
        lambda: service.backend.get_environment("nobody"),
        lambda: service.backend.update_environment({"Name": "nobody"}),
        lambda: service.backend.delete_environment("nobody"),
    ):
        with pytest.raises(ResourceNotFoundError):
            call()


def test_a_name_is_taken_until_the_tombstone_is_gone_and_then_stands_for_another_environment(available):
    first = available.backend.get_environment("e").serial
    available.backend.delete_environment("e")
    available.finish()
    assert available.status() == "DELETED"
    with pytest.raises(ValidationError, match="already exists"):
        available.create()
    available.clock.advance(3600)
    assert available.status() is None
    available.create()
    assert available.backend.get_environment("e").serial != first


def test_quota_counts_all_but_tombstones(service):
    service.simulation.environments_quota = 2
    service.create("a")
    service.create("b")
    with pytest.raises(ValidationError, match="limit of 2 environments"):
        service.create("c")
    service.finish("a")
    service.backend.delete_environment("a")
    with pytest.raises(ValidationError, match="limit of 2 environments"):
        service.create("c")
    service.finish("a")
    service.create("c")


def test_doomed_surroundings_fail_the_create_later_and_not_at_once(service):
    service.surroundings.doom = GENERIC_FAILURE
    service.create()
    assert service.status() == "CREATING"
    service.finish()
    assert service.status() == "CREATE_FAILED"


def test_surroundings_are_looked_at_when_the_operation_ends(service):
    service.surroundings.doom = GENERIC_FAILURE
    service.create()
    service.clock.advance(600)
    assert service.status() == "CREATING"
    service.surroundings.doom = None
    service.finish()
    assert service.status() == "AVAILABLE"


def test_update_into_doomed_surroundings_is_rolled_back(available):
    available.surroundings.doom = GENERIC_FAILURE
    available.backend.update_environment({"Name": "e", "MaxWorkers": 7})
    available.clock.advance(45 * 60)
    assert available.status() == "ROLLING_BACK"
    available.finish()
    environment = available.backend.get_environment("e")
    assert (environment.status, environment.last_update.error) == ("UPDATE_FAILED", GENERIC_FAILURE)
    assert environment.settings["MaxWorkers"] == 10


def test_witnesses_are_told_each_step_once(new_service):
    service, seen = new_service(), []
    service.simulation.witnesses = (
        lambda before, after: seen.append((before and before.status, after and after.status)),
    )
    service.create()
    service.clock.advance(1e5)
    service.status()
    service.status()
    service.backend.delete_environment("e")
    service.clock.advance(1e5)
    service.status()
    assert seen == [
        (None, "CREATING"),
        ("CREATING", "AVAILABLE"),
        ("DELETING", "DELETED"),
        ("DELETED", None),
    ]


def test_durations_depend_on_the_seed_and_the_name_and_not_on_the_order_of_calls(new_service):
    one, other = new_service(), new_service()
    for service, names in ((one, "abc"), (other, "cba")):
        for name in names:
            service.create(name)
    for name in "abc":
        assert one.backend.get_environment(name).operation == other.backend.get_environment(name).operation
    lengths = {one.backend.get_environment(name).operation.stages[0].seconds for name in "abc"}
    assert len(lengths) == 3
