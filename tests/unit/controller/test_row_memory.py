"""What is kept between passes: what AWS may not show yet, and what it has accepted without effect."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.repetition import MOST_REPETITIONS, NOT_CONVERGING_SECONDS
from mwaa_operator.controller.row import REPEATED_AFTER_SECONDS, SHOWN_AFTER_SECONDS
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.model import Call, PartKind

from tests.unit.controller.row_world import GONE, KEY, READY, SCALE, WAITS, RowWorld, calls, failure, listed

NETWORK, BUCKET = PartKind.NETWORK, PartKind.BUCKET
MAKES_A_VPC = calls(calls=(Call(service="ec2", operation="CreateVpc", parameters={}, made="Vpc.VpcId"),))


@pytest.fixture
def row():
    return RowWorld(answers={"CreateVpc": {"Vpc": {"VpcId": "vpc-1"}}})


# What is not shown yet -----------------------------------------------------------------------------------------------


def test_what_was_made_and_is_not_seen_yet_is_not_made_again(row):
    row.parts[NETWORK].plans = [MAKES_A_VPC]
    for _ in range(3):
        foundation = row.brings_about(NETWORK)
    assert row.made == ["CreateVpc"]
    assert "vpc-1" in foundation.holdup.message
    assert foundation.again == pytest.approx(1 / SCALE)


def test_what_is_never_seen_is_made_again_after_two_minutes(row):
    row.parts[NETWORK].plans = [MAKES_A_VPC]
    row.brings_about(NETWORK)
    row.now += SHOWN_AFTER_SECONDS / SCALE
    row.brings_about(NETWORK)
    assert row.made == ["CreateVpc", "CreateVpc"]


def test_part_goes_on_once_what_was_made_is_seen(row):
    row.parts[NETWORK].plans = [MAKES_A_VPC, calls("CreateSubnet", resources=listed("vpc-1")), READY]
    assert row.brings_about(NETWORK).states[NETWORK].ready
    assert row.made == ["CreateVpc", "CreateSubnet"]


def test_what_was_made_and_is_not_seen_yet_is_not_taken_for_removed(row):
    row.parts[NETWORK].plans = [MAKES_A_VPC]
    row.brings_about(NETWORK)
    row.parts[NETWORK].removals = [GONE, calls("DeleteVpc", resources=listed("vpc-1")), GONE]
    assert row.clears(NETWORK) is not None
    assert row.clears(NETWORK) is None
    assert row.made == ["CreateVpc", "DeleteVpc"]


def test_nothing_of_an_object_that_is_no_more_is_expected(row):
    row.parts[NETWORK].plans = [MAKES_A_VPC]
    row.brings_about(NETWORK)
    row.row.forget(KEY)
    row.brings_about(NETWORK)
    assert row.made == ["CreateVpc", "CreateVpc"]


# What does not help --------------------------------------------------------------------------------------------------


def brings_about_again_and_again(row, times, *, kind=BUCKET):
    for _ in range(times):
        foundation = row.brings_about(kind)
        row.now += foundation.again
    return foundation


def test_very_same_call_waits_a_moment_before_it_is_made_again(row):
    row.parts[BUCKET].plans = [calls("PutBucketPolicy")]
    foundation = row.brings_about(BUCKET)
    assert row.made == ["PutBucketPolicy"] * 2
    assert foundation.again == pytest.approx(REPEATED_AFTER_SECONDS / SCALE)


def test_call_that_is_accepted_ten_times_without_effect_is_given_up_for_five_minutes(row):
    row.parts[BUCKET].plans = [calls("PutBucketPolicy")]
    foundation = brings_about_again_and_again(row, MOST_REPETITIONS)
    assert row.made == ["PutBucketPolicy"] * MOST_REPETITIONS
    assert foundation.holdup.reason is Reason.NOT_CONVERGING
    assert foundation.holdup.standing is Standing.STALLED
    assert "PutBucketPolicy" in foundation.holdup.message
    row.now += NOT_CONVERGING_SECONDS / SCALE - 1 - foundation.again
    for _ in range(5):
        assert row.brings_about(BUCKET).again <= NOT_CONVERGING_SECONDS / SCALE
    assert row.made == ["PutBucketPolicy"] * MOST_REPETITIONS, "passes for other reasons try again"
    row.now += 1
    row.brings_about(BUCKET)
    assert len(row.made) > MOST_REPETITIONS


def test_calls_that_each_do_a_part_of_the_work_are_never_given_up(row):
    row.parts[BUCKET].removals = [*[calls("DeleteObjects")] * 30, GONE]
    assert row.clears(BUCKET) is None
    assert row.made == ["DeleteObjects"] * 30


def test_other_calls_show_that_something_has_changed(row):
    row.parts[BUCKET].plans = [calls("PutBucketPolicy"), calls("PutBucketTagging")] * MOST_REPETITIONS
    assert brings_about_again_and_again(row, 2).holdup.reason is Reason.PROVISIONING


def test_drift_that_is_put_right_each_time_is_not_given_up_after_the_tenth(row):
    row.parts[BUCKET].plans = [calls("PutBucketVersioning"), READY] * (MOST_REPETITIONS + 5)
    for _ in range(MOST_REPETITIONS + 5):
        foundation = row.brings_about(BUCKET)
        assert foundation.holdup is None
        row.now += 86_400 / SCALE


@pytest.mark.parametrize("kind", [FailureKind.THROTTLED, FailureKind.CONFLICT, FailureKind.DENIED])
def test_calls_that_aws_refuses_are_not_taken_for_accepted(row, kind):
    row.answers["DeleteVpc"] = failure(kind)
    row.parts[NETWORK].removals = [calls("DeleteVpc")]
    for _ in range(3 * MOST_REPETITIONS):
        left = row.clears(NETWORK)
        assert left.holdup.reason is not Reason.NOT_CONVERGING
    assert len(row.made) == 3 * MOST_REPETITIONS


def test_waiting_in_between_does_not_hide_that_calls_do_not_help(row):
    row.parts[BUCKET].plans = [calls("PutBucketPolicy"), WAITS] * 20
    reasons = {row.brings_about(BUCKET).holdup.reason for _ in range(2 * MOST_REPETITIONS)}
    assert Reason.NOT_CONVERGING in reasons
    assert row.made == ["PutBucketPolicy"] * MOST_REPETITIONS
