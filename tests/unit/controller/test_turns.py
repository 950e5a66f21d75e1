"""Whose turn it is, in virtual time."""

import asyncio

import pytest
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.rate import Rate
from mwaa_operator.controller.store import Key
from mwaa_operator.controller.turns import Turns

COUNT = 8


def keys(lane, count):
    return [Key(lane, f"{number:03}") for number in range(count)]


async def due(queue):
    """All that the queue hands out now."""
    found = []
    while len(queue):
        found.append(await queue.take())
        queue.done(found[-1])
    return found


@pytest.fixture
def held(in_virtual_time):
    """Run a scenario that is given a queue and turns of which a namespace is a lane."""

    def run(scenario, **more):
        async def with_turns():
            queue = WorkQueue()
            await scenario(queue, Turns(queue, lane_of=lambda key: key.namespace, count=COUNT, **more))

        in_virtual_time(with_turns())

    return run


def begin_all(turns, wanted):
    """Those of them who may begin."""
    return [key for key in wanted if turns.begin(key)]


def all_hang(turns, wanted):
    for key in begin_all(turns, wanted):
        turns.hangs(key)


def test_quick_passes_have_no_bound_of_their_own(held):
    async def scenario(queue, turns):
        assert len(begin_all(turns, keys("a", 100))) == 100

    held(scenario)


def test_lane_whose_calls_wait_for_one_another_leaves_workers_to_the_others(held):
    async def scenario(queue, turns):
        crowd, other = keys("crowd", 100), keys("other", 2)
        assert begin_all(turns, [*crowd, *other]) == [*crowd[:3], *other]
        turns.ended(crowd[0], quickly=True)
        assert await due(queue) == [crowd[3]], "one for one, in order"

    held(scenario, at_once=3)


def test_where_so_many_hang_no_other_begins_and_elsewhere_they_do(held):
    async def scenario(queue, turns):
        all_hang(turns, keys("dark", COUNT))
        assert begin_all(turns, [Key("dark", "more")]) == []
        assert len(begin_all(turns, keys("fine", 100))) == 100
        assert len(turns) == 1

    held(scenario)


def test_who_waits_is_called_when_a_hanging_pass_ends(held):
    async def scenario(queue, turns):
        hanging = keys("dark", COUNT)
        all_hang(turns, hanging)
        begin_all(turns, [Key("dark", "one"), Key("dark", "two")])
        turns.ended(hanging[0], quickly=False)
        assert await due(queue) == [Key("dark", "one")]
        assert turns.begin(Key("dark", "one"))
        assert await due(queue) == [Key("dark", "two")], "and calls the next"

    held(scenario)


def test_few_of_those_that_hung_are_tried_again_at_a_time_and_others_pass_them(held):
    async def scenario(queue, turns):
        hung = keys("a", COUNT)
        all_hang(turns, hung)
        for key in hung:
            turns.ended(key, quickly=False)
        again = begin_all(turns, hung)
        assert again == hung[: COUNT // 4]
        assert len(begin_all(turns, keys("a", 100)[COUNT:])) == 100 - COUNT
        turns.ended(again[0], quickly=False)
        assert await due(queue) == [hung[COUNT // 4]]

    held(scenario)


def test_one_quick_pass_and_an_object_is_like_any_other(held):
    async def scenario(queue, turns):
        hung = keys("a", COUNT)
        all_hang(turns, hung)
        for key in hung:
            turns.ended(key, quickly=False)
        for key in hung:
            assert turns.begin(key)
            turns.ended(key, quickly=True)
        assert begin_all(turns, hung) == hung
        assert not any(turns.is_slow(key) for key in hung)

    held(scenario)


def test_throttled_lane_begins_at_a_rate_in_the_order_of_asking_and_others_do_not_notice(held):
    async def scenario(queue, turns):
        first, *others = keys("busy", 40)
        turns.begin(first)
        turns.answered(first, throttled=True)
        turns.ended(first, quickly=True)
        assert begin_all(turns, others) == []
        assert len(begin_all(turns, keys("fine", 100))) == 100
        began = []
        for _ in range(20):
            await asyncio.sleep(0.05)
            began += begin_all(turns, await due(queue))
        assert began == others[: len(began)]
        assert len(began) == pytest.approx(Rate.FIRST, abs=1)

    held(scenario)


def test_line_of_a_throttled_lane_empties_by_itself(held):
    async def scenario(queue, turns):
        first, *others = keys("busy", 40)
        turns.begin(first)
        turns.answered(first, throttled=True)
        turns.ended(first, quickly=True)
        begin_all(turns, others)
        for _ in others:
            key = await queue.take()
            assert turns.begin(key)
            turns.ended(key, quickly=True)
            queue.done(key)
        assert len(turns) == 0
        assert asyncio.get_running_loop().time() == pytest.approx(len(others) / Rate.FIRST, rel=0.1)

    held(scenario)


def test_lanes_of_objects_that_are_gone_are_dropped_and_those_that_matter_are_kept(held):
    async def scenario(queue, turns):
        all_hang(turns, keys("dark", COUNT))
        begin_all(turns, [Key("dark", "waits")])
        throttled = Key("busy", "one")
        turns.begin(throttled)
        turns.answered(throttled, throttled=True)
        turns.ended(throttled, quickly=True)
        for number in range(5000):
            key = Key(f"short lived {number}", "run")
            assert turns.begin(key)
            turns.ended(key, quickly=True)
        assert len(turns._lanes) < 200
        assert begin_all(turns, [Key("dark", "one more"), Key("busy", "two")]) == []
        assert len(turns) == 3

    held(scenario)


def test_lane_that_was_throttled_long_ago_is_dropped_too(held):
    async def scenario(queue, turns):
        for number in range(1000):
            key = Key(f"throttled {number}", "run")
            turns.begin(key)
            turns.answered(key, throttled=True)
            turns.ended(key, quickly=True)
            await asyncio.sleep(Rate.FORGOTTEN_AFTER_SECONDS / 100)
        assert len(turns._lanes) < 300

    held(scenario)


def test_waits_for_tokens_are_divided_by_the_time_scale(held):
    async def scenario(queue, turns):
        first, other = keys("busy", 2)
        turns.begin(first)
        turns.answered(first, throttled=True)
        begin_all(turns, [other])
        await queue.take()
        assert asyncio.get_running_loop().time() == pytest.approx(1 / Rate.FIRST / 100)

    held(scenario, scale=100)
