"""What became of the operation that the operator sent last.

The operation is written into the status before it is sent. What AWS shows afterwards says whether it arrived and how it ended, so
neither a lost answer nor a killed process can make it forgotten or sent twice. Times of AWS are compared with each other only, never
with our clock.
"""

from mwaa_operator.api.enums import Impact, OperationKind, OperationOutcome
from mwaa_operator.api.environment_status import LastOperation, OperationError
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.lifecycle import Phase, lifecycle_of
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.schedule import Pace

READ_AFTER_WRITE_SECONDS = 120
"""How long GetEnvironment may lag behind an operation that AWS accepted. Undocumented; a wide guess that costs nothing when wrong."""


def settled(
    operation: LastOperation, environment: AwsEnvironment | None, *, ours: bool, at: Moment
) -> LastOperation | None:
    """The operation with its outcome, if AWS shows one; as it was while it is under way; None if it never reached AWS.

    `ours` says whether the environment's tags are those that a create of ours gives it.
    """
    if operation.outcome is not None:
        return operation
    others = operation.kind is OperationKind.CREATE and environment is not None and not ours
    if operation.error is not None or others:
        # AWS has answered no, or the tags say it: whatever goes on in AWS is somebody else's.
        return None
    if environment is None or operation.kind is OperationKind.DELETE:
        waited_for = environment is not None and lifecycle_of(environment.status).phase is Phase.BUSY
        return operation if waited_for or _just_accepted(operation, at) else None
    if lifecycle_of(environment.status).phase is Phase.BUSY:
        return operation
    if operation.kind is OperationKind.CREATE:
        return _finished(operation, environment, failed=environment.status == "CREATE_FAILED", at=at)
    return _settled_update(operation, environment, at=at)


def pace_of(operation: LastOperation | None, status: str) -> Pace:
    """The pace at which an operation is expected to go."""
    if status == "DELETING":
        return Pace.DELETE
    if status in {"CREATING", "PENDING"}:
        return Pace.CREATE
    upgrading = operation is not None and operation.impact == Impact.ENVIRONMENT_DOWN
    return Pace.UPGRADE if status == "CREATING_SNAPSHOT" or upgrading else Pace.UPDATE


def _settled_update(operation: LastOperation, environment: AwsEnvironment, *, at: Moment) -> LastOperation | None:
    last = environment.last_update
    if last.created_at == operation.previous_update_at:
        return operation if _just_accepted(operation, at) else None
    if operation.accepted_at is None and last.made_by_aws:
        # Nobody has heard that it was accepted, and what AWS has done since was AWS's own: it is sent again.
        return None
    if last.status == "PENDING":
        return operation
    failed = last.failed or environment.status in {"UPDATE_FAILED", "UNAVAILABLE"}
    return _finished(operation, environment, failed=failed, at=at)


def _finished(operation: LastOperation, environment: AwsEnvironment, *, failed: bool, at: Moment) -> LastOperation:
    last = environment.last_update
    error = OperationError(code=last.error_code, message=last.error_message) if failed else None
    outcome = OperationOutcome.FAILED if failed else OperationOutcome.SUCCEEDED
    return operation.model_copy(
        update={
            "outcome": outcome,
            "error": error,
            "finished_at": at.now,
            "duration_seconds": round(at.seconds_since(operation.started_at)),
        }
    )


def _just_accepted(operation: LastOperation, at: Moment) -> bool:
    return operation.accepted_at is not None and at.seconds_since(operation.accepted_at) < READ_AFTER_WRITE_SECONDS
