"""When the cause of a failure is looked for, and for how long."""

from __future__ import annotations

import asyncio

import pytest
from mwaa_operator.api.enums import OperationKind
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.diagnosis import PATIENCE_SECONDS, Diagnosis
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.planning.failure import AwsError, FailureKind

from tests.unit.planning.conftest import NOON, World

THROTTLED = AwsError(kind=FailureKind.THROTTLED, operation="DescribeLogStreams", code="ThrottlingException", message="")


@pytest.fixture
def diagnosis():
    clients = Clients(connections=1)
    return Diagnosis(clients, Preflight(clients, {}))


@pytest.fixture
def world():
    """An environment whose creation has just failed."""
    found = World().exists("CREATE_FAILED")
    operation = LastOperation(kind=OperationKind.CREATE, started_at=NOON, accepted_at=NOON)
    found.status = found.status.model_copy(update={"last_operation": operation})
    assert found.situation.has_just_failed
    return found


def test_failure_is_said_without_a_cause_where_aws_lets_one_wait(in_virtual_time, diagnosis, world):
    async def never(*_, **__):
        await asyncio.Event().wait()

    async def scenario():
        began = asyncio.get_running_loop().time()
        causes = await diagnosis.causes(world.situation, region="eu-west-1", ask=never)
        return causes, asyncio.get_running_loop().time() - began

    causes, waited = in_virtual_time(scenario())
    assert causes == ()
    assert waited == pytest.approx(PATIENCE_SECONDS, abs=1)


def test_error_that_passes_by_itself_is_raised(in_virtual_time, diagnosis, world):
    async def refused(*_, **__):
        raise THROTTLED

    with pytest.raises(AwsError):
        in_virtual_time(diagnosis.causes(world.situation, region="eu-west-1", ask=refused))


def test_nobody_asks_why_something_failed_that_is_being_deleted(in_virtual_time, diagnosis, world):
    asked = []

    async def ask(*arguments, **_):
        asked.append(arguments)

    world.deleting = True
    assert in_virtual_time(diagnosis.causes(world.situation, region="eu-west-1", ask=ask)) == ()
    assert asked == []
