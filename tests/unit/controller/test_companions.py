"""Companions beside passes: what they are told, what is taken along, and what is left of those that are switched off."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.controller.accompaniment import companions_of
from mwaa_operator.controller.companions import Companions
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.companion import Remark

from tests.unit.planning.conftest import World

KEY = Key("data", "env")
BOTH = {ConditionType.AIRFLOW_HEALTHY, ConditionType.WELL_SIZED}


class Quiet:
    """A companion that notes what it is told."""

    kind = ConditionType.AIRFLOW_HEALTHY

    def __init__(self):
        self.with_me = {}
        self.says = None

    def accompany(self, key, environment):
        self.with_me[key] = environment

    def leave(self, key):
        self.with_me.pop(key, None)

    def remark(self, key):
        return self.says if key in self.with_me else None

    async def run(self):
        await asyncio.Event().wait()


@pytest.fixture
def running():
    """An environment that runs, with a password among its options."""
    return World().edit(airflowConfigurationOptions={"smtp.smtp_password": "hunter2"}).exists().situation


@pytest.fixture
def working():
    return World().exists("UPDATING").situation


@pytest.fixture
def absent():
    return World().situation


@pytest.fixture
def quiet():
    return Quiet()


@pytest.fixture
def companions(quiet):
    return Companions([quiet], off=frozenset({ConditionType.WELL_SIZED}))


def test_an_environment_that_runs_is_accompanied_and_its_remark_taken_along(companions, quiet, running):
    assert companions.seen(KEY, running, region="eu-west-1").said == ()
    assert quiet.with_me[KEY].region == "eu-west-1"
    quiet.says = Remark(kind=quiet.kind, status=True, reason=Reason.AIRFLOW_HEALTHY, message="It is well.", again=600)
    remarks = companions.seen(KEY, running, region="eu-west-1")
    assert remarks.said == (quiet.says,)
    assert remarks.none == {ConditionType.WELL_SIZED}


def test_one_that_is_at_work_is_left_alone_and_what_was_said_stands(companions, quiet, running, working):
    companions.seen(KEY, running, region="eu-west-1")
    remarks = companions.seen(KEY, working, region="eu-west-1")
    assert quiet.with_me == {}
    assert quiet.kind not in remarks.none


def test_one_that_is_gone_leaves_nothing_behind(companions, quiet, running, absent):
    companions.seen(KEY, running, region="eu-west-1")
    assert companions.seen(KEY, absent, region="eu-west-1").none == BOTH
    assert quiet.with_me == {}


def test_values_of_options_are_hidden_from_what_is_said(companions, quiet, running):
    companions.seen(KEY, running, region="eu-west-1")
    assert quiet.with_me[KEY].hide("the password is hunter2") == "the password is ***"


@pytest.mark.parametrize(
    ("settings", "off"),
    [
        ({}, set()),
        ({"airflow_health_seconds": 0}, {ConditionType.AIRFLOW_HEALTHY}),
        ({"sizing_seconds": 0}, {ConditionType.WELL_SIZED}),
        ({"airflow_health_seconds": 0, "sizing_seconds": 0}, BOTH),
    ],
    ids=["both on", "health off", "sizing off", "both off"],
)
def test_each_can_be_switched_off_and_then_says_nothing_any_more(settings, off, running):
    with ThreadPoolExecutor(1) as executor:
        made = companions_of(
            Settings(**settings),
            clients=SimpleNamespace(),
            airflows=SimpleNamespace(),
            kick=lambda _: None,
            executor=executor,
            randomness=random.Random(0),
        )

        async def asked():
            return made.seen(KEY, running, region="eu-west-1")

        assert asyncio.run(asked()).none == off


def test_companions_run_until_they_are_cancelled_also_where_there_are_none():
    async def ends():
        running = asyncio.create_task(Companions().run())
        done, _ = await asyncio.wait({running}, timeout=0.05)
        running.cancel()
        await asyncio.wait({running}, timeout=60)
        return bool(done), running.cancelled()

    assert asyncio.run(ends()) == (False, True)
