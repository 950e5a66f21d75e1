"""How CloudWatch is asked about the load, and what is kept of its answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.sizing import Sizing
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.failure import AwsError

from tests.unit.planning.accompanied import accompanied

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEYS = [Key("data", f"env-{number}") for number in range(60)]
DENIED = {"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}


class CloudWatch:
    """Has one point of each metric that it is asked for."""

    def __init__(self):
        self.asked = []
        self.denies = False

    def client(self, *_):
        return self

    def get_metric_data(self, *, MetricDataQueries, **_):  # noqa: N803 - boto3's name
        self.asked.append((round(asyncio.get_running_loop().time()), len(MetricDataQueries)))
        if self.denies:
            raise ClientError(DENIED, "GetMetricData")
        at = NOW - timedelta(hours=2)
        return {
            "MetricDataResults": [{"Id": one["Id"], "Timestamps": [at], "Values": [7.0]} for one in MetricDataQueries]
        }


class AtOnce:
    """An executor whose thread is this one."""

    def submit(self, function):
        future = Future()
        try:
            future.set_result(function())
        except AwsError as error:
            future.set_exception(error)
        return future


@pytest.fixture
def cloudwatch():
    return CloudWatch()


@pytest.fixture
def after(cloudwatch, in_virtual_time):
    """Let the environments be looked after for so many seconds; gives the companion."""

    def run(seconds):
        async def scenario():
            sizing = Sizing(
                cloudwatch,
                kick=lambda _: None,
                executor=AtOnce(),
                every_seconds=900,
                scale=1,
                clock=asyncio.get_running_loop().time,
                now=lambda: NOW,
            )
            for key in KEYS:
                sizing.accompany(key, accompanied(environment=key.name))
            looking = asyncio.create_task(sizing.run())
            await asyncio.sleep(seconds)
            looking.cancel()
            return sizing

        return in_virtual_time(scenario())

    return run


def test_all_environments_are_asked_for_together_as_far_as_calls_reach(after, cloudwatch):
    sizing = after(1000)
    seldom, often = 10, 3
    assert cloudwatch.asked == [
        *((60, count * seldom) for count in (25, 25, 10)),
        (60, len(KEYS) * often),
        (960, len(KEYS) * often),
    ]
    assert {sizing.remark(key).load.running_tasks for key in KEYS} == {7}


def test_without_permission_all_are_unknown_and_one_call_an_hour_is_made(after, cloudwatch):
    cloudwatch.denies = True
    sizing = after(2 * 3600)
    assert [at for at, _ in cloudwatch.asked] == [60, 3660]
    assert {(sizing.remark(key).status, sizing.remark(key).reason) for key in KEYS} == {(None, Reason.ACCESS_DENIED)}
