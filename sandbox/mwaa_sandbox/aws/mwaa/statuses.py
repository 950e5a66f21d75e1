"""The vocabulary of the service: an environment's statuses, and those of its last update."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """`EnvironmentStatus` of the service model (mwaa-behaviour.md §2: the 12 statuses)."""

    CREATING = "CREATING"
    CREATING_SNAPSHOT = "CREATING_SNAPSHOT"
    CREATE_FAILED = "CREATE_FAILED"
    AVAILABLE = "AVAILABLE"
    PENDING = "PENDING"
    UPDATING = "UPDATING"
    ROLLING_BACK = "ROLLING_BACK"
    DELETING = "DELETING"
    DELETED = "DELETED"
    UNAVAILABLE = "UNAVAILABLE"
    UPDATE_FAILED = "UPDATE_FAILED"
    MAINTENANCE = "MAINTENANCE"


class UpdateStatus(StrEnum):
    """`LastUpdate.Status` (mwaa-behaviour.md §2)."""

    SUCCESS = "SUCCESS"
    PENDING = "PENDING"
    FAILED = "FAILED"


class OperationKind(StrEnum):
    """What an environment can be busy with."""

    CREATE = "create"
    UPDATE = "update"
    MAINTENANCE = "maintenance"
    DELETE = "delete"


class Outcome(StrEnum):
    """How an operation ends. The simulator succeeds unless it is told otherwise."""

    SUCCESS = "success"
    CREATE_FAILED = "create_failed"
    ROLLED_BACK_UPDATE_FAILED = "rolled_back_update_failed"
    ROLLED_BACK_AVAILABLE = "rolled_back_available"
    UNAVAILABLE = "unavailable"
    PENDING_FOREVER = "pending_forever"
    STUCK = "stuck"


OUTCOMES_OF = {
    OperationKind.CREATE: frozenset({Outcome.SUCCESS, Outcome.CREATE_FAILED, Outcome.PENDING_FOREVER, Outcome.STUCK}),
    OperationKind.UPDATE: frozenset(
        {
            Outcome.SUCCESS,
            Outcome.ROLLED_BACK_UPDATE_FAILED,
            Outcome.ROLLED_BACK_AVAILABLE,
            Outcome.UNAVAILABLE,
            Outcome.STUCK,
        }
    ),
    OperationKind.MAINTENANCE: frozenset({Outcome.SUCCESS, Outcome.STUCK}),
    OperationKind.DELETE: frozenset({Outcome.SUCCESS, Outcome.STUCK}),
}
"""Which endings make sense for which operation (mwaa-behaviour.md §2, the table of flows)."""
