"""When the Airflow of an environment is asked, and when people hear of what it said."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import Future
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.controller.airflow_health import AirflowHealth
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.failure import AwsError, FailureKind

from tests.unit.planning.accompanied import accompanied

KEY = Key("data", "env")
HOUR = 3600.0
NAMES = ("metadatabase", "scheduler", "triggerer", "dag_processor")
THROTTLED = AwsError(kind=FailureKind.THROTTLED, operation="InvokeRestApi", code="ThrottlingException", message="")


class Airflow:
    """An Airflow that answers what it is told to, and notes when it is asked for what."""

    major = 3

    def __init__(self):
        self.asked = []
        self.logs_in = set()
        self.order = None
        self.statuses = {}
        self.errors = []
        self.problem = None

    def of(self, **_):
        return self

    def call(self, _method, path, *, query=None, log_in=True):
        self.logs_in.add(log_in)
        self.order = (query or {}).get("order_by", self.order)
        self.asked.append((asyncio.get_running_loop().time(), path))
        if self.problem is not None:
            raise self.problem
        if path == "/monitor/health":
            return {name: {"status": self.statuses.get(name, "healthy")} for name in NAMES}
        if path == "/importErrors":
            return {"import_errors": self.errors, "total_entries": len(self.errors)}
        return {"dags": [], "total_entries": 7}

    def looks(self):
        """The moments at which it was asked for its health."""
        return [round(at) for at, path in self.asked if path == "/monitor/health"]


class AtOnce:
    """An executor whose thread is this one."""

    def submit(self, function, *args):
        future = Future()
        try:
            future.set_result(function(*args))
        except (AwsError, AirflowProblem, AttributeError) as error:
            future.set_exception(error)
        return future


class Middle(random.Random):
    """No jitter."""

    def random(self):
        return 0.5


@pytest.fixture
def airflow():
    return Airflow()


@pytest.fixture
def kicks():
    return []


@pytest.fixture
def after(airflow, kicks, in_virtual_time):
    """Let an environment be looked after for so many seconds, with things that happen meanwhile; gives the companion."""

    def run(seconds, *, said=None, happens=(), only_observed=False):
        async def scenario():
            loop = asyncio.get_running_loop()
            health = AirflowHealth(
                airflow,
                kick=lambda key: (
                    kicks.append(round(loop.time()))
                    or health.accompany(key, replace(about(health.remark(key)), only_observed=only_observed))
                ),
                executor=AtOnce(),
                rest_seconds=600,
                scale=1,
                clock=loop.time,
                randomness=Middle(),
            )
            health.accompany(KEY, replace(about(said), only_observed=only_observed))
            looking = asyncio.create_task(health.run())
            for at, what in happens:
                loop.call_at(at, what)
            await asyncio.sleep(seconds)
            looking.cancel()
            return health

        return in_virtual_time(scenario())

    return run


def about(remark=None):
    """The environment, as a pass sees it that has written that remark."""
    known = {}
    if remark is not None:
        status = {True: "True", False: "False", None: "Unknown"}[remark.status]
        condition = Condition(
            type=remark.kind,
            status=status,
            reason=remark.reason,
            message=remark.message,
            last_transition_time="2026-11-24T12:00:00Z",
        )
        known = {remark.kind: condition}
    return accompanied(said=known)


def test_at_rest_it_is_asked_every_ten_minutes_and_its_dags_are_counted_hourly(after, airflow, kicks):
    health = after(2 * HOUR)
    assert airflow.looks() == list(range(30, 7200, 600))
    assert [round(at) for at, path in airflow.asked if path == "/dags"] == [30, 3630]
    assert kicks == [30]
    assert health.remark(KEY).airflow.dags == 7


def test_what_is_known_already_is_asked_somewhere_in_the_rhythm_and_is_no_news(after, airflow, kicks):
    known = after(60).remark(KEY)
    airflow.asked.clear()
    kicks.clear()
    after(HOUR, said=known)
    assert airflow.looks()[:2] == [300, 900]
    assert kicks == []


def test_one_beat_that_was_missed_is_no_news(after, airflow, kicks):
    def scheduler_is(status):
        return lambda: airflow.statuses.update(scheduler=status)

    health = after(HOUR, happens=[(600, scheduler_is("unhealthy")), (640, scheduler_is("healthy"))])
    assert kicks == [30]
    assert airflow.looks()[:4] == [30, 630, 690, 1290]
    assert health.remark(KEY).reason is Reason.AIRFLOW_HEALTHY


def test_what_stays_unwell_is_said_after_a_minute_and_looked_at_sooner(after, airflow, kicks):
    health = after(1000, happens=[(600, lambda: airflow.statuses.update(scheduler="unhealthy"))])
    assert kicks == [30, 690]
    assert airflow.looks() == [30, 630, 690, 810, 930]
    assert health.remark(KEY).reason is Reason.AIRFLOW_UNHEALTHY


def test_a_broken_file_is_said_at_once_and_so_is_another_one(after, airflow, kicks):
    first, second = ({"filename": f"{name}.py", "stack_trace": "SyntaxError: invalid"} for name in ("a", "b"))
    after(1300, happens=[(600, lambda: airflow.errors.append(first)), (700, lambda: airflow.errors.append(second))])
    assert kicks == [30, 630, 930]


def test_errors_come_in_an_order_that_stays_when_airflow_reads_the_files_again(after, airflow):
    after(100)
    assert airflow.order == "filename"


@pytest.mark.parametrize("observed", [True, False])
def test_for_an_environment_that_is_only_observed_no_session_is_begun(after, airflow, observed):
    after(2 * HOUR, only_observed=observed)
    assert airflow.logs_in == {not observed}


def test_without_a_database_nothing_else_is_asked_for(after, airflow):
    airflow.statuses = {"metadatabase": "unhealthy"}
    after(HOUR)
    assert {path for _, path in airflow.asked} == {"/monitor/health"}


def test_no_way_to_it_is_said_once_and_tried_hourly(after, airflow, kicks):
    airflow.problem = Unreachable(Reason.AIRFLOW_UNREACHABLE, "It is private.")
    health = after(3 * HOUR)
    assert airflow.looks() == [30, 3630, 7230]
    assert kicks == [30]
    assert health.remark(KEY).status is None


def test_airflow_that_fails_is_unwell(after, airflow, kicks):
    airflow.problem = AirflowProblem(500, "no")
    assert after(100).remark(KEY).reason is Reason.AIRFLOW_UNHEALTHY
    assert kicks == [90]


def test_aws_that_throttles_changes_nothing_of_what_was_said(after, airflow, kicks):
    health = after(2000, happens=[(600, lambda: setattr(airflow, "problem", THROTTLED))])
    assert health.remark(KEY).reason is Reason.AIRFLOW_HEALTHY
    assert kicks == [30]
    assert airflow.looks() == [30, 630, 930, 1230, 1530, 1830]


def test_a_look_that_meets_with_what_nobody_thought_of_does_not_end_the_others(after, airflow):
    airflow.statuses = None
    health = after(700, happens=[(100, lambda: setattr(airflow, "statuses", {}))])
    assert health.remark(KEY).reason is Reason.AIRFLOW_HEALTHY
    assert airflow.looks() == [30, 330]


def test_who_is_left_is_not_asked_any_more(airflow, in_virtual_time):
    async def scenario():
        loop = asyncio.get_running_loop()
        health = AirflowHealth(
            airflow,
            kick=lambda _: None,
            executor=AtOnce(),
            rest_seconds=600,
            scale=1,
            clock=loop.time,
            randomness=Middle(),
        )
        health.accompany(KEY, about())
        looking = asyncio.create_task(health.run())
        await asyncio.sleep(100)
        health.leave(KEY)
        await asyncio.sleep(HOUR)
        looking.cancel()
        return health.remark(KEY)

    assert in_virtual_time(scenario()) is None
    assert airflow.looks() == [30]
    assert AirflowHealth.kind is ConditionType.AIRFLOW_HEALTHY
