"""The flows of mwaa-behaviour.md §2, line by line: which statuses an operation goes through, in order."""

import random

import pytest
from mwaa_sandbox.aws.mwaa import operations
from mwaa_sandbox.aws.mwaa.durations import Durations
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, LastUpdate, UpdateError, begin, history
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.settings import initial
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Outcome, Status, UpdateStatus

HOUR = 3600.0
FAR_AWAY = 1e9
BEFORE = LastUpdate(UpdateStatus.PENDING, created_at=1.0)


def path(operation, *, status=Status.AVAILABLE, settings=None, until=FAR_AWAY, endpoints=False):
    """Return the statuses from the beginning of an operation on, and the last state of the environment."""
    environment = Environment(
        name="e",
        account="1",
        region="r",
        serial="s",
        created_at=0.0,
        settings=settings or initial({}),
        tags={},
        status=status,
        since=0.0,
        last_update=None if operation.kind is OperationKind.CREATE else BEFORE,
    )
    states = [begin(environment, operation, at=0.0)]
    states += history(states[0], now=until, endpoints_ready=lambda _: endpoints, failure=lambda *_: None)
    return [state and state.status.value for state in states], states[-1]


def create(endpoint_management="SERVICE", **script):
    settings = initial({"EndpointManagement": endpoint_management})
    operation = operations.plan_create(settings, script=Script(**script), durations=Durations(), rng=random.Random(1))
    return operation, settings


def update(script=None, *, graceful=False, **changes):
    present = initial({"AirflowVersion": "2.11.2"})
    return operations.plan_update(
        present,
        {**present, **changes},
        graceful=graceful,
        script=script or Script(),
        durations=Durations(),
        rng=random.Random(1),
    )


def seconds(operation):
    return sum(stage.seconds for stage in operation.stages)


def test_create_goes_from_creating_to_available():
    statuses, end = path(create()[0])
    assert statuses == ["CREATING", "AVAILABLE"]
    assert end.has_webserver
    assert end.last_update is None


def test_create_can_fail_and_tells_why_in_last_update():
    statuses, end = path(create(outcome=Outcome.CREATE_FAILED)[0])
    assert statuses == ["CREATING", "CREATE_FAILED"]
    assert end.last_update.status is UpdateStatus.FAILED
    assert end.last_update.error.code == "INCORRECT_CONFIGURATION"
    assert end.last_update.error.message.startswith("You may need to check the execution role permissions policy")
    assert not end.has_webserver


def test_customer_endpoints_are_waited_for_in_pending_and_then_the_create_goes_on():
    operation, settings = create("CUSTOMER")
    waiting, _ = path(operation, settings=settings, until=71 * HOUR)
    assert waiting == ["CREATING", "PENDING"]
    going_on, end = path(operation, settings=settings, endpoints=True, until=71 * HOUR)
    assert going_on == ["CREATING", "PENDING", "CREATING"], "AWS goes on from the moment it sees the endpoints"
    assert end.since == 71 * HOUR
    done = list(history(end, now=72 * HOUR, endpoints_ready=lambda _: True, failure=lambda *_: None))
    assert [state.status.value for state in done] == ["AVAILABLE"]


def test_customer_endpoints_that_never_come_fail_the_create_after_72_hours():
    operation, settings = create("CUSTOMER")
    before = operation.stages[0].seconds
    statuses, _ = path(operation, settings=settings, until=before + 72 * HOUR - 1)
    assert statuses == ["CREATING", "PENDING"]
    statuses, end = path(operation, settings=settings, until=before + 72 * HOUR)
    assert statuses == ["CREATING", "PENDING", "CREATE_FAILED"]
    assert end.since == before + 72 * HOUR


def test_endpoints_that_come_too_late_do_not_save_the_create():
    operation, settings = create("CUSTOMER")
    statuses, _ = path(operation, settings=settings, until=FAR_AWAY, endpoints=True)
    assert statuses == ["CREATING", "PENDING", "CREATE_FAILED"]


def test_endpoint_services_are_known_in_pending_and_the_webserver_is_not():
    operation, settings = create("CUSTOMER")
    _, pending = path(operation, settings=settings, until=HOUR)
    assert pending.has_network
    assert not pending.has_webserver


def test_settings_update_goes_from_updating_to_available_and_then_has_the_new_settings():
    operation = update(MaxWorkers=7)
    statuses, end = path(operation)
    assert statuses == ["UPDATING", "AVAILABLE"]
    assert end.settings["MaxWorkers"] == 7
    assert end.last_update == LastUpdate(UpdateStatus.SUCCESS, created_at=1.0)


def test_settings_stay_the_old_ones_while_updating():
    _, during = path(update(MaxWorkers=7), until=60)
    assert (during.status, during.settings["MaxWorkers"]) == (Status.UPDATING, 10)
    assert during.last_update.status is UpdateStatus.PENDING


def test_version_change_makes_a_snapshot_in_between():
    statuses, end = path(update(AirflowVersion="3.3.1"))
    assert statuses == ["UPDATING", "CREATING_SNAPSHOT", "UPDATING", "AVAILABLE"]
    assert end.settings["AirflowVersion"] == "3.3.1"


@pytest.mark.parametrize(
    ("outcome", "end_status"),
    [
        (Outcome.ROLLED_BACK_UPDATE_FAILED, "UPDATE_FAILED"),
        (Outcome.ROLLED_BACK_AVAILABLE, "AVAILABLE"),
        (Outcome.UNAVAILABLE, "UNAVAILABLE"),
    ],
)
@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({"MaxWorkers": 7}, ["UPDATING"]),
        ({"AirflowVersion": "3.3.1"}, ["UPDATING", "CREATING_SNAPSHOT", "UPDATING"]),
    ],
)
def test_failed_update_rolls_back_keeps_the_old_settings_and_tells_why(outcome, end_status, changes, way):
    error = UpdateError("INCORRECT_CONFIGURATION", "no luck")
    operation = update(Script(outcome, error=error), **changes)
    statuses, end = path(operation, settings=initial({"AirflowVersion": "2.11.2"}))
    assert statuses == [*way, "ROLLING_BACK", end_status]
    assert end.settings["MaxWorkers"] == 10
    assert end.settings["AirflowVersion"] == "2.11.2"
    assert end.last_update == LastUpdate(UpdateStatus.FAILED, created_at=1.0, error=error)


def test_maintenance_goes_back_to_available():
    operation = operations.plan_maintenance(script=Script(), durations=Durations(), rng=random.Random(1))
    assert path(operation)[0] == ["MAINTENANCE", "AVAILABLE"]


def test_delete_leaves_a_tombstone_and_then_nothing():
    operation = operations.plan_delete(script=Script(), durations=Durations(), rng=random.Random(1))
    assert path(operation)[0] == ["DELETING", "DELETED", None]


@pytest.mark.parametrize("kind", list(OperationKind))
def test_what_is_stuck_never_ends(kind):
    script = Script(Outcome.STUCK)
    operation = {
        OperationKind.CREATE: lambda: create(outcome=Outcome.STUCK)[0],
        OperationKind.UPDATE: lambda: update(script, MaxWorkers=7),
        OperationKind.MAINTENANCE: lambda: operations.plan_maintenance(
            script=script, durations=Durations(), rng=random.Random(1)
        ),
        OperationKind.DELETE: lambda: operations.plan_delete(
            script=script, durations=Durations(), rng=random.Random(1)
        ),
    }[kind]()
    assert len(path(operation)[0]) == 1


@pytest.mark.parametrize(
    ("operation", "shortest", "longest"),
    [
        (create, 18, 35),
        (lambda: (update(MaxWorkers=7),), 15, 45),
        (lambda: (update(MaxWorkers=7, graceful=True),), 15, 12 * 60),
        (lambda: (update(AirflowVersion="3.3.1"),), 45, 120),
    ],
)
def test_durations_are_those_that_the_facts_give(operation, shortest, longest):
    assert shortest <= seconds(operation()[0]) / 60 <= longest


def test_scripted_duration_is_that_of_the_whole_operation():
    assert seconds(update(Script(seconds=100), AirflowVersion="3.3.1")) == pytest.approx(100)
    failing = Script(Outcome.ROLLED_BACK_AVAILABLE, seconds=100)
    assert seconds(update(failing, MaxWorkers=7)) == pytest.approx(100)
    assert seconds(create(outcome=Outcome.CREATE_FAILED, seconds=100)[0]) == 100


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(OperationKind.CREATE, Outcome.UNAVAILABLE), (OperationKind.DELETE, Outcome.CREATE_FAILED)],
)
def test_outcomes_that_an_operation_cannot_have_are_refused(kind, outcome):
    with pytest.raises(ValueError, match=f"not one of a {kind}"):
        Script(outcome).check(kind)
