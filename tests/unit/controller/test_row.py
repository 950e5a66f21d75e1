"""How parts are brought about and removed, one after the other."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.row import PASS_SECONDS, STALLED_SECONDS, UNHEARD_SECONDS
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.model import Call, Outputs, PartKind

from tests.unit.controller.row_world import (
    GONE,
    READY,
    RETRY_SECONDS,
    SCALE,
    TAKEN,
    WAITS,
    RowWorld,
    calls,
    failure,
    listed,
)

BUCKET, NETWORK, ROLE, LOGS = (
    PartKind.BUCKET,
    PartKind.NETWORK,
    PartKind.EXECUTION_ROLE,
    PartKind.LOG_GROUPS,
)


@pytest.fixture
def row():
    return RowWorld()


def test_part_is_looked_at_again_until_nothing_is_left_to_do(row):
    row.parts[BUCKET].plans = [calls("CreateBucket"), calls("PutBucketVersioning", "PutBucketPolicy"), READY]
    foundation = row.brings_about(BUCKET)
    assert row.made == ["CreateBucket", "PutBucketVersioning", "PutBucketPolicy"]
    assert foundation.states[BUCKET].ready
    assert (foundation.holdup, foundation.again) == (None, None)


@pytest.mark.parametrize(
    "late", [WAITS, TAKEN, failure(), calls("CreateVpc")], ids=["waits", "taken", "failed", "slow"]
)
def test_part_that_is_not_ready_stops_those_after_it(row, late):
    row.parts[NETWORK].plans = [late]
    row.look_seconds = PASS_SECONDS
    foundation = row.brings_about(BUCKET, NETWORK, ROLE)
    assert list(foundation.states) == [BUCKET, NETWORK]
    assert foundation.holdup is not None
    assert row.parts[ROLE].contexts == []


@pytest.mark.parametrize(
    ("late", "standing", "again"),
    [
        (WAITS, Standing.PROGRESSING, WAITS.look_after / SCALE),
        (TAKEN, Standing.STALLED, STALLED_SECONDS / SCALE),
        (failure(FailureKind.THROTTLED), Standing.PROGRESSING, RETRY_SECONDS),
        (failure(FailureKind.QUOTA), Standing.STALLED, RETRY_SECONDS),
    ],
    ids=["waits", "taken", "throttled", "quota"],
)
def test_part_that_is_not_ready_says_when_to_look_again(row, late, standing, again):
    row.parts[BUCKET].plans = [late]
    foundation = row.brings_about(BUCKET)
    assert foundation.holdup.standing is standing
    assert foundation.again == pytest.approx(again)


def test_outputs_of_a_part_are_there_for_those_after_it(row):
    ready = calls(ready=True, outputs=Outputs(source_bucket_arn="arn:aws:s3:::made"))
    row.parts[BUCKET].plans = [ready]
    foundation = row.brings_about(BUCKET, ROLE)
    assert row.parts[ROLE].contexts[0].outputs.source_bucket_arn == "arn:aws:s3:::made"
    assert foundation.outputs.source_bucket_arn == "arn:aws:s3:::made"


def test_outputs_of_a_part_that_cannot_be_looked_at_stay_as_they_were(row):
    row.context = row.context.__class__(
        **{**vars(row.context), "outputs": Outputs(source_bucket_arn="arn:aws:s3:::known", subnet_ids=("a", "b"))}
    )
    row.parts[BUCKET].plans = [failure()]
    assert row.brings_about(BUCKET, NETWORK).outputs == row.context.outputs


def test_part_that_cannot_be_looked_at_keeps_what_is_listed_of_it(row):
    of_network, of_bucket = (listed("vpc-1")[0].model_copy(update={"part": kind.value}) for kind in (NETWORK, BUCKET))
    row.knows(of_network, of_bucket).parts[NETWORK].plans = [failure()]
    state = row.brings_about(NETWORK).states[NETWORK]
    assert state.resources == (of_network,)
    assert state.unseen


def test_part_whose_call_fails_was_looked_at(row):
    row.answers["CreateVpc"] = failure()
    row.parts[NETWORK].plans = [calls("CreateVpc", resources=listed("igw-1"))]
    state = row.brings_about(NETWORK).states[NETWORK]
    assert not state.unseen
    assert state.resources == listed("igw-1")


def test_how_things_stand_is_said_before_a_call_is_made(row):
    row.parts[NETWORK].plans = [calls("CreateVpc", message="The network is being made."), READY]
    row.brings_about(BUCKET, NETWORK)
    [said] = row.said
    assert said.states[BUCKET].ready
    assert said.states[NETWORK].message == "The network is being made."


def test_pass_ends_after_a_while_and_goes_on_at_once(row):
    row.parts[NETWORK].plans = [calls(f"Call{number}") for number in range(5)]
    row.look_seconds = PASS_SECONDS / 2
    foundation = row.brings_about(NETWORK, ROLE)
    assert row.made == ["Call0", "Call1"]
    assert foundation.again == 0.0


def test_calls_after_one_that_failed_are_not_made(row):
    row.answers["CreateSubnet"] = failure()
    row.parts[NETWORK].plans = [calls("CreateVpc", "CreateSubnet", "CreateRouteTable")]
    row.brings_about(NETWORK)
    assert row.made == ["CreateVpc", "CreateSubnet"]


def test_rounds_of_which_all_was_accepted_are_told_apart(row):
    row.answers["CreateSubnet"] = failure()
    row.parts[NETWORK].plans = [calls("CreateVpc"), calls("CreateInternetGateway", "CreateSubnet")]
    row.brings_about(NETWORK)
    assert row.accepted == 1


@pytest.mark.parametrize(("path", "again"), [("Vpc.VpcId", UNHEARD_SECONDS / SCALE), (None, 0.1)])
def test_thing_that_may_have_been_made_unheard_is_looked_for_when_aws_shows_it(row, path, again):
    row.retry_seconds = 0.1
    row.answers["CreateVpc"] = failure(FailureKind.TRANSIENT)
    made = Call(service="ec2", operation="CreateVpc", parameters={}, made=path)
    row.parts[NETWORK].plans = [calls(calls=(made,))]
    assert row.brings_about(NETWORK).again == again


# What is gone already ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fine", "made"), [(True, ["DeleteRole", "Last"]), (False, ["DeleteRole"])])
def test_thing_that_is_gone_already_stops_a_removal_only_where_that_matters(row, fine, made):
    row.answers["DeleteRole"] = failure(FailureKind.GONE)
    step = Call(service="iam", operation="DeleteRole", parameters={}, gone_is_fine=fine)
    row.parts[ROLE].removals = [calls(calls=(step, *calls("Last").calls)), GONE]
    left = row.clears(ROLE)
    assert row.made == made
    assert (left is None) is fine


def test_parts_are_removed_in_the_opposite_order_each_after_the_last_is_gone(row):
    for kind in (BUCKET, NETWORK, ROLE, LOGS):
        row.parts[kind].removals = [calls(f"Delete{kind.value}"), GONE]
    row.parts[NETWORK].removals = [calls("DeleteNetwork"), WAITS, GONE]
    left = row.clears(BUCKET, ROLE, NETWORK, LOGS)
    assert row.made == ["DeleteLogGroups", "DeleteExecutionRole", "DeleteNetwork"]
    assert left.holdup.message == WAITS.message
    assert left.again == pytest.approx(WAITS.look_after / SCALE)
    assert row.clears(BUCKET, ROLE, NETWORK, LOGS) is None
    assert row.made[-1] == "DeleteBucket"


def test_part_that_cannot_be_removed_stops_those_before_it(row):
    row.parts[NETWORK].removals = [calls("DeleteVpc")]
    row.answers["DeleteVpc"] = failure(FailureKind.DENIED)
    left = row.clears(BUCKET, NETWORK)
    assert left.again == RETRY_SECONDS
    assert row.parts[BUCKET].contexts == []


def test_outputs_are_kept_while_something_is_removed(row):
    """A role that left the spec is removed beside an environment that runs, and the rest of it still comes from the other parts."""
    row.context = row.context.__class__(**{**vars(row.context), "outputs": Outputs(subnet_ids=("a", "b"))})
    row.parts[ROLE].removals = [WAITS]
    assert row.clears(ROLE).outputs == row.context.outputs


# Drift that is left alone --------------------------------------------------------------------------------------------


def test_drift_that_is_left_alone_is_said_and_nothing_is_called(row):
    row.parts[BUCKET].plans = [calls("PutBucketVersioning", resources=listed("b"))]
    foundation = row.brings_about(BUCKET, NETWORK, left_alone=frozenset({BUCKET}))
    assert row.made == []
    state = foundation.states[BUCKET]
    assert (state.ready, state.reason, state.resources) == (False, Reason.DRIFTED, listed("b"))
    assert "PutBucketVersioning" in state.message
    assert foundation.states[NETWORK].ready


def test_drift_that_is_left_alone_holds_nothing_up_and_is_not_looked_at_sooner(row):
    row.parts[NETWORK].plans = [calls("CreateRoute")]
    foundation = row.brings_about(BUCKET, NETWORK, left_alone=frozenset({NETWORK}))
    assert (foundation.holdup, foundation.again) == (None, None)


def test_drift_is_put_right_where_the_part_is_not_left_alone(row):
    row.parts[NETWORK].plans = [calls("CreateRoute"), READY]
    row.brings_about(BUCKET, NETWORK, left_alone=frozenset({BUCKET}))
    assert row.made == ["CreateRoute"]
