"""Puts together what a decision rests on: the object, its status, what was seen in AWS, and the moment."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import ANNOTATION_APPROVED_PLAN, ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.controller.bodies import is_deleting, status_in
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import desired_environment
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.observation import Observation
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.outputs import remembered
from mwaa_operator.planning.situation import Situation


def situation_of(
    body: Mapping[str, Any],
    found: MwaaEnvironment,
    observation: Observation,
    *,
    at: Moment,
    key: FingerprintKey,
    cluster: str,
    secret_values: Mapping[str, str] | None = None,
    foundation: Foundation | None = None,
) -> Situation:
    """A situation. Without a `foundation`, the parts are taken to be as the status has them."""
    metadata, annotations = body["metadata"], body["metadata"].get("annotations") or {}
    status = status_in(body)
    requested = annotations.get(ANNOTATION_RECONCILE_REQUESTED_AT)
    return Situation(
        identity=Identity(cluster=cluster, namespace=metadata["namespace"], name=metadata["name"], uid=metadata["uid"]),
        spec=found.spec,
        generation=metadata["generation"],
        deleting=is_deleting(body),
        retry=requested is not None and requested != status.last_handled_reconcile_at,
        request=requested,
        approved_plan=annotations.get(ANNOTATION_APPROVED_PLAN),
        status=status,
        desired=desired_environment(
            found.spec,
            name=found.name_in_aws,
            secret_options=secret_values or {},
            newest_object_versions=observation.newest_object_versions,
            outputs=foundation.outputs if foundation else remembered(status, found.spec),
        ),
        observation=observation,
        key=key,
        at=at,
        foundation=foundation or Foundation(),
        known_causes=status.likely_causes,
    )
