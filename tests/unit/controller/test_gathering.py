"""A decision rests on what the object, its status and AWS say, and on parts as far as they were looked at."""

from __future__ import annotations

import pytest
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.controller.gathering import situation_of
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.observation import Observation
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.model import Outputs

from tests.unit.planning.conftest import NOON
from tests.unit.planning.parts.foundation_world import PROVISION, PROVISIONED

STATUS = {"provisioned": PROVISIONED.to_object()}


@pytest.fixture
def gathered(body):
    """Put a situation together from an object with these fields."""

    def gather(*, annotations=None, foundation=None, **fields):
        whole = body(metadata={"annotations": annotations or {}}, **{"spec": {"provision": PROVISION}, **fields})
        return situation_of(
            whole,
            MwaaEnvironment.from_object(whole),
            Observation(environment=None, account_id="123456789012"),
            at=Moment(NOON),
            key=FingerprintKey(b"0123456789abcdef"),
            cluster="cluster-1",
            foundation=foundation,
        )

    return gather


def test_parts_that_were_not_looked_at_are_as_the_status_has_them(gathered):
    fields = gathered(status=STATUS).desired.fields
    assert fields["SourceBucketArn"] == PROVISIONED.source_bucket_arn
    assert fields["NetworkConfiguration"]["SubnetIds"] == list(PROVISIONED.subnet_ids)


def test_parts_that_were_looked_at_count_more_than_the_status(gathered):
    foundation = Foundation(outputs=Outputs(source_bucket_arn="arn:aws:s3:::seen"))
    situation = gathered(status=STATUS, foundation=foundation)
    assert situation.desired.fields["SourceBucketArn"] == "arn:aws:s3:::seen"
    assert situation.foundation is foundation


def test_request_is_new_until_the_status_knows_it(gathered):
    asked = {ANNOTATION_RECONCILE_REQUESTED_AT: "request-2"}
    assert gathered(annotations=asked, status={"lastHandledReconcileAt": "request-1"}).retry
    assert not gathered(annotations=asked, status={"lastHandledReconcileAt": "request-2"}).retry
    assert not gathered().retry
