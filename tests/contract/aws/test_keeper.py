"""The code of one object is kept in its bucket: what is told, when, and how much AWS is asked for."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.artifacts import keeper as keepers
from mwaa_operator.controller.artifacts.keeper import Keeper
from mwaa_operator.controller.artifacts.remotes import Remotes
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.clock import Moment
from mwaa_operator.resources.artifacts import progress as progresses

from .test_fetching import ROOM, Sources

REGION = "eu-west-1"
WITHIN = 60


class Kept:
    """A keeper of an object's code, and what it has told."""

    def __init__(self, sources, clients, executor, deliveries):
        self.sources = sources
        target = f"airflow-{sources.bucket}"
        sources.storage.create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": REGION})
        sources.storage.put_bucket_versioning(Bucket=target, VersioningConfiguration={"Status": "Enabled"})
        self.wish = replace(sources.wish, bucket=target)
        self.told = []
        self.rounds = 0
        self._clients, self._executor, self._deliveries = clients, executor, deliveries

    async def run(self, story):
        """Keep the code for as long as a story lasts."""
        self._round = None
        self.keeper = Keeper(
            Key("data", "etl"),
            self.wish,
            fetching=self.sources.fetching,
            verify=None,
            clients=self._clients,
            executor=self._executor,
            deliveries=self._deliveries,
            failures=Failures(moment=lambda: Moment(datetime.now(UTC)), randomness=random.Random(1)),
            told=self._hear,
            rest_seconds=self._rest,
            scale=1.0,
        )
        task = asyncio.create_task(self.keeper.run())
        try:
            await story(self)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, reason):
        """Until the keeper has come to an outcome for that reason."""
        async with asyncio.timeout(WITHIN):
            while self.keeper.outcome is None or self.keeper.outcome.state.reason is not reason:
                await self._next_round()

    async def look_again(self):
        """Have it look again, and wait until it has."""
        before = self.rounds
        self.keeper.look_again(fresh=False)
        async with asyncio.timeout(WITHIN):
            while self.rounds == before:
                await self._next_round()

    async def _next_round(self):
        self._round = asyncio.Event()
        await self._round.wait()

    def _rest(self):
        # It is asked for at the end of each round, or before.
        self.rounds += 1
        if self._round is not None:
            asyncio.get_running_loop().call_soon(self._round.set)
        return 600.0

    def _hear(self):
        state = self.keeper.progress or self.keeper.fetched or (self.keeper.outcome and self.keeper.outcome.state)
        self.told.append((state.reason, state.message))
        if self._round is not None:
            self._round.set()


@pytest.fixture
def kept(in_account, clients, seen, tmp_path):
    with ThreadPoolExecutor(4) as executor:
        remotes = Remotes()
        yield Kept(Sources(in_account, clients, seen, tmp_path, executor, remotes), clients, executor, remotes)
        remotes.stop()


def test_a_long_upload_tells_how_far_it_has_come(kept, monkeypatch):
    monkeypatch.setattr(progresses, "MANY_FILES", 1)
    monkeypatch.setattr(keepers, "SAID_EVERY_SECONDS", 0.0)
    kept.sources.make_bucket()
    asyncio.run(kept.run(lambda kept: kept.until(Reason.UPLOADED)))
    *progress, (reason, _) = kept.told
    assert [message.partition(",")[0] for _, message in progress] == [
        "0 of 2 files are uploaded",
        "1 of 2 files are uploaded",
        "2 of 2 files are uploaded",
    ]
    assert reason is Reason.UPLOADED


def test_fetching_much_tells_how_far_it_has_come(kept, monkeypatch):
    monkeypatch.setattr(progresses, "LONG_BYTES", 1)
    monkeypatch.setattr(keepers, "SAID_EVERY_SECONDS", 0.0)
    kept.sources.make_bucket()
    kept.sources.put("large.bin", 3_000_000)
    asyncio.run(kept.run(lambda kept: kept.until(Reason.UPLOADED)))
    fetching = [message for _, message in kept.told if "fetched" in message]
    assert fetching[0] == "0 of 2 files are fetched, 0.0 of 3.0 MB."
    assert fetching[-1] == "2 of 2 files are fetched, 3.0 of 3.0 MB."
    assert len(fetching) > 4


def test_how_far_an_upload_has_come_is_told_at_once_and_then_no_more_often_than_every_few_seconds(kept, monkeypatch):
    monkeypatch.setattr(progresses, "MANY_FILES", 1)
    monkeypatch.setattr(keepers, "SAID_EVERY_SECONDS", 3600.0)
    kept.sources.make_bucket()
    asyncio.run(kept.run(lambda kept: kept.until(Reason.UPLOADED)))
    assert [message.partition(",")[0] for _, message in kept.told[:-1]] == ["0 of 2 files are uploaded"]


def test_code_is_fetched_and_delivered_while_that_of_others_takes_the_processor(kept):
    over = threading.Event()
    taken = {"dags": [{"s3": {"bucket": kept.sources.bucket, "prefix": "dags"}}], "verify": "None"}
    kept.wish = replace(kept.wish, artifacts=Artifacts.model_validate(taken), keys={})
    kept.sources.make_bucket()
    for _ in range(4):
        kept._executor.submit(over.wait, WITHIN * 2)
    try:
        asyncio.run(kept.run(lambda kept: kept.until(Reason.UPLOADED)))
    finally:
        over.set()


def test_code_for_which_there_is_no_room_is_told_and_comes_once_there_is_some(kept):
    async def story(kept):
        await kept.until(Reason.INTERNAL_ERROR)
        kept.sources.put("large.bin", 1)
        kept.keeper.look_again()
        await kept.until(Reason.UPLOADED)

    kept.sources.make_bucket()
    kept.sources.put("large.bin", ROOM + 1)
    asyncio.run(kept.run(story))
    [(_, told), (reason, _)] = [one for one in kept.told if one[0] is not Reason.UPLOADING]
    assert "MWAA_OPERATOR_CODE_GIGABYTES" in told
    assert reason is Reason.UPLOADED


def test_a_source_that_cannot_be_had_is_told_once_and_asked_once(kept):
    async def story(kept):
        await kept.until(Reason.SOURCE_NOT_FOUND)
        await kept.look_again()
        await kept.look_again()

    asyncio.run(kept.run(story))
    assert [reason for reason, _ in kept.told] == [Reason.SOURCE_NOT_FOUND]
    assert Counter(operation for _, operation, *_ in kept.sources.seen)["ListObjectsV2"] == 1


def test_looking_again_at_what_has_not_changed_asks_the_bucket_nothing_and_tells_nothing(kept):
    async def story(kept):
        await kept.until(Reason.UPLOADED)
        kept.sources.seen.clear()
        await kept.look_again()

    kept.sources.make_bucket()
    asyncio.run(kept.run(story))
    assert [reason for reason, _ in kept.told] == [Reason.UPLOADED]
    assert kept.sources.seen == []


def test_a_spec_that_changes_while_its_code_is_brought_is_the_one_that_is_told_of(kept):
    async def story(kept):
        await asyncio.sleep(0)
        kept.keeper.ask(replace(kept.wish, generation=2))
        await kept.until(Reason.UPLOADED)

    kept.sources.make_bucket()
    asyncio.run(kept.run(story))
    assert kept.keeper.outcome.generation == 2
    assert len(kept.told) == 1
