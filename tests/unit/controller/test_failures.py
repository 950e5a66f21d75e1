"""Calls that fail are tried again ever later, each object by itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.schedule import JITTER

KEY, OTHER = Key("data", "env"), Key("data", "other")
SCALE = 60.0


class Clock:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def failures(clock):
    return Failures(moment=lambda: Moment(clock.now, SCALE), randomness=random.Random(1))


def error(kind=FailureKind.THROTTLED):
    return AwsError(kind=kind, operation="DescribeVpcs", code="SomeCode", message="no")


def test_waits_grow_and_are_scaled(failures):
    waits = [failures.follow(KEY, error())[1] * SCALE for _ in range(8)]
    assert waits[0] == pytest.approx(2, rel=JITTER)
    assert waits[-1] == pytest.approx(120, rel=JITTER)
    assert waits[1] < waits[3] < waits[5]


def test_failures_of_one_object_do_not_slow_another(failures):
    for _ in range(8):
        failures.follow(KEY, error())
    assert failures.follow(OTHER, error())[1] * SCALE == pytest.approx(2, rel=JITTER)


def test_count_begins_anew_once_nothing_fails_any_more(failures):
    for _ in range(8):
        failures.follow(KEY, error())
    failures.over(KEY)
    assert failures.follow(KEY, error())[1] * SCALE == pytest.approx(2, rel=JITTER)


def test_patience_is_counted_from_the_first_failure(failures, clock):
    assert failures.follow(KEY, error(FailureKind.DENIED))[0].verdict.standing is Standing.PROGRESSING
    clock.now += timedelta(seconds=61 / SCALE)
    failures.follow(OTHER, error(FailureKind.DENIED))
    clock.now += timedelta(seconds=1)
    assert failures.follow(KEY, error(FailureKind.DENIED))[0].verdict.standing is Standing.STALLED
