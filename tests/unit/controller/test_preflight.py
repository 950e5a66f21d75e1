"""The facts for the checks are gathered at once, and nothing that cannot be seen holds a call up."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.preflight import PATIENCE_SECONDS, Preflight
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.preflight.model import CheckVerdict
from mwaa_operator.planning.preflight.snapshot import Subject, Unseen

from tests.unit.planning.conftest import World
from tests.unit.planning.parts.foundation_world import BUCKET, WAITS
from tests.unit.planning.preflight.network_world import behind_nat
from tests.unit.planning.preflight.plain_world import World as Facts

REGION = "eu-west-1"
FOUND = {**Facts().snapshot.facts, Subject.NETWORK: behind_nat(), Subject.SUBNETS: behind_nat()}


def looks(**instead):
    """How each subject is looked at: all is well, but for those that are given otherwise."""
    return {subject: instead.get(subject.name, FOUND[subject]) for subject in FOUND}


async def ask(look, _clients, _asked):
    """Show the facts at once, raise an error, or take as long as a look says."""
    if isinstance(look, AwsError):
        raise look
    if isinstance(look, float):
        await asyncio.sleep(look)
        return Unseen("Too late.")
    return look


def preflight(**instead):
    return Preflight(Clients(connections=1), looks(**instead))


def failure(kind):
    return AwsError(kind=kind, operation="DescribeVpcs", code="SomeCode", message="no")


@pytest.fixture
def world():
    """An object that was just applied, and nothing in AWS."""
    return World().edit(networkConfiguration={"subnetIds": ["subnet-a", "subnet-b"], "securityGroupIds": ["sg-1"]})


@pytest.fixture
def settled(world):
    """An environment that is AVAILABLE and as the spec says."""
    return world.edit(maxWorkers=5).settles()


@pytest.fixture
def judge(in_virtual_time):
    """Give the plan and the status of the checks."""

    def judged(world, checks, **more):
        situation = replace(world.situation, **more)
        return in_virtual_time(checks.judge(situation, world.plan, region=REGION, ask=ask))

    return judged


def unknown(preflight_status):
    return [finding for finding in preflight_status.findings if finding.verdict == CheckVerdict.UNKNOWN]


def test_create_is_judged_by_all_that_can_be_seen(judge, world):
    _, status = judge(world, preflight())
    assert status.passed > 30
    assert unknown(status) == []


@pytest.mark.parametrize(
    "kind", [FailureKind.THROTTLED, FailureKind.TRANSIENT, FailureKind.DENIED, FailureKind.INVALID, FailureKind.GONE]
)
def test_subject_that_aws_does_not_show_is_unknown_and_stops_nothing(judge, world, kind):
    decided, status = judge(world, preflight(QUOTAS=failure(kind), CALLER=failure(kind)))
    assert [step.kind for step in decided.steps] == [step.kind for step in world.plan.steps]
    assert unknown(status)
    assert all("DescribeVpcs" in finding.found and "SomeCode" in finding.found for finding in unknown(status))


def test_subject_that_takes_too_long_is_unknown(judge, world):
    _, status = judge(world, preflight(QUOTAS=PATIENCE_SECONDS + 1))
    assert unknown(status)
    assert all("too slowly" in finding.found for finding in unknown(status))


def test_subjects_are_looked_at_at_the_same_time(in_virtual_time, world):
    async def timed():
        began = asyncio.get_running_loop().time()
        slow = {subject.name: PATIENCE_SECONDS - 1 for subject in Subject}
        await preflight(**slow).judge(world.situation, world.plan, region=REGION, ask=ask)
        return asyncio.get_running_loop().time() - began

    assert in_virtual_time(timed()) == pytest.approx(PATIENCE_SECONDS - 1, abs=0.1)


def test_missing_credentials_are_no_finding(judge, world):
    with pytest.raises(AwsError):
        judge(world, preflight(ROLE=failure(FailureKind.CREDENTIALS)))


def test_only_subjects_that_a_call_touches_are_looked_at(judge, settled):
    """When the weekly maintenance begins is none of the network's business."""
    settled.edit(weeklyMaintenanceWindowStart="WED:03:30")
    decided, status = judge(settled, preflight(NETWORK=failure(FailureKind.CREDENTIALS)))
    assert [step.kind for step in decided.steps] == ["UpdateEnvironment"]
    assert status.findings == ()


def test_nothing_is_looked_at_before_what_the_environment_stands_on_is_there(judge, world):
    broken = Preflight(Clients(connections=1), dict.fromkeys(Subject, failure(FailureKind.CREDENTIALS)))
    decided, status = judge(world, broken, foundation=Foundation(states={BUCKET: WAITS}))
    assert (decided, status) == (world.plan, None)


def test_checks_are_not_made_again_for_a_call_that_is_repeated(judge, world):
    _, found = judge(world, preflight(QUOTAS=failure(FailureKind.THROTTLED)))
    world.status = world.status.model_copy(update={"preflight": found})
    assert not [each for each in found.findings if each.verdict == CheckVerdict.ERROR]
    broken = Preflight(Clients(connections=1), dict.fromkeys(Subject, failure(FailureKind.CREDENTIALS)))
    assert judge(world, broken) == (world.plan, None)


class Asked:
    """AWS's STS, as far as looks use it: counts how often it was asked."""

    meta = None

    def __init__(self):
        self.times = 0

    def client(self, _service, _region=None):
        return self

    def get_caller_identity(self):
        self.times += 1
        return {}


def test_objects_judged_together_share_what_aws_says_and_a_request_by_hand_looks_anew(world, in_virtual_time):
    aws = Asked()
    checks = Preflight(aws, {Subject.CALLER: lambda clients, _: clients.client("sts").get_caller_identity()})

    async def ask_aws(look, clients, asked):
        look(clients, asked)
        return FOUND[Subject.CALLER]

    def judged(**more):
        situation = replace(world.situation, **more)
        in_virtual_time(checks.judge(situation, world.plan, region=REGION, ask=ask_aws))

    judged()
    judged()
    assert aws.times == 1
    judged(retry=True)
    assert aws.times == 2
