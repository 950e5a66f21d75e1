"""When objects are looked at again, with a clock and a die of the test's own."""

import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.model import Waiting
from mwaa_operator.planning.schedule import LONGEST_POLL, Pace

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CREATE = Waiting(pace=Pace.CREATE, since=NOON)
DELETE = Waiting(pace=Pace.DELETE, since=NOON)
TYPICAL = 25 * 60.0


class World:
    """A pacing whose time stands still, and how soon it wants whom looked at."""

    def __init__(self, scale=1.0):
        self.now = 1000.0
        self.scale = scale
        self.hurried = {}
        self.pacing = Pacing(
            scale=scale,
            resync_seconds=600,
            clock=lambda: self.now,
            hurry=self._hurry,
            randomness=random.Random(1),
        )

    def _hurry(self, key, seconds):
        assert seconds >= 0
        self.hurried[key] = min(seconds, self.hurried.get(key, seconds))

    def ends_after(self, seconds, *, times=20, waiting=CREATE):
        """Let operations be seen to end, one after another, each looked at just before."""
        for number in range(times):
            key = Key("taught", str(number))
            self.pacing.waiting(key, waiting, elapsed=seconds)
            self.now += 2  # word is spread once a second
            self.pacing.at_rest(key)
        self.hurried.clear()


def key(number):
    return Key("data", f"e{number}")


def mean_wait(pacing, waiting, *, elapsed):
    """Give what `waiting` comes to once the dice are evened out."""
    pacing.waiting(key(0), waiting, elapsed=elapsed)
    return sum(pacing.waiting(key(0), waiting, elapsed=elapsed) for _ in range(200)) / 200


@pytest.mark.parametrize("scale", [1, 60])
def test_an_environment_at_rest_is_compared_every_ten_minutes_give_or_take_a_quarter(scale):
    pacing = World(scale).pacing
    waits = [pacing.at_rest(key(number)) for number in range(200)]
    assert min(waits) >= 450 / scale
    assert max(waits) <= 750 / scale
    assert max(waits) - min(waits) > 200 / scale


def test_waits_are_divided_by_the_time_scale():
    slow, fast = World(1), World(60)
    waits = [mean_wait(world.pacing, CREATE, elapsed=600) for world in (slow, fast)]
    assert waits[0] == pytest.approx(60 * waits[1])


def test_looks_are_sparse_before_an_operation_can_be_finished_and_dense_when_it_usually_is():
    pacing = World().pacing
    assert mean_wait(pacing, CREATE, elapsed=60) > 2 * mean_wait(pacing, CREATE, elapsed=TYPICAL)


def test_a_fleet_that_is_rolled_out_together_is_not_looked_at_together():
    pacing = World().pacing
    first_looks = sorted(pacing.waiting(key(number), CREATE, elapsed=0) for number in range(100))
    assert first_looks[-1] - first_looks[0] > 0.9 * LONGEST_POLL * 0.75
    assert max(later - earlier for earlier, later in pairwise(first_looks)) < LONGEST_POLL / 5


def test_an_operation_that_ended_sooner_than_expected_makes_the_next_ones_be_looked_at_sooner():
    world = World()
    before = mean_wait(world.pacing, CREATE, elapsed=120)
    world.ends_after(120)
    assert mean_wait(world.pacing, CREATE, elapsed=120) < before / 2


def test_what_creates_teach_says_nothing_about_deletes():
    taught, untaught = World(), World()
    taught.ends_after(120, waiting=CREATE)
    waits = [mean_wait(world.pacing, DELETE, elapsed=120) for world in (taught, untaught)]
    assert waits[0] == pytest.approx(waits[1], rel=0.1)


def test_an_end_hurries_those_that_wait_for_the_same_kind_of_operation_and_nobody_else():
    world = World()
    planned = world.pacing.waiting(key(1), CREATE, elapsed=0)
    world.pacing.waiting(key(2), DELETE, elapsed=0)
    for number in range(10, 30):
        world.pacing.waiting(key(number), CREATE, elapsed=0)
    world.now += 30
    for number in range(10, 30):
        world.now += 2
        world.pacing.at_rest(key(number))
    assert world.hurried[key(1)] < planned
    assert key(2) not in world.hurried
    assert key(10) not in world.hurried, "it has ended"


def test_word_of_many_ends_is_spread_at_most_once_a_second():
    world = World()
    said = []
    world.pacing._hurry = lambda key, _seconds: said.append(key)
    world.pacing.waiting(key(1), CREATE, elapsed=0)
    for number in range(2, 12):
        world.pacing.waiting(key(number), CREATE, elapsed=0)
    for number in range(2, 12):
        world.pacing.at_rest(key(number))
    assert said.count(key(1)) == 1


def test_an_object_that_is_late_by_what_is_known_now_is_hurried_once():
    world = World()
    world.ends_after(60)
    world.pacing.waiting(key(1), CREATE, elapsed=0)
    world.now += 120  # nobody has looked since, and operations end after one minute
    said = []
    world.pacing._hurry = lambda key, _seconds: said.append(key)
    world.ends_after(60, times=5)
    assert said == [key(1)]


def test_an_operation_that_was_abandoned_teaches_nothing():
    taught, untaught = World(), World()
    for _ in range(20):
        taught.pacing.waiting(key(2), CREATE, elapsed=30)
        taught.now += 2
        taught.pacing.abandon(key(2))
        taught.pacing.at_rest(key(2))
    waits = [mean_wait(world.pacing, CREATE, elapsed=30) for world in (taught, untaught)]
    assert waits[0] == pytest.approx(waits[1], rel=0.1)


def test_objects_that_are_gone_are_not_hurried():
    world = World()
    world.pacing.waiting(key(1), CREATE, elapsed=0)
    world.pacing.forget(key(1))
    world.now += 5
    world.pacing.waiting(key(2), CREATE, elapsed=0)
    world.now += 5
    world.hurried.clear()
    world.pacing.at_rest(key(2))
    assert not world.hurried
