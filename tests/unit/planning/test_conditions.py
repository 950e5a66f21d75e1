"""Setting conditions as the Kubernetes API conventions and kstatus want them."""

from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.planning.conditions import condition, with_conditions

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def ready(status, *, now=NOON, reason="Available", message="As it should be.", generation=1):
    return condition(ConditionType.READY, status, reason=reason, message=message, generation=generation, now=now)


@pytest.mark.parametrize(("status", "text"), [(True, "True"), (False, "False"), (None, "Unknown")])
def test_the_three_truth_values_are_kubernetes_own(status, text):
    assert ready(status).to_object()["status"] == text


def test_times_have_whole_seconds_as_kubernetes_keeps_them():
    assert ready(True).to_object()["lastTransitionTime"] == "2026-11-24T12:00:00Z"


def test_the_transition_time_stays_while_the_status_does_whatever_else_changes():
    (found,) = with_conditions(
        [ready(False)], [ready(False, now=LATER, reason="Updating", message="Other words.", generation=2)]
    )
    assert found.last_transition_time == NOON.replace(microsecond=0)
    assert (found.reason, found.message, found.observed_generation) == ("Updating", "Other words.", 2)


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True), (None, True), (True, None)])
def test_the_transition_time_is_that_of_the_last_change_of_status(before, after):
    (found,) = with_conditions([ready(before)], [ready(after, now=LATER)])
    assert found.last_transition_time == LATER.replace(microsecond=0)


def test_a_condition_that_was_gone_begins_anew():
    without = with_conditions([ready(True)], [], removed=[ConditionType.READY])
    assert without == ()
    (found,) = with_conditions(without, [ready(True, now=LATER)])
    assert found.last_transition_time == LATER.replace(microsecond=0)


def test_conditions_that_are_not_mentioned_stay():
    other = condition(ConditionType.SYNCED, True, reason="UpToDate", message="As asked.", generation=1, now=NOON)
    assert with_conditions([other], [ready(True)]) == (ready(True), other)


def test_conditions_stand_in_one_order_and_those_of_others_behind():
    foreign = ready(True).model_copy(update={"type": "example.com/Checked"})
    stalled = condition(ConditionType.STALLED, True, reason="Drifted", message="Look.", generation=1, now=NOON)
    assert with_conditions([foreign, stalled], [ready(False)]) == (ready(False), stalled, foreign)
