"""kopf's side: what the watch brings goes into the store, and asks for a pass where there is something to do."""

import asyncio
import threading

import kopf
import pytest
from mwaa_operator.api.names import FINALIZER
from mwaa_operator.controller.handlers import kopf_settings, registry_for
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Store


async def login(**_):
    """Never called here."""


@pytest.fixture
def after(in_virtual_time):
    """Hand events to the handlers as kopf does, and give the store and how many keys are due then."""

    def run(*events):
        async def scenario():
            store, queue = Store(), WorkQueue()
            registry = registry_for(store, queue, login=login, loop=asyncio.get_running_loop())
            (handler,) = registry._watching.get_all_handlers()
            due = []
            for kind, content in events:
                await handler.fn(event={"type": kind, "object": content})
                await asyncio.sleep(0)
                due.append(len(queue))
                if len(queue):
                    queue.done(await queue.take())
            return store, due

        return in_virtual_time(scenario())

    return run


@pytest.mark.parametrize("kind", [None, "ADDED", "MODIFIED"], ids=["listed", "added", "modified"])
def test_an_object_that_is_seen_for_the_first_time_is_kept_and_asked_for(after, body, key, kind):
    store, due = after((kind, body()))
    assert store.get(key) is not None
    assert due == [1]


def test_an_edit_is_asked_for_and_a_status_is_not(after, body):
    _, due = after(
        ("ADDED", body(1)),
        ("MODIFIED", body(2, status={"observedGeneration": 1})),
        ("MODIFIED", body(3, metadata={"generation": 2})),
    )
    assert due == [1, 0, 1]


def test_an_object_that_is_listed_again_unchanged_is_not_asked_for(after, body):
    _, due = after(("ADDED", body(1)), (None, body(1)))
    assert due == [1, 0]


def test_a_deleted_object_is_forgotten_and_looked_at_once_more(after, body, key):
    store, due = after(("ADDED", body(1)), ("DELETED", body(2)))
    assert store.get(key) is None
    assert due == [1, 1]


def test_an_object_that_is_being_deleted_is_asked_for(after, body):
    deleting = {"deletionTimestamp": "2026-11-24T13:00:00Z", "finalizers": [FINALIZER], "generation": 2}
    _, due = after(("ADDED", body(1, metadata={"finalizers": [FINALIZER]})), ("MODIFIED", body(2, metadata=deleting)))
    assert due == [1, 1]


def test_what_kopf_sees_in_its_thread_is_put_down_on_our_loop(body, key):
    async def scenario():
        store, queue = Store(), WorkQueue()
        registry = registry_for(store, queue, login=login, loop=asyncio.get_running_loop())
        (handler,) = registry._watching.get_all_handlers()
        kopfs = threading.Thread(
            target=lambda: asyncio.run(handler.fn(event={"type": "ADDED", "object": body()})), daemon=True
        )
        kopfs.start()
        return await asyncio.wait_for(queue.take(), 60)

    assert asyncio.run(scenario()) == key


def test_kopf_watches_and_does_nothing_else():
    async def scenario():
        return registry_for(Store(), WorkQueue(), login=login, loop=asyncio.get_running_loop())

    registry = asyncio.run(scenario())
    assert not registry._changing.get_all_handlers()
    assert not registry._spawning.get_all_handlers()
    settings = kopf_settings()
    assert isinstance(settings, kopf.OperatorSettings)
    assert not settings.posting.enabled
    assert settings.scanning.disabled
    assert settings.persistence.finalizer != FINALIZER
