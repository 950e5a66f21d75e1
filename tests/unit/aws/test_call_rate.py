"""The rate at which one environment's Airflow is asked."""

from __future__ import annotations

import pytest
from mwaa_operator.aws.call_rate import BURST, CALLS_PER_SECOND, CallRate


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("scale", [1.0, 60.0])
def test_no_more_than_five_calls_a_second_go_out_after_the_first_burst(scale):
    time = Time()
    rate = CallRate(scale=scale, clock=lambda: time.now, sleep=time.sleep)
    for _ in range(100 + int(BURST)):
        rate.take()
    assert time.now * scale == pytest.approx(100 / CALLS_PER_SECOND)


def test_calls_that_boto3_repeats_are_counted():
    time = Time()
    rate = CallRate(clock=lambda: time.now, sleep=time.sleep)
    rate.take()
    rate.count(10)
    rate.take()
    assert time.now == pytest.approx((10 + 2 - BURST) / CALLS_PER_SECOND)


def test_who_asks_seldom_never_waits():
    time = Time()
    rate = CallRate(clock=lambda: time.now, sleep=lambda _: pytest.fail("has waited"))
    for _ in range(50):
        time.now += 0.2
        rate.take()
