"""The work queue against a model of it: for each key, the earliest time at which it is wanted, and whether it is worked on."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.controller.queue import WorkQueue

KEYS = st.sampled_from("ab")
STEPS = st.one_of(
    st.tuples(st.just("add"), KEYS),
    st.tuples(st.just("add_after"), KEYS, st.integers(1, 9)),
    st.tuples(st.just("forget"), KEYS),
    st.tuples(st.just("take")),
    st.tuples(st.just("done"), KEYS),
    st.tuples(st.just("pass_time"), st.integers(1, 6)),
)


class Model:
    """What the queue promises, in whole seconds."""

    def __init__(self):
        self.now = 0
        self.wanted = {}  # key -> the earliest second at which it was asked for
        self.free_since = {}  # key -> the second at which it was given back last
        self.active = set()

    def ask(self, key, seconds):
        self.wanted[key] = min(self.wanted.get(key, self.now + seconds), self.now + seconds)

    @property
    def due_since(self):
        """Since when each key that may be handed out waits for a worker."""
        return {
            key: max(second, self.free_since.get(key, 0))
            for key, second in self.wanted.items()
            if second <= self.now and key not in self.active
        }


class Pair:
    """A queue and its model, which take the same steps."""

    def __init__(self):
        self.queue, self.model = WorkQueue(), Model()

    async def add(self, key):
        self.queue.add(key)
        self.model.ask(key, 0)

    async def add_after(self, key, seconds):
        self.queue.add_after(key, seconds)
        self.model.ask(key, seconds)

    async def forget(self, key):
        self.queue.forget(key)
        self.model.wanted.pop(key, None)

    async def take(self):
        due = self.model.due_since
        asking = asyncio.create_task(self.queue.take())
        for _ in range(5):
            await asyncio.sleep(0)
        if not due:
            assert not asking.done(), f"{asking.result()} was handed out, and nothing is due"
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            return
        assert asking.done(), f"nothing was handed out, and these are due: {due}"
        key = asking.result()
        assert due.get(key) == min(due.values())
        del self.model.wanted[key]
        self.model.active.add(key)

    async def done(self, key):
        if key in self.model.active:
            self.queue.done(key)
            self.model.active.remove(key)
            self.model.free_since[key] = self.model.now

    async def pass_time(self, seconds):
        await asyncio.sleep(seconds)
        self.model.now += seconds

    def agree(self):
        due = self.model.due_since
        assert len(self.queue) == len(due)
        waited = self.model.now - min(due.values(), default=self.model.now)
        assert abs(self.queue.oldest_wait() - waited) < 0.001


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, min_size=20, max_size=60))
def test_any_sequence_of_steps_leaves_the_queue_where_its_promises_say(in_virtual_time, steps):
    async def scenario():
        pair = Pair()
        for name, *arguments in steps:
            await getattr(pair, name)(*arguments)
            pair.agree()

    in_virtual_time(scenario())
