"""Which stages an operation goes through, and how long each lasts: the table of flows of mwaa-behaviour.md §2, as code.

Deciding happens here, moving along in `lifecycle.py`. Randomness comes in as an argument.
"""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass

from mwaa_sandbox.aws.mwaa.durations import Durations, Spread
from mwaa_sandbox.aws.mwaa.lifecycle import (
    FOREVER,
    PENDING_LIMIT_SECONDS,
    Ending,
    Operation,
    Relapse,
    Settings,
    Stage,
    UpdateError,
)
from mwaa_sandbox.aws.mwaa.messages import INCORRECT_CONFIGURATION, NEVER_SAW_ENDPOINTS
from mwaa_sandbox.aws.mwaa.statuses import OUTCOMES_OF, OperationKind, Outcome, Status

GENERIC_FAILURE = UpdateError("INCORRECT_CONFIGURATION", INCORRECT_CONFIGURATION)

_BEFORE_PENDING = 0.4  # what share of a create is over when AWS asks for the endpoints
_VERSION_CHANGE = ((Status.UPDATING, 0.2), (Status.CREATING_SNAPSHOT, 0.15), (Status.UPDATING, 0.65))
_BEFORE_ROLLBACK = 0.6  # of a scripted total duration


@dataclass(frozen=True)
class Script:
    """How one operation is to end, and how long it takes in all (AWS-time seconds; None: as sampled)."""

    outcome: Outcome = Outcome.SUCCESS
    seconds: float | None = None
    error: UpdateError | None = None

    def check(self, kind: OperationKind) -> None:
        """Raise ValueError when this cannot be the end of such an operation."""
        if self.outcome not in OUTCOMES_OF[kind]:
            allowed = ", ".join(sorted(OUTCOMES_OF[kind]))
            raise ValueError(f"the outcome {self.outcome} is not one of a {kind}: use one of {allowed}")
        if self.seconds is not None and self.seconds < 0:
            raise ValueError("a duration cannot be negative")


def plan_create(settings: Settings, *, script: Script, durations: Durations, rng: random.Random) -> Operation:
    """§2: CREATING -> AVAILABLE or CREATE_FAILED; with CUSTOMER endpoints through PENDING and CREATING again."""
    seconds = _sample(durations.create, script, rng)
    failed = Ending(Status.CREATE_FAILED, script.error or GENERIC_FAILURE)
    if script.outcome is Outcome.CREATE_FAILED:
        return Operation(OperationKind.CREATE, (Stage(Status.CREATING, seconds),), failed)
    available, relapse = Ending(Status.AVAILABLE), Relapse((), Status.CREATE_FAILED)
    if settings["EndpointManagement"] == "SERVICE":
        stages: tuple[Stage, ...] = (Stage(Status.CREATING, seconds),)
        return _stuck_if(script, Operation(OperationKind.CREATE, stages, available, if_flawed=relapse))
    forsaken = script.outcome is Outcome.PENDING_FOREVER
    never_ready = Ending(Status.CREATE_FAILED, script.error or UpdateError(GENERIC_FAILURE.code, NEVER_SAW_ENDPOINTS))
    first = Stage(Status.CREATING, seconds * _BEFORE_PENDING)
    pending = Stage(Status.PENDING, PENDING_LIMIT_SECONDS, awaits_endpoints=not forsaken)
    if forsaken:
        return Operation(OperationKind.CREATE, (first, pending), never_ready)
    last = Stage(Status.CREATING, seconds * (1 - _BEFORE_PENDING))
    stages = (first, pending, last)
    operation = Operation(OperationKind.CREATE, stages, available, if_never_ready=never_ready, if_flawed=relapse)
    return _stuck_if(script, operation)


def plan_update(
    present: Settings,
    wanted: Settings,
    *,
    graceful: bool,
    script: Script,
    durations: Durations,
    rng: random.Random,
) -> Operation:
    """§2: UPDATING, with CREATING_SNAPSHOT in between for another Airflow version, and ROLLING_BACK when it fails."""
    new_version = present["AirflowVersion"] != wanted["AirflowVersion"]
    spread = durations.update
    if new_version:
        spread = durations.version_change
    elif graceful:
        spread = durations.graceful_update
    succeeds = script.outcome in {Outcome.SUCCESS, Outcome.STUCK}
    seconds = _sample(spread, script, rng)
    rollback = durations.rollback.sample(rng)
    if script.seconds is not None and not succeeds:
        seconds, rollback = seconds * _BEFORE_ROLLBACK, seconds * (1 - _BEFORE_ROLLBACK)
    shares = _VERSION_CHANGE if new_version else ((Status.UPDATING, 1.0),)
    stages = tuple(Stage(status, seconds * share) for status, share in shares)
    if succeeds:
        relapse = Relapse((Stage(Status.ROLLING_BACK, rollback),), Status.UPDATE_FAILED)
        available = Ending(Status.AVAILABLE)
        operation = Operation(OperationKind.UPDATE, stages, available, settings=wanted, if_flawed=relapse)
        return _stuck_if(script, operation)
    end_status = {
        Outcome.ROLLED_BACK_UPDATE_FAILED: Status.UPDATE_FAILED,  # as documented
        Outcome.ROLLED_BACK_AVAILABLE: Status.AVAILABLE,  # as ACK has seen it: §2, after the table
        Outcome.UNAVAILABLE: Status.UNAVAILABLE,
    }[script.outcome]
    stages = (*stages, Stage(Status.ROLLING_BACK, rollback))
    return Operation(OperationKind.UPDATE, stages, Ending(end_status, script.error or GENERIC_FAILURE))


def plan_maintenance(*, script: Script, durations: Durations, rng: random.Random) -> Operation:
    """§2: AVAILABLE -> MAINTENANCE -> AVAILABLE."""
    stages = (Stage(Status.MAINTENANCE, _sample(durations.maintenance, script, rng)),)
    return _stuck_if(script, Operation(OperationKind.MAINTENANCE, stages, Ending(Status.AVAILABLE)))


def plan_delete(*, script: Script, durations: Durations, rng: random.Random) -> Operation:
    """§2: DELETING -> DELETED, a tombstone that stays readable for a while -> gone."""
    deleting = Stage(Status.DELETING, _sample(durations.delete, script, rng))
    if script.outcome is Outcome.STUCK:
        deleting = Stage(Status.DELETING, FOREVER)
    tombstone = Stage(Status.DELETED, durations.tombstone.sample(rng))
    return Operation(OperationKind.DELETE, (deleting, tombstone), Ending(None))


def _sample(spread: Spread, script: Script, rng: random.Random) -> float:
    sampled = spread.sample(rng)  # always drawn, so that a script does not shift the random numbers of what follows
    return sampled if script.seconds is None else script.seconds


def _stuck_if(script: Script, operation: Operation) -> Operation:
    if script.outcome is not Outcome.STUCK:
        return operation
    *before, last = operation.stages
    stuck = (*before, Stage(last.status, FOREVER))
    return dataclasses.replace(operation, stages=stuck)
