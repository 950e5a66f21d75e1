"""What is written of a pass while it is being made, and when a request counts as answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.names import ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.controller.status_writer import Progress, StatusWriter
from mwaa_operator.controller.store import Store
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.model import Outputs

from tests.unit.planning.parts.foundation_world import BUCKET, READY, TAKEN, WAITS, from_nothing

REQUEST = "request-1"


class Written:
    """Keeps what is written in place of the API server."""

    def __init__(self):
        self.statuses = []

    async def write(self, _key, status):
        self.statuses.append(EnvironmentStatus.model_validate(status.to_object()))


@pytest.fixture
def write(body, key):
    """Write the status of an object in a situation; gives what was written."""

    def written(situation, *, said=True, uid="uid-1"):
        store, objects = Store(), Written()
        store.put(body(metadata={"uid": uid, "annotations": {ANNOTATION_RECONCILE_REQUESTED_AT: REQUEST}}))
        decided = from_nothing().plan
        writer = StatusWriter(
            store,
            objects,
            lambda: situation.at.now,
            key=key,
            situation=situation,
            decided=decided,
            region="eu-west-1",
        )
        asyncio.run(writer.write(Progress(decided.verdict if said else None, None, None)))
        return objects.statuses[-1] if objects.statuses else None

    return written


def situation_with(state, *, exists=False, retry=True, outputs=None):
    world = from_nothing()
    if exists:
        world.exists()
    foundation = Foundation(states={BUCKET: state}, outputs=outputs or Outputs())
    return replace(world.situation, retry=retry, foundation=foundation)


@pytest.mark.parametrize(
    ("state", "exists", "answered"),
    [(READY, False, True), (WAITS, False, False), (TAKEN, False, True), (WAITS, True, True)],
    ids=["made", "being made", "stalled", "environment runs"],
)
def test_request_counts_as_answered_once_the_environment_does_not_wait_for_its_parts(write, state, exists, answered):
    status = write(situation_with(state, exists=exists))
    assert status.last_handled_reconcile_at == (REQUEST if answered else None)


def test_nothing_is_answered_where_nobody_has_asked(write):
    assert write(situation_with(READY, retry=False)).last_handled_reconcile_at is None


def test_parts_and_what_comes_from_them_are_told(write):
    status = write(situation_with(READY, outputs=Outputs(source_bucket_arn="arn:aws:s3:::made")))
    assert status.provisioned.source_bucket_arn == "arn:aws:s3:::made"
    assert [each.type for each in status.conditions if each.type == "BucketReady"]


def test_summary_stays_where_there_is_nothing_new_to_say(write):
    status = write(situation_with(WAITS), said=False)
    assert [each.type for each in status.conditions] == ["BucketReady"]


def test_nothing_is_written_to_an_object_that_took_the_name_of_the_one_of_the_pass(write):
    assert write(situation_with(READY), uid="uid-2") is None
