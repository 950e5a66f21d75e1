"""When an operation is looked at again: sparse, dense, sparse."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.planning.schedule import (
    JITTER,
    LONGEST_POLL,
    PRIORS,
    SHORTEST_POLL,
    Durations,
    LogNormal,
    Pace,
    failure_backoff,
    jittered,
)

MINUTE = 60.0


@pytest.fixture(params=Pace)
def pace(request):
    return request.param


def test_polls_are_sparse_before_an_operation_can_be_finished(pace):
    known = Durations(PRIORS[pace])
    assert known.poll_after(0) == known.poll_after(0.2 * PRIORS[pace].median) == LONGEST_POLL


def test_polls_are_dense_around_when_an_operation_usually_ends(pace):
    known, usual = Durations(PRIORS[pace]), PRIORS[pace].median
    assert known.poll_after(usual) < known.poll_after(0.3 * usual)


def test_polls_are_sparse_again_for_an_operation_that_has_outlasted_all_that_is_known(pace):
    known = Durations(PRIORS[pace])
    assert known.poll_after(50 * PRIORS[pace].median) == LONGEST_POLL


@settings(deadline=None)
@given(
    st.sampled_from(Pace),
    st.lists(st.floats(1, 1e6), max_size=80),
    st.floats(0, 1e7),
)
def test_a_poll_is_never_sooner_nor_later_than_the_bounds(pace, seen, elapsed):
    assert SHORTEST_POLL <= Durations(PRIORS[pace], seen).poll_after(elapsed) <= LONGEST_POLL


@settings(deadline=None)
@given(st.floats(1, 1e6), st.floats(60, 1e5), st.floats(0.1, 1))
def test_a_hazard_is_the_density_of_ends_among_those_that_have_not_ended(elapsed, median, sigma):
    prior = LogNormal(median, sigma)
    if prior.survival(elapsed) > 1e-9:
        assert Durations(prior).hazard(elapsed) == pytest.approx(prior.density(elapsed) / prior.survival(elapsed))


def polls_until(known, end):
    """Give how often an operation is looked at, and how late its end is seen."""
    now, polls = 0.0, 0
    while now < end:
        now += known.poll_after(now)
        polls += 1
    return polls, now - end


def test_a_create_as_documented_takes_a_few_dozen_looks_and_is_seen_within_half_a_minute():
    for minutes in (20, 25, 30, 35):
        polls, late = polls_until(Durations(PRIORS[Pace.CREATE]), minutes * MINUTE)
        assert polls < 60
        assert late < 30


def test_what_was_seen_makes_polls_dense_where_operations_really_end():
    usual = PRIORS[Pace.CREATE].median
    fresh, taught = Durations(PRIORS[Pace.CREATE]), Durations(PRIORS[Pace.CREATE], [2 * MINUTE] * 20)
    assert taught.poll_after(2 * MINUTE) < fresh.poll_after(2 * MINUTE) / 3
    assert fresh.poll_after(usual) < LONGEST_POLL / 2


def test_learning_one_by_one_is_the_same_as_knowing_from_the_start():
    seen = [100.0, 120.0, 150.0]
    one_by_one = Durations(PRIORS[Pace.UPDATE])
    for seconds in seen:
        one_by_one.add(seconds)
    assert one_by_one.hazard(130) == pytest.approx(Durations(PRIORS[Pace.UPDATE], seen).hazard(130))


def test_old_durations_are_forgotten_when_the_service_changes():
    known = Durations(PRIORS[Pace.CREATE], [2 * MINUTE] * 100)
    for _ in range(100):
        known.add(40 * MINUTE)
    assert known.poll_after(2 * MINUTE) == LONGEST_POLL


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_duration_that_cannot_be_teaches_nothing(seconds):
    known = Durations(PRIORS[Pace.CREATE], [seconds])
    assert known.hazard(60) == Durations(PRIORS[Pace.CREATE]).hazard(60)


@settings(deadline=None)
@given(st.floats(0.1, 1e4), st.floats(0, 1, exclude_max=True))
def test_jitter_spreads_a_wait_by_a_quarter_either_way(seconds, random):
    assert seconds * (1 - JITTER) <= jittered(seconds, random=random) <= seconds * (1 + JITTER)


def test_jitter_does_not_change_the_mean():
    assert jittered(100, random=0.5) == pytest.approx(100)
    assert jittered(100, random=0.0) == pytest.approx(75)


def test_back_off_doubles_up_to_its_most():
    waits = [failure_backoff(failures, first=2, most=60) for failures in range(1, 10)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_back_off_stands_any_number_of_failures(failures):
    assert 1 <= failure_backoff(failures) <= 300


def test_durations_of_different_kinds_do_not_look_alike():
    medians = [PRIORS[pace].median for pace in (Pace.DELETE, Pace.CREATE, Pace.UPGRADE)]
    assert all(shorter < longer for shorter, longer in itertools.pairwise(medians))
