"""Servers that hang are waited for aside, where they keep nobody from those that answer."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import pytest
from mwaa_operator.controller.artifacts import remotes as module
from mwaa_operator.controller.artifacts.remotes import ASIDE, AT_A_TIME, HANGING_AT_A_SERVER, Pace, Remotes

WITHIN = 60


class Server:
    """A server of which calls hang until it answers."""

    def __init__(self):
        self.asked = 0
        self._answers = threading.Event()

    def call(self):
        self.asked += 1
        self._answers.wait(WITHIN)
        return "answered"

    def answer(self):
        self._answers.set()


@contextmanager
def turns():
    made = Remotes()
    server = Server()
    try:
        yield made, server
    finally:
        server.answer()
        made.stop()


@pytest.fixture
def impatient(monkeypatch):
    """Every call that hangs has hung for long."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)


@pytest.fixture
def patient(monkeypatch):
    """No call has hung for long."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 3600)


def run(story):
    async def bounded():
        async with asyncio.timeout(WITHIN):
            await story()

    asyncio.run(bounded())


def hang(remotes, server, count, *, where="dead", slow=False):
    return [asyncio.create_task(remotes.fetch(where, Pace(slow=slow), server.call)) for _ in range(count)]


async def until(condition):
    while not condition():  # noqa: ASYNC110 - threads have no event of this loop
        await asyncio.sleep(0.001)


def test_those_that_hang_step_aside_for_others(impatient):
    async def story():
        with turns() as (remotes, server):
            hanging = hang(remotes, server, AT_A_TIME)
            assert await remotes.fetch("fine", Pace(), lambda: 7) == 7
            assert not any(task.done() for task in hanging)
            server.answer()
            assert await asyncio.gather(*hanging) == ["answered"] * AT_A_TIME

    run(story)


def test_those_that_hung_the_last_time_never_take_the_places_of_others(patient):
    async def story():
        with turns() as (remotes, server):
            hanging = hang(remotes, server, 10 * ASIDE, slow=True)
            await until(lambda: server.asked == ASIDE)
            for _ in range(100):
                await remotes.fetch("fine", Pace(), lambda: None)
            assert server.asked == ASIDE
            server.answer()
            await asyncio.gather(*hanging)
            assert server.asked == 10 * ASIDE

    run(story)


def test_no_more_are_under_way_than_there_are_places(impatient):
    async def story():
        with turns() as (remotes, server):
            hanging = hang(remotes, server, 100)
            await until(lambda: server.asked == AT_A_TIME + ASIDE)
            server.answer()
            await asyncio.gather(*hanging)

    run(story)


def test_those_who_hang_step_aside_once_there_is_room(impatient):
    async def story():
        with turns() as (remotes, _):
            first, others = Server(), [Server() for _ in range(ASIDE + AT_A_TIME - 1)]
            hanging = [asyncio.create_task(remotes.fetch("first", Pace(), first.call))]
            for number, other in enumerate(others):
                hanging.append(asyncio.create_task(remotes.fetch(f"other {number}", Pace(), other.call)))
                await until(lambda at=other: at.asked == 1)
            quick = asyncio.create_task(remotes.fetch("fine", Pace(), lambda: 7))
            first.answer()
            assert await quick == 7
            for other in others:
                other.answer()
            await asyncio.gather(*hanging)

    run(story)


def test_where_some_hang_others_begin_aside(monkeypatch):
    async def story():
        with turns() as (remotes, server):
            monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
            some = hang(remotes, server, HANGING_AT_A_SERVER)
            await until(lambda: remotes._hanging["dead"] == HANGING_AT_A_SERVER)
            monkeypatch.setattr(module, "PATIENCE_SECONDS", 3600)
            others = hang(remotes, server, 10 * ASIDE)
            for _ in range(100):
                assert await remotes.fetch("fine", Pace(), lambda: 7) == 7
            assert server.asked == ASIDE
            server.answer()
            await asyncio.gather(*some, *others)
            assert not remotes._hanging

    run(story)


def test_slow_and_quick_are_remembered_also_of_calls_that_fail(impatient):
    def fail():
        raise OSError("the disk is full")

    async def story():
        with turns() as (remotes, server):
            pace = Pace()
            hanging = asyncio.create_task(remotes.fetch("dead", pace, server.call))
            await remotes.fetch("fine", Pace(), lambda: threading.Event().wait(0.05))
            server.answer()
            await hanging
            assert pace.slow
            module.PATIENCE_SECONDS = 3600
            with pytest.raises(OSError, match="full"):
                await remotes.fetch("fine", pace, fail)
            assert not pace.slow

    run(story)


def test_places_are_given_back_by_those_that_nobody_waits_for_any_more(patient):
    async def story():
        with turns() as (remotes, server):
            under_way, waiting = hang(remotes, server, AT_A_TIME), hang(remotes, server, 5)
            await until(lambda: server.asked == AT_A_TIME)
            for task in [*under_way, *waiting]:
                task.cancel()
            await asyncio.gather(*under_way, *waiting, return_exceptions=True)
            more = asyncio.create_task(remotes.fetch("fine", Pace(), lambda: 7))
            await asyncio.sleep(0)
            assert not more.done()
            server.answer()
            assert await more == 7
            assert server.asked == AT_A_TIME

    run(story)
