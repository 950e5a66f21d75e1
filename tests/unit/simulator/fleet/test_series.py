"""Samples, one set a minute, and the statistics of periods."""

from __future__ import annotations

import random

import pytest
from mwaa_sandbox.aws.fleet.timeline import Timeline, highest_lately
from mwaa_sandbox.aws.metrics.series import STATISTICS, Samples, by_period


def statistics(found):
    return {name: of(found) for name, of in STATISTICS.items()}


def test_a_period_holds_one_set_of_samples_for_each_whole_minute():
    found = by_period(Timeline(Samples(4.0, count=2)), begin=0, end=600, period=300, shift=0)
    assert list(found) == [0, 300]
    assert statistics(found[0]) == {"SampleCount": 10, "Sum": 40, "Average": 4, "Minimum": 4, "Maximum": 4}


def test_values_that_change_within_a_period_are_all_counted():
    series = Timeline(Samples(1.0), [(120.0, Samples(5.0)), (190.0, None)])
    found = by_period(series, begin=0, end=300, period=300, shift=0)
    assert statistics(found[0]) == {"SampleCount": 4, "Sum": 12, "Average": 3, "Minimum": 1, "Maximum": 5}


def test_a_period_without_samples_is_left_out():
    series = Timeline(None, [(600.0, Samples(1.0)), (900.0, None)])
    assert list(by_period(series, begin=0, end=1800, period=300, shift=0)) == [600]


def test_what_grows_is_counted_as_it_grows():
    found = by_period(Timeline(Samples(0.0, since=60.0)), begin=60, end=360, period=600, shift=0)
    assert statistics(found[0]) == {"SampleCount": 5, "Sum": 600, "Average": 120, "Minimum": 0, "Maximum": 240}


def test_minutes_are_those_of_the_callers_clock():
    series = Timeline(None, [(1000.0, Samples(1.0)), (1100.0, None)])
    found = by_period(series, begin=0, end=10_000, period=60, shift=5000)
    assert list(found) == [6000, 6060]


@pytest.mark.parametrize("seed", range(20))
def test_stretches_come_to_the_same_as_sample_after_sample(seed):
    chance = random.Random(seed)
    moments = sorted(chance.uniform(0, 7200) for _ in range(30))
    series = Timeline(
        None, [(at, chance.choice([None, Samples(chance.randrange(9), chance.randrange(1, 4))])) for at in moments]
    )
    shift, period = chance.uniform(-500, 500), 60 * chance.randrange(1, 20)
    found = by_period(series, begin=shift, end=7200 + shift, period=period, shift=shift)
    expected: dict[int, list[float]] = {}
    for minute in range(-600, 7800, 60):
        samples = series.at(minute - shift)
        if shift <= minute < 7200 + shift and samples is not None:
            expected.setdefault(minute // period * period, []).extend([samples.value] * samples.count)
    assert {at: (one.count, one.total, one.lowest, one.highest) for at, one in found.items()} == {
        at: (len(values), sum(values), min(values), max(values)) for at, values in expected.items()
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_highest_lately_is_what_looking_back_at_each_moment_finds(seed):
    chance = random.Random(seed)
    moments = sorted(chance.randrange(1000) for _ in range(15))
    timeline = Timeline(chance.randrange(5), [(float(at), chance.randrange(5)) for at in moments])
    found = highest_lately(timeline, delay=30, hold=50)
    for moment in range(0, 1200, 7):
        seen = [value for _, _, value in timeline.pieces(moment - 80, moment - 30)] + [timeline.at(moment - 30)]
        assert found.at(moment) == max(seen), moment
