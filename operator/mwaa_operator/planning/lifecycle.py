"""The twelve statuses of an environment and what each allows, as one table.

Source: `mwaa-behaviour.md` §2. Where AWS is silent the table takes the side that cannot be refused: it waits.
"""

from dataclasses import dataclass
from enum import StrEnum

from mwaa_operator.api.conditions import Reason


class Phase(StrEnum):
    """What a status means to somebody who waits for the environment."""

    STABLE = "stable"
    """Nothing is under way and Airflow runs."""

    BUSY = "busy"
    """AWS is at work. Every change and delete is refused until it has finished, so it is waited out."""

    BROKEN = "broken"
    """Nothing is under way and Airflow does not run."""

    GONE = "gone"
    """A tombstone: readable, but there is no environment any more."""


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What one status allows.

    `update` and `delete` say whether the operator makes the call in this status.
    `usable` says whether Airflow answers its users meanwhile, as far as AWS documents it.
    """

    phase: Phase
    update: bool
    delete: bool
    usable: bool
    reason: Reason
    summary: str


LIFECYCLES: dict[str, Lifecycle] = {
    "CREATING": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.CREATING,
        summary="AWS is creating the environment",
    ),
    "PENDING": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=True,
        usable=False,
        reason=Reason.WAITING_FOR_ENDPOINTS,
        summary="AWS waits for the VPC endpoints that endpointManagement: CUSTOMER asks you to make",
    ),
    "CREATE_FAILED": Lifecycle(
        phase=Phase.BROKEN,
        update=False,
        delete=True,
        usable=False,
        reason=Reason.CREATE_FAILED,
        summary="AWS could not create the environment",
    ),
    "AVAILABLE": Lifecycle(
        phase=Phase.STABLE,
        update=True,
        delete=True,
        usable=True,
        reason=Reason.AVAILABLE,
        summary="The environment is available",
    ),
    "UPDATING": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=True,
        reason=Reason.UPDATING,
        summary="AWS is updating the environment",
    ),
    "CREATING_SNAPSHOT": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.UPDATING,
        summary="AWS is taking a snapshot of the metadata database before it changes the version",
    ),
    "ROLLING_BACK": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.ROLLING_BACK,
        summary="The update failed and AWS is restoring the environment",
    ),
    "UPDATE_FAILED": Lifecycle(
        phase=Phase.STABLE,
        update=True,
        delete=True,
        usable=True,
        reason=Reason.UPDATE_FAILED,
        summary="The update failed; AWS restored the environment to what it was before",
    ),
    "MAINTENANCE": Lifecycle(
        phase=Phase.BUSY,
        # AWS accepts updates here, but runs them FORCED after the maintenance: waiting keeps GRACEFUL graceful.
        update=False,
        delete=False,
        usable=True,
        reason=Reason.MAINTENANCE,
        summary="AWS is doing its weekly maintenance",
    ),
    "UNAVAILABLE": Lifecycle(
        phase=Phase.BROKEN,
        update=False,
        delete=True,
        usable=False,
        reason=Reason.UNAVAILABLE,
        summary="The update failed and AWS could not restore the environment",
    ),
    "DELETING": Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.DELETING,
        summary="AWS is deleting the environment",
    ),
    "DELETED": Lifecycle(
        phase=Phase.GONE,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.NOT_FOUND,
        summary="AWS has deleted the environment",
    ),
}


def lifecycle_of(status: str) -> Lifecycle:
    """The row of a status. A status that AWS adds after our release is waited out, never acted on."""
    return LIFECYCLES.get(status) or Lifecycle(
        phase=Phase.BUSY,
        update=False,
        delete=False,
        usable=False,
        reason=Reason.UNKNOWN_STATUS,
        summary=f"AWS reports the status {status}, which this version of the operator does not know",
    )
