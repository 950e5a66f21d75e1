"""Between the queue and the reconciler, in virtual time."""

import asyncio
import contextlib
import itertools
import logging
import random

import pytest
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import PATIENCE_SECONDS, Turns
from mwaa_operator.controller.workers import Workers

A, B = Key("data", "a"), Key("data", "b")


class Middling:
    """Jitter that changes nothing."""

    def random(self):
        return 0.5


class Passes:
    """A reconciler whose passes go as a test scripts them, with the time at which each began."""

    def __init__(self):
        self.script = {}
        self.began = []
        self.ended = []

    async def reconcile(self, key):
        self.began.append((key, round(asyncio.get_running_loop().time(), 3)))
        step = self.script.get(key)
        outcome = await step() if step else None
        self.ended.append(key)
        return outcome

    def times(self, key):
        return [second for name, second in self.began if name == key]


@contextlib.asynccontextmanager
async def at_work(passes, *, count=4):
    """Workers that run, as (workers, queue, metrics)."""
    queue = WorkQueue()
    metrics = Metrics(Store(), queue)
    turns = Turns(queue, lane_of=lambda key: key.namespace, count=count)
    workers = Workers(queue, passes.reconcile, metrics, turns=turns, count=count, randomness=Middling())
    running = asyncio.create_task(workers.run())
    try:
        yield workers, queue, metrics
    finally:
        await workers.stop(0)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def raising(error):
    async def step():
        raise error

    return step


def taking(seconds, outcome=None):
    async def step():
        await asyncio.sleep(seconds)
        return outcome

    return step


def test_a_pass_says_when_the_next_one_is(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script[A] = taking(0, outcome=30)
        async with at_work(passes) as (_, queue, _):
            queue.add(A)
            await asyncio.sleep(70)
        assert passes.times(A) == [0, 30, 60]

    in_virtual_time(scenario())


def test_an_object_with_nothing_to_come_back_for_is_left_alone(in_virtual_time):
    async def scenario():
        passes = Passes()
        async with at_work(passes) as (_, queue, _):
            queue.add(A)
            await asyncio.sleep(86400)
        assert passes.times(A) == [0]

    in_virtual_time(scenario())


@pytest.mark.parametrize("error", [KubernetesError("write", 500, "500"), RuntimeError("a bug")], ids=["api", "bug"])
def test_a_pass_that_raises_is_made_again_with_growing_waits_up_to_a_minute(in_virtual_time, error):
    async def scenario():
        passes = Passes()
        passes.script[A] = raising(error)
        async with at_work(passes) as (_, queue, _):
            queue.add(A)
            await asyncio.sleep(600)
        times = passes.times(A)
        waits = [round(later - earlier, 1) for earlier, later in itertools.pairwise(times)]
        assert waits[:9] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2]
        assert set(waits[9:]) == {60}

    in_virtual_time(scenario())


def test_a_pass_that_succeeds_forgets_the_failures_before_it(in_virtual_time):
    async def scenario():
        passes = Passes()
        async with at_work(passes) as (_, queue, _):
            passes.script[A] = raising(RuntimeError("a bug"))
            queue.add(A)
            await asyncio.sleep(100)
            del passes.script[A]
            await asyncio.sleep(60)
            passes.script[A] = raising(RuntimeError("a bug"))
            passes.began.clear()
            queue.add(A)
            await asyncio.sleep(0.3)
        first, second = passes.times(A)
        assert second - first == pytest.approx(0.2, abs=0.01)

    in_virtual_time(scenario())


def test_those_that_kubernetes_did_not_answer_are_tried_as_soon_as_one_of_them_is_heard(in_virtual_time):
    async def scenario():
        passes = Passes()
        silence, refusal = (
            raising(KubernetesError("write", 0, "no answer")),
            raising(KubernetesError("write", 500, "500")),
        )
        other = Key("data", "c")
        passes.script = {A: silence, B: silence, other: refusal}
        async with at_work(passes) as (_, queue, _):
            for key in (A, B, other):
                queue.add(key)
            await asyncio.sleep(110)  # the next tries are due after 162.2
            passes.script.clear()
            passes.began.clear()
            queue.add(A)
            await asyncio.sleep(10)
        assert passes.began == [(A, 110), (B, 110)]

    in_virtual_time(scenario())


def test_the_peers_of_an_object_that_fails_go_on(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script = {A: raising(RuntimeError("a bug")), B: taking(0, outcome=10)}
        async with at_work(passes, count=1) as (_, queue, _):
            queue.add(A)
            queue.add(B)
            await asyncio.sleep(35)
        assert passes.times(B) == [0, 10, 20, 30]

    in_virtual_time(scenario())


def test_passes_of_one_object_never_overlap_and_those_of_several_do(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script = {A: taking(10), B: taking(10)}
        async with at_work(passes) as (_, queue, _):
            queue.add(A)
            queue.add(B)
            await asyncio.sleep(1)
            queue.add(A)
            await asyncio.sleep(30)
        assert passes.times(A) == [0, 10]
        assert passes.times(B) == [0]

    in_virtual_time(scenario())


def test_no_more_passes_are_under_way_than_there_are_workers(in_virtual_time):
    async def scenario():
        passes = Passes()
        keys = [Key("data", str(number)) for number in range(6)]
        passes.script = dict.fromkeys(keys, taking(2))
        async with at_work(passes, count=2) as (_, queue, _):
            for key in keys:
                queue.add(key)
            await asyncio.sleep(60)
        assert [passes.times(key) for key in keys] == [[0], [0], [2], [2], [4], [4]]

    in_virtual_time(scenario())


def test_a_pass_that_hangs_gives_its_worker_back_and_goes_on(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script[A] = taking(100)
        async with at_work(passes, count=1) as (_, queue, _):
            queue.add(A)
            queue.add(B)
            await asyncio.sleep(200)
        assert passes.times(B) == [PATIENCE_SECONDS]
        assert passes.ended == [B, A]

    in_virtual_time(scenario())


def test_an_object_that_hung_is_tried_again_beside_the_workers(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script[A] = taking(100, outcome=10)
        async with at_work(passes, count=1) as (_, queue, _):
            queue.add(A)
            await asyncio.sleep(111)
            queue.add(B)
            await asyncio.sleep(0.1)
        assert passes.times(A) == [0, 110]
        assert passes.times(B) == [111]

    in_virtual_time(scenario())


def test_as_many_hanging_objects_as_workers_do_not_stop_another_account(in_virtual_time):
    async def scenario():
        passes = Passes()
        dark = [Key("dark", str(number)) for number in range(40)]
        passes.script = {**dict.fromkeys(dark, taking(100, outcome=2)), A: taking(0, outcome=10)}
        async with at_work(passes, count=4) as (_, queue, _):
            for key in [*dark, A]:
                queue.add(key)
            await asyncio.sleep(1000)
        waits = [later - earlier for earlier, later in itertools.pairwise(passes.times(A))]
        assert passes.times(A)[0] <= PATIENCE_SECONDS
        assert max(waits) <= 10 + PATIENCE_SECONDS
        assert {key for key, _ in passes.began} == {A, *dark}, "and all of those are tried"

    in_virtual_time(scenario())


def test_failures_at_the_same_time_are_not_tried_again_at_the_same_time(in_virtual_time):
    async def scenario():
        passes, queue = Passes(), WorkQueue()
        keys = [Key("data", str(number)) for number in range(8)]
        passes.script = dict.fromkeys(keys, raising(RuntimeError("a bug")))
        turns = Turns(queue, lane_of=lambda key: key.namespace, count=8)
        metrics = Metrics(Store(), queue)
        workers = Workers(queue, passes.reconcile, metrics, turns=turns, count=8, randomness=random.Random(7))
        running = asyncio.create_task(workers.run())
        for key in keys:
            queue.add(key)
        await asyncio.sleep(0.26)
        running.cancel()
        assert len({passes.times(key)[1] for key in keys}) == len(keys)

    in_virtual_time(scenario())


def test_stopping_lets_passes_end_that_are_under_way(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script[A] = taking(2)
        async with at_work(passes) as (workers, queue, _):
            queue.add(A)
            await asyncio.sleep(1)
            await workers.stop(3)
            assert passes.ended == [A]
            assert asyncio.get_running_loop().time() == pytest.approx(2)

    in_virtual_time(scenario())


def test_a_pass_that_takes_longer_than_the_grace_is_cut_off(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script[A] = taking(60)
        async with at_work(passes) as (workers, queue, _):
            queue.add(A)
            await asyncio.sleep(1)
            await workers.stop(3)
            assert asyncio.get_running_loop().time() == pytest.approx(4)
            await asyncio.sleep(100)
            assert passes.ended == []

    in_virtual_time(scenario())


def test_no_pass_begins_once_the_workers_are_stopping(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script = {A: taking(2, outcome=0.1), B: taking(0)}
        async with at_work(passes) as (workers, queue, _):
            queue.add(A)
            await asyncio.sleep(1)
            queue.add_after(B, 0.5)
            queue.add(A)
            await workers.stop(3)
            await asyncio.sleep(10)
        assert passes.began == [(A, 0)]

    in_virtual_time(scenario())


def test_a_bug_leaves_a_traceback_and_a_conflict_nothing(in_virtual_time, caplog):
    async def scenario():
        passes = Passes()
        passes.script = {A: raising(RuntimeError("a bug")), B: raising(KubernetesError("write", 409, "409 Conflict"))}
        async with at_work(passes) as (_, queue, _):
            queue.add(A)
            queue.add(B)
            await asyncio.sleep(0.1)

    with caplog.at_level(logging.INFO):
        in_virtual_time(scenario())
    assert [(record.object, bool(record.exc_info)) for record in caplog.records] == [("data/a", True)]


def test_passes_are_counted_by_how_they_ended(in_virtual_time):
    async def scenario():
        passes = Passes()
        passes.script = {A: raising(RuntimeError("a bug")), B: taking(0, outcome=100)}
        async with at_work(passes) as (_, queue, metrics):
            for key in (A, B, Key("data", "c")):
                queue.add(key)
            await asyncio.sleep(0.1)
            return metrics.registry

    registry = in_virtual_time(scenario())
    assert {
        result: registry.get_sample_value("mwaa_operator_reconcile_passes_total", {"result": result})
        for result in ("done", "again", "error")
    } == {"done": 1, "again": 1, "error": 1}
