"""How parts that are not in order show in what is decided about the environment, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus, ProvisionedStatus
from mwaa_operator.planning.desired import desired_environment
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.foundation import Foundation, provisioned_status
from mwaa_operator.planning.parts.model import Outputs
from mwaa_operator.planning.parts.outputs import combined, given, remembered
from mwaa_operator.planning.plan import plan
from mwaa_operator.planning.report import status_of

from tests.unit.planning.conftest import MINIMAL, NOON, World
from tests.unit.planning.parts.foundation_world import (
    BUCKET,
    DRIFTED,
    LOGS,
    NETWORK,
    PROVISIONED,
    READY,
    ROLE,
    TAKEN,
    WAITS,
    all_in_order,
    from_nothing,
    has_made,
    says,
)

GONE = replace(WAITS, gone=True, reason=Reason.REMOVING)
UNSEEN = replace(WAITS, reason=Reason.THROTTLED, unseen=True)


def planned(world, **states):
    foundation = Foundation(states={kind: states[kind.name] for kind in (BUCKET, NETWORK, ROLE) if kind.name in states})
    return plan(replace(world.situation, foundation=foundation))


# The environment's own plan ------------------------------------------------------------------------------------------


def test_environment_is_created_once_all_it_stands_on_is_there(world):
    assert [step.kind for step in planned(world, BUCKET=READY, NETWORK=READY).steps] == ["CreateEnvironment"]


@pytest.mark.parametrize(
    ("late", "standing"), [(WAITS, Standing.PROGRESSING), (TAKEN, Standing.STALLED), (UNSEEN, Standing.PROGRESSING)]
)
def test_environment_is_not_created_before_what_it_stands_on_is_there(world, late, standing):
    decided = planned(world, BUCKET=READY, NETWORK=late)
    assert decided.steps == ()
    verdict = decided.verdict
    assert (verdict.standing, verdict.reason, verdict.message) == (standing, late.reason, late.message)
    assert verdict.ready is False


def test_drift_that_is_left_alone_holds_no_create_up(world):
    assert [step.kind for step in planned(world, BUCKET=DRIFTED).steps] == ["CreateEnvironment"]


def test_environment_that_runs_stays_ready_while_what_it_stands_on_is_put_right(settled):
    verdict = planned(settled, BUCKET=WAITS).verdict
    assert (verdict.ready, verdict.synced) == (True, False)
    assert (verdict.standing, verdict.message) == (Standing.PROGRESSING, WAITS.message)


def test_part_that_cannot_be_looked_at_says_nothing_of_an_environment_that_runs(settled):
    verdict = planned(settled, BUCKET=UNSEEN).verdict
    assert (verdict.ready, verdict.synced) == (True, None)


def test_environment_that_runs_is_updated_also_while_a_part_is_put_right(settled):
    settled.edit(maxWorkers=9)
    assert [step.kind for step in planned(settled, BUCKET=WAITS).steps] == ["UpdateEnvironment"]


def test_what_stalls_the_environment_itself_is_said_before_its_parts(settled):
    settled.edit(endpointManagement="CUSTOMER").aws_says(EndpointManagement="SERVICE")
    assert planned(settled, BUCKET=WAITS).verdict.reason is Reason.IMMUTABLE_FIELD


def test_drift_that_is_left_alone_leaves_the_environment_as_it_is(settled):
    assert planned(settled, BUCKET=DRIFTED).verdict == settled.plan.verdict


def test_part_that_is_gone_does_not_speak_for_those_that_are_still_there():
    assert Foundation(states={LOGS: GONE, NETWORK: WAITS}).holdup.message == WAITS.message
    assert Foundation(states={LOGS: GONE}).holdup is None


def test_object_that_goes_is_let_go_whatever_its_parts_are_like(settled):
    settled.deleting, settled.aws = True, None
    settled.later(minutes=10)
    decided = planned(settled, BUCKET=TAKEN)
    assert (decided.release, decided.clears) == (True, True)


# Deleting ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policies", "clears"),
    [({}, True), ({"deletion": "Retain"}, False), ({"management": "Observe"}, False)],
    ids=["delete", "retain", "observe"],
)
@pytest.mark.parametrize("aws", ["nothing", "somebody else's"])
def test_parts_go_with_the_object_unless_the_policies_say_otherwise(aws, policies, clears):
    world = from_nothing().policies(**policies)
    if aws != "nothing":
        world.exists(Tags={**world.identity.tags, "mwaa-operator.dev/name": "another"})
    world.deleting = True
    assert world.plan.release
    assert world.plan.clears is clears


def test_parts_stay_while_the_environment_is_there():
    world = from_nothing().exists("DELETING")
    world.deleting = True
    assert not world.plan.release
    assert not world.plan.clears


def test_parts_of_an_environment_that_is_kept_are_kept():
    world = from_nothing().exists().policies(deletion="Retain")
    world.deleting = True
    assert world.plan.release
    assert not world.plan.clears


# Values that come from parts -----------------------------------------------------------------------------------------


def desired(world, outputs):
    spec = EnvironmentSpec.model_validate(world.spec)
    return desired_environment(spec, name="env", secret_options={}, newest_object_versions={}, outputs=outputs)


def spec_of(world):
    return EnvironmentSpec.model_validate(world.spec)


def test_values_of_parts_are_those_of_the_environment():
    world = has_made(from_nothing(), BUCKET)
    fields = desired(world, remembered(world.status, spec_of(world))).fields
    assert fields["SourceBucketArn"] == PROVISIONED.source_bucket_arn
    assert fields["ExecutionRoleArn"] == PROVISIONED.execution_role_arn
    assert fields["NetworkConfiguration"] == {
        "SubnetIds": list(PROVISIONED.subnet_ids),
        "SecurityGroupIds": list(PROVISIONED.security_group_ids),
    }
    assert fields["DagS3Path"] == "dags"


def test_values_that_are_not_there_yet_are_left_out():
    world = from_nothing()
    assert set(desired(world, remembered(world.status, spec_of(world))).fields) == {"DagS3Path"}


def test_environment_stays_as_it_is_where_its_parts_are_not_looked_at():
    """What is asked for must not seem to change while AWS throttles, or while there is no reason to look."""
    world = has_made(from_nothing(), BUCKET)
    seen = combined(
        Outputs(
            source_bucket_arn=PROVISIONED.source_bucket_arn,
            execution_role_arn=PROVISIONED.execution_role_arn,
            subnet_ids=PROVISIONED.subnet_ids,
            security_group_ids=PROVISIONED.security_group_ids,
        ),
        given(spec_of(world)),
    )
    looked = replace(world.situation, desired=desired(world, seen))
    not_looked = replace(world.situation, desired=desired(world, remembered(world.status, spec_of(world))))
    assert looked.desired_hash == not_looked.desired_hash


def test_reference_in_the_spec_counts_more_than_what_was_made_before():
    world = has_made(World(spec={**MINIMAL, "provision": {"logRetentionDays": 30}}), ROLE)
    outputs = remembered(world.status, spec_of(world))
    assert outputs.execution_role_arn == MINIMAL["executionRoleArn"]
    assert outputs.source_bucket_arn == MINIMAL["sourceBucketArn"]


def test_status_tells_only_values_of_parts_that_are_made():
    spec = spec_of(
        World(
            spec={
                "provision": {"bucket": {"name": "made"}, "network": {}},
                "executionRoleArn": "arn:aws:iam::123456789012:role/r",
            }
        )
    )
    outputs = Outputs(source_bucket_arn="arn:b", execution_role_arn="arn:r", subnet_ids=("s", "t"))
    assert provisioned_status(outputs, spec) == ProvisionedStatus(source_bucket_arn="arn:b", subnet_ids=("s", "t"))


# The status ----------------------------------------------------------------------------------------------------------


def told(before: EnvironmentStatus, **more):
    usual = dict.fromkeys(("verdict", "environment", "account", "pending", "operation", "applied", "handled_request"))
    return status_of(before, **{**usual, "generation": 1, "now": NOON, "drifted": (), **more})


def condition(status, kind):
    return next(((each.status.value, each.reason) for each in status.conditions if each.type == kind), None)


def test_values_of_parts_that_are_made_no_longer_leave_the_status():
    before = has_made(World(), ROLE).status
    assert told(before, provisioned=ProvisionedStatus()).provisioned is None
    assert told(before).provisioned == PROVISIONED


@pytest.mark.parametrize(("ready", "reason"), [(True, Reason.PROVISIONED), (False, Reason.DRIFTED)])
def test_look_that_fails_leaves_what_was_said_of_a_part_in_order(ready, reason):
    before = says(from_nothing(), BUCKET, ready, reason).status
    assert condition(told(before, parts={BUCKET: UNSEEN}), "BucketReady") == (str(ready), reason.value)


def test_look_that_fails_is_told_of_a_part_that_is_not_there_yet():
    before = says(from_nothing(), BUCKET, False, Reason.PROVISIONING).status
    assert condition(told(before, parts={BUCKET: UNSEEN}), "BucketReady") == ("False", "Throttled")
    assert condition(told(EnvironmentStatus(), parts={BUCKET: UNSEEN}), "BucketReady") == ("False", "Throttled")


def test_part_that_is_put_right_is_told_of():
    before = all_in_order(from_nothing()).status
    assert condition(told(before, parts={BUCKET: WAITS}), "BucketReady") == ("False", "Provisioning")


# Requests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "held"), [(WAITS, True), (TAKEN, False), (READY, False)])
def test_request_is_kept_until_the_environment_can_be_created(late, held):
    situation = replace(from_nothing().situation, foundation=Foundation(states={BUCKET: late}))
    assert situation.create_is_held_up is held


def test_request_for_an_environment_that_runs_is_answered_at_once(settled):
    situation = replace(settled.situation, foundation=Foundation(states={BUCKET: WAITS}))
    assert not situation.create_is_held_up
