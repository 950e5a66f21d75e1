"""An object whose spec has parts made, in the small world of planning."""

from __future__ import annotations

from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import ProvisionedStatus, ResourceStatus
from mwaa_operator.planning.conditions import condition
from mwaa_operator.planning.parts.foundation import CONDITION_OF, PartState
from mwaa_operator.planning.parts.model import PartKind

from tests.unit.planning.conftest import MINIMAL, World

BUCKET, NETWORK, ROLE, LOGS, _, ENDPOINTS = PartKind
PROVISION: dict[str, Any] = {"bucket": {"name": "made"}, "network": {}, "executionRole": {}, "logRetentionDays": 30}
_INSTEAD = {"bucket": "sourceBucketArn", "network": "networkConfiguration", "executionRole": "executionRoleArn"}
READY = PartState(ready=True, reason=Reason.PROVISIONED, message="It is there.")
WAITS = PartState(ready=False, reason=Reason.PROVISIONING, message="AWS is at work.")
TAKEN = PartState(ready=False, reason=Reason.NAME_TAKEN, message="It is somebody else's.", stalled=True)
DRIFTED = PartState(ready=False, reason=Reason.DRIFTED, message="It was changed.")
PROVISIONED = ProvisionedStatus(
    source_bucket_arn="arn:aws:s3:::made",
    execution_role_arn="arn:aws:iam::123456789012:role/made",
    subnet_ids=("subnet-8", "subnet-9"),
    security_group_ids=("sg-9",),
)


def from_nothing(**provision: Any) -> World:
    """Make an object that brings all it needs; None leaves a part of it out."""
    asked = {name: value for name, value in {**PROVISION, **provision}.items() if value is not None}
    given = {name: MINIMAL[name] for part, name in _INSTEAD.items() if provision.get(part, part) is None}
    return World(spec={**given, "provision": asked})


def says(world: World, kind: PartKind, ready: bool, reason: Reason = Reason.PROVISIONED, **about: Any) -> World:
    """Let the status say of a part how it stands."""
    said = condition(
        CONDITION_OF[kind],
        ready,
        reason=reason,
        message="So it is.",
        generation=about.get("generation", world.generation),
        now=about.get("since", world.now),
    )
    others = tuple(known for known in world.status.conditions if known.type != said.type)
    world.status = world.status.model_copy(update={"conditions": (*others, said)})
    return world


def all_in_order(world: World) -> World:
    for kind in PartKind:
        says(world, kind, True)
    return world


def has_made(world: World, *kinds: PartKind) -> World:
    """Let the status list something of these parts."""
    listed = tuple(ResourceStatus(kind="Thing", id=kind.value, provisioned=True, part=kind.value) for kind in kinds)
    world.status = world.status.model_copy(update={"resources": listed, "provisioned": PROVISIONED})
    return world
