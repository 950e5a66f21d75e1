"""The work queue's promises, in virtual time."""

import asyncio

import pytest
from mwaa_operator.controller.queue import WorkQueue


async def nothing_to_take(queue):
    """Whether a worker that asks now, waits."""
    asking = asyncio.create_task(queue.take())
    for _ in range(5):
        await asyncio.sleep(0)
    waits = not asking.done()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return waits


def now():
    return asyncio.get_running_loop().time()


def test_a_key_is_handed_to_one_worker_at_a_time(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add("a")
        assert await queue.take() == "a"
        queue.add("a")
        queue.add_after("a", 1)
        await asyncio.sleep(2)
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


def test_a_key_that_is_asked_for_several_times_is_handed_out_once(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        for _ in range(3):
            queue.add("a")
            queue.add_after("a", 1)
        assert len(queue) == 1
        assert await queue.take() == "a"
        queue.done("a")
        await asyncio.sleep(10)
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


@pytest.mark.parametrize("times", [1, 3])
def test_a_key_that_is_asked_for_while_it_is_worked_on_is_handed_out_again_once(in_virtual_time, times):
    async def scenario():
        queue = WorkQueue()
        queue.add("a")
        await queue.take()
        for _ in range(times):
            queue.add("a")
        queue.done("a")
        assert await queue.take() == "a"
        queue.done("a")
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


def test_a_time_that_comes_while_the_key_is_worked_on_is_not_lost(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add("a")
        await queue.take()
        queue.add_after("a", 1)
        await asyncio.sleep(5)
        queue.done("a")
        assert await queue.take() == "a"
        assert now() == pytest.approx(5)

    in_virtual_time(scenario())


@pytest.mark.parametrize("delays", [(10, 3), (3, 10), (3, 10, 3, 7)])
def test_of_several_times_for_one_key_the_earliest_counts_and_the_others_are_dropped(in_virtual_time, delays):
    async def scenario():
        queue = WorkQueue()
        for seconds in delays:
            queue.add_after("a", seconds)
        assert await queue.take() == "a"
        assert now() == pytest.approx(3)
        queue.done("a")
        await asyncio.sleep(60)
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


def test_asking_now_drops_the_time_that_was_planned(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add_after("a", 10)
        queue.add("a")
        assert await queue.take() == "a"
        assert now() == 0
        queue.done("a")
        await asyncio.sleep(60)
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_time_that_is_not_in_the_future_is_now(in_virtual_time, seconds):
    async def scenario():
        queue = WorkQueue()
        queue.add_after("a", seconds)
        assert await queue.take() == "a"
        assert now() == 0

    in_virtual_time(scenario())


def test_keys_come_out_in_the_order_in_which_they_fell_due(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add_after("late", 3)
        queue.add_after("early", 2)
        queue.add("now")
        await asyncio.sleep(5)
        queue.add("last")
        assert [await queue.take() for _ in range(4)] == ["now", "early", "late", "last"]

    in_virtual_time(scenario())


def test_every_worker_that_waits_gets_one_of_the_keys(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        waiting = [asyncio.create_task(queue.take()) for _ in range(3)]
        await asyncio.sleep(1)
        for name in ("a", "b", "c"):
            queue.add(name)
        assert sorted(await asyncio.gather(*waiting)) == ["a", "b", "c"]

    in_virtual_time(scenario())


def test_a_worker_that_gives_up_waiting_takes_no_key_with_it(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        impatient = asyncio.create_task(queue.take())
        await asyncio.sleep(1)
        queue.add("a")
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        assert await queue.take() == "a"

    in_virtual_time(scenario())


def test_a_forgotten_key_is_not_handed_out(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add("due")
        queue.add_after("planned", 1)
        queue.add("kept")
        queue.forget("due")
        queue.forget("planned")
        queue.forget("unknown")
        await asyncio.sleep(10)
        assert await queue.take() == "kept"
        assert await nothing_to_take(queue)

    in_virtual_time(scenario())


def test_forgetting_a_key_that_is_worked_on_forgets_that_it_was_asked_for_again(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        queue.add("a")
        await queue.take()
        queue.add("a")
        queue.forget("a")
        assert await nothing_to_take(queue)
        queue.done("a")
        assert await nothing_to_take(queue)
        queue.add("a")
        assert await queue.take() == "a"

    in_virtual_time(scenario())


def test_the_oldest_wait_is_that_of_the_key_which_is_due_longest(in_virtual_time):
    async def scenario():
        queue = WorkQueue()
        assert queue.oldest_wait() == 0
        queue.add_after("a", 5)
        await asyncio.sleep(7)
        queue.add("b")
        await asyncio.sleep(1)
        assert queue.oldest_wait() == pytest.approx(3)
        await queue.take()
        assert queue.oldest_wait() == pytest.approx(1)
        queue.forget("b")
        assert queue.oldest_wait() == 0

    in_virtual_time(scenario())
