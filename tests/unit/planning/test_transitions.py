"""Which changes of a status are worth an event."""

from datetime import UTC, datetime

import pytest
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.planning.conditions import condition
from mwaa_operator.planning.transitions import event, events_between

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTHING = EnvironmentStatus()


def status(**conditions):
    """Make a status of conditions, each by its type: (whether it holds, reason) or (…, message)."""
    return EnvironmentStatus(
        conditions=tuple(
            condition(
                ConditionType(kind[:1].upper() + kind[1:]),
                value[0],
                reason=value[1],
                message=value[2] if len(value) > 2 else "Words.",
                generation=1,
                now=NOON,
            )
            for kind, value in conditions.items()
        )
    )


CREATING = status(ready=(False, Reason.CREATING), reconciling=(True, Reason.CREATING))
AVAILABLE = status(ready=(True, Reason.AVAILABLE))
STALLED = status(ready=(True, Reason.AVAILABLE), stalled=(True, Reason.UPDATE_FAILED, "It failed."))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (NOTHING, CREATING, "Creating"),
        (CREATING, AVAILABLE, "Available"),
        (AVAILABLE, STALLED, "UpdateFailed"),
        (STALLED, AVAILABLE, "Available"),
        (CREATING, status(ready=(False, Reason.CREATING), reconciling=(True, Reason.THROTTLED)), "Throttled"),
    ],
    ids=["first", "finished", "stalled", "recovered", "other reason"],
)
def test_a_new_reason_of_the_deciding_condition_is_one_event(before, after, reason):
    assert [found.reason for found in events_between(before, after)] == [reason]


@pytest.mark.parametrize("same", [NOTHING, CREATING, AVAILABLE, STALLED])
def test_a_status_that_stays_is_no_event(same):
    assert events_between(same, same) == ()


def test_other_words_for_the_same_thing_are_no_event():
    assert events_between(status(ready=(True, Reason.AVAILABLE, "Old.")), status(ready=(True, Reason.AVAILABLE))) == ()


def test_being_ready_for_the_same_reason_no_more_is_an_event():
    (found,) = events_between(status(ready=(True, Reason.PAUSED)), status(ready=(False, Reason.PAUSED)))
    assert found.reason == "Paused"


def test_an_event_has_the_words_of_the_condition():
    (found,) = events_between(AVAILABLE, STALLED)
    assert (found.type, found.message) == ("Warning", "It failed.")


def test_stalling_is_told_before_progress_and_progress_before_readiness():
    both = status(
        ready=(False, Reason.AVAILABLE), reconciling=(True, Reason.UPDATING), stalled=(True, Reason.UPDATE_FAILED)
    )
    assert [found.reason for found in events_between(NOTHING, both)] == ["UpdateFailed"]


def test_a_condition_that_does_not_hold_decides_nothing():
    found = status(ready=(True, Reason.AVAILABLE), stalled=(False, Reason.UPDATE_FAILED))
    assert events_between(AVAILABLE, found) == ()


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (Reason.AVAILABLE, "Normal"),
        (Reason.CREATING, "Normal"),
        (Reason.WAITING_FOR_WINDOW, "Normal"),
        (Reason.WAITING_FOR_IAM, "Normal"),
        (Reason.CREATE_FAILED, "Warning"),
        (Reason.ACCESS_DENIED, "Warning"),
        (Reason.DRIFTED, "Warning"),
        (Reason.VANISHED, "Warning"),
    ],
)
def test_an_event_is_a_warning_where_a_person_should_look(reason, kind):
    assert event(reason, "Words.").type == kind


BUCKET_MISSING = status(bucketReady=(False, Reason.PROVISIONING, "The bucket is being made."))
BUCKET_THERE = status(bucketReady=(True, Reason.PROVISIONED, "The bucket is there."))


def test_a_part_that_has_come_to_be_in_order_is_an_event():
    assert [each.reason for each in events_between(BUCKET_MISSING, BUCKET_THERE)] == ["Provisioned"]
    assert events_between(BUCKET_THERE, BUCKET_THERE) == ()


def test_a_part_that_is_being_made_is_no_event_of_its_own():
    assert events_between(NOTHING, BUCKET_MISSING) == ()


def test_what_a_part_and_the_summary_both_say_is_told_once():
    taken = (Reason.NAME_TAKEN, "The bucket exists already and is somebody else's.")
    both = status(bucketReady=(False, *taken), stalled=(True, *taken))
    assert [each.message for each in events_between(NOTHING, both)] == [taken[1]]


READY = (True, Reason.AVAILABLE)
WELL = status(ready=READY, airflowHealthy=(True, Reason.AIRFLOW_HEALTHY), wellSized=(True, Reason.FITS_LOAD))
UNWELL = status(ready=READY, airflowHealthy=(False, Reason.IMPORT_ERRORS), wellSized=(False, Reason.TASKS_WAITED))
PRIVATE = status(ready=READY, airflowHealthy=(None, Reason.AIRFLOW_UNREACHABLE), wellSized=(None, Reason.ACCESS_DENIED))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (AVAILABLE, WELL, []),
        (AVAILABLE, UNWELL, [("ImportErrors", "Warning"), ("TasksWaited", "Normal")]),
        (WELL, UNWELL, [("ImportErrors", "Warning"), ("TasksWaited", "Normal")]),
        (UNWELL, WELL, [("AirflowHealthy", "Normal"), ("FitsLoad", "Normal")]),
        (WELL, PRIVATE, [("AccessDenied", "Warning")]),
        (UNWELL, AVAILABLE, []),
    ],
    ids=[
        "well from the first look",
        "unwell at first",
        "not well any more",
        "well again",
        "out of reach",
        "not looked at",
    ],
)
def test_what_is_said_beside_the_plan_is_told_when_somebody_should_look_and_when_it_is_mended(before, after, told):
    assert [(one.reason, one.type) for one in events_between(before, after)] == told
