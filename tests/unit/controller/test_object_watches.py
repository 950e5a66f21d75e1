"""Who is told of which Secret, and how patiently watching is tried again: in virtual time, with a Kubernetes that a test scripts."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random

import pytest
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.object_watches import UNREAD, ObjectWatches
from mwaa_operator.controller.store import Key

A, B = Key("data", "a"), Key("data", "b")
HOUR = 3600
FOR_EVER = 10**9


class Kubernetes:
    """Secrets whose watches go as a test scripts them, with the time at which each began."""

    def __init__(self, script):
        self.script = script
        self.began, self.open = [], 0

    async def versions(self, namespace, name):
        self.began.append((f"{namespace}/{name}", asyncio.get_running_loop().time()))
        self.open += 1
        try:
            async for version in self.script(name):
                yield version
        finally:
            self.open -= 1


async def stays(name):
    """A Secret that nobody changes."""
    yield "1"
    await asyncio.sleep(FOR_EVER)


async def is_refused(name):
    raise KubernetesError("watch", 403, "403 Forbidden")
    yield


async def breaks(name):
    yield "1"
    raise KubernetesError("watch", 0, "ClientOSError")


async def ends_at_once(name):
    yield "1"


@contextlib.asynccontextmanager
async def watching(script, *, time_scale=1.0):
    """Watches, as (watches, kubernetes, objects told with the time)."""
    kubernetes, told = Kubernetes(script), []
    watches = ObjectWatches(
        "Secret",
        kubernetes.versions,
        changed=lambda key: told.append((key, round(asyncio.get_running_loop().time()))),
        time_scale=time_scale,
        randomness=random.Random(1),
    )
    yield watches, kubernetes, told
    await watches.stop()
    assert kubernetes.open == 0


def test_object_is_told_of_a_version_that_it_has_not_read(in_virtual_time):
    async def changes(name):
        for version in ("1", "2", None, "3"):
            yield version
            await asyncio.sleep(10)
        await asyncio.sleep(FOR_EVER)

    async def scenario():
        async with watching(changes) as (watches, _, told):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(15)
            watches.follow(A, {"smtp": "2"})
            await asyncio.sleep(10)
            watches.follow(A, {"smtp": None})
            await asyncio.sleep(10)
            return told

    assert in_virtual_time(scenario()) == [(A, 10), (A, 20), (A, 30)]


def test_change_between_reading_and_watching_is_not_missed(in_virtual_time):
    async def scenario():
        async with watching(stays) as (watches, _, told):
            watches.follow(A, {"smtp": "0"})
            watches.follow(B, {"smtp": "1"})
            await asyncio.sleep(HOUR)
            return told

    assert in_virtual_time(scenario()) == [(A, 0)]


def test_newcomer_that_read_before_the_others_were_told_is_told_once(in_virtual_time):
    async def scenario():
        async with watching(stays) as (watches, _, told):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(10)
            watches.follow(B, {"smtp": "0"})
            # Even if it goes on reading what the watch does not show.
            watches.follow(B, {"smtp": "2"})
            await asyncio.sleep(HOUR)
            return told

    assert in_virtual_time(scenario()) == [(B, 10)]


@pytest.mark.parametrize("read", [None, UNREAD])
def test_object_that_could_not_read_a_secret_is_told_when_there_is_one_to_watch(in_virtual_time, read):
    async def scenario():
        async with watching(stays) as (watches, _, told):
            watches.follow(A, {"smtp": read})
            await asyncio.sleep(HOUR)
            return told

    assert in_virtual_time(scenario()) == [(A, 0)]


def test_secret_is_watched_once_for_all_its_followers_and_until_the_last_leaves(in_virtual_time):
    async def scenario():
        open_watches = []
        async with watching(stays) as (watches, kubernetes, _):
            for step in (
                lambda: watches.follow(A, {"smtp": "1", "ldap": "1"}),
                lambda: watches.follow(B, {"smtp": "1"}),
                lambda: watches.follow(A, {"ldap": "1"}),
                lambda: watches.follow(B, {}),
                lambda: watches.follow(A, {}),
                lambda: watches.follow(A, {"smtp": "1"}),
            ):
                step()
                await asyncio.sleep(1)
                open_watches.append(kubernetes.open)
            assert len(watches) == 1
            return open_watches

    assert in_virtual_time(scenario()) == [2, 2, 2, 1, 0, 1]


def test_secrets_of_the_same_name_in_two_namespaces_are_two(in_virtual_time):
    async def scenario():
        async with watching(stays) as (watches, kubernetes, told):
            watches.follow(A, {"smtp": "1"})
            watches.follow(Key("mail", "a"), {"smtp": "7"})
            await asyncio.sleep(1)
            return kubernetes.open, told

    assert in_virtual_time(scenario()) == (2, [(Key("mail", "a"), 0)])


def test_refused_watch_is_warned_of_once_and_tried_again_rarely(in_virtual_time, caplog):
    async def scenario():
        async with watching(is_refused) as (watches, kubernetes, _):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(HOUR)
            return [time for _, time in kubernetes.began]

    began = in_virtual_time(scenario())
    gaps = [later - sooner for sooner, later in itertools.pairwise(began)]
    assert all(300 * 0.75 <= gap <= 300 * 1.26 for gap in gaps)
    assert len(gaps) >= 9
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1


def test_refusal_is_tried_again_in_scaled_time(in_virtual_time):
    async def scenario():
        async with watching(is_refused, time_scale=60) as (watches, kubernetes, _):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(60)
            return len(kubernetes.began)

    assert 9 <= in_virtual_time(scenario()) <= 17


@pytest.mark.parametrize("script", [breaks, ends_at_once])
def test_watch_that_does_not_last_is_begun_anew_ever_more_slowly_and_warned_of_once(in_virtual_time, caplog, script):
    async def scenario():
        async with watching(script) as (watches, kubernetes, told):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(HOUR)
            return [time for _, time in kubernetes.began], told

    began, told = in_virtual_time(scenario())
    assert 1 <= began[1] - began[0] + 0.25 <= 1.5
    assert 50 <= len(began) <= 90
    assert told == []
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1


def test_watches_that_end_in_good_order_are_begun_anew_at_once_and_silently(in_virtual_time, caplog):
    async def lasts(name):
        yield "1"
        await asyncio.sleep(270)

    async def scenario():
        async with watching(lasts) as (watches, kubernetes, told):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(HOUR)
            return [time for _, time in kubernetes.began], told

    began, told = in_virtual_time(scenario())
    assert all(270 < later - sooner < 272 for sooner, later in itertools.pairwise(began))
    assert told == []
    assert caplog.records == []


def test_bug_in_a_watch_is_logged_and_the_next_pass_begins_another(in_virtual_time, caplog):
    async def fails(name):
        yield "1"
        raise LookupError("items")

    async def scenario():
        async with watching(fails) as (watches, kubernetes, _):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(HOUR)
            assert len(watches) == 0
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(1)
            return len(kubernetes.began)

    assert in_virtual_time(scenario()) == 2
    assert [record.exc_info[0] for record in caplog.records] == [LookupError, LookupError]


def test_more_secrets_than_can_be_watched_are_said_once_and_do_no_harm(in_virtual_time, caplog):
    async def scenario():
        async with watching(stays) as (watches, kubernetes, _):
            for number in range(510):
                watches.follow(Key("data", f"env-{number}"), {f"secret-{number}": "1"})
            await asyncio.sleep(1)
            opened = kubernetes.open
            for number in range(510):
                watches.follow(Key("data", f"env-{number}"), {})
            await asyncio.sleep(1)
            return opened, kubernetes.open

    assert in_virtual_time(scenario()) == (500, 0)
    assert len(caplog.records) == 1


def test_nothing_is_begun_once_stopped(in_virtual_time):
    async def scenario():
        async with watching(stays) as (watches, kubernetes, _):
            watches.follow(A, {"smtp": "1"})
            await asyncio.sleep(1)
            await watches.stop()
            watches.follow(A, {"smtp": "1", "ldap": "1"})
            await asyncio.sleep(1)
            return kubernetes.open, len(kubernetes.began)

    assert in_virtual_time(scenario()) == (0, 1)
