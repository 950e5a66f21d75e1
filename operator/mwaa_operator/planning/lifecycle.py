"""The twelve statuses of an environment and what the operator does in each, as one table.

Source: `mwaa-behaviour.md` §2. Where AWS is silent the table takes the side that costs nothing when it is wrong: it waits, or asks AWS
once and goes by the answer. `plan` reads its answers from here, the docs are generated from it, and every cell has a test.
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
    """There is no environment, or only a tombstone: readable for a while after a delete."""


class Happening(StrEnum):
    """What can happen to an object, whatever the status of its environment."""

    EDIT = "spec edit"
    DELETE = "delete"
    DRIFT = "drift"
    REQUEST = "reconcile request"
    PAUSE = "pause"
    RESTART = "operator restart"


class Answer(StrEnum):
    """What the operator does about a happening."""

    CREATE = "creates the environment"
    UPDATE = "sends one UpdateEnvironment with what differs"
    REAPPLY = "sends an UpdateEnvironment, also if nothing differs"
    TRY = "sends one UpdateEnvironment; if AWS refuses it, says so and stops"
    DELETE = "sends DeleteEnvironment"
    RECREATE = "deletes the failed attempt and creates the environment anew"
    RELEASE = "lets the object go"
    WAIT = "waits until AWS has finished, then acts"
    WAIT_UNLESS_FORCED = "waits until AWS has finished; updates at once with workerReplacementStrategy FORCED"
    SAY = "says what to do and calls nothing"
    LOOK = "looks at once and goes on as before"
    REST = "changes nothing until the annotation is removed"
    RESUME = "goes on from the status and from what AWS shows"


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What one status means and what is done in it.

    `usable` says whether Airflow answers its users meanwhile, as far as AWS documents it. The last four are the answers to a happening
    each; those to a pause and to a restart are the same everywhere.
    """

    phase: Phase
    usable: bool
    reason: Reason
    summary: str
    edit: Answer
    delete: Answer
    drift: Answer
    request: Answer

    def answer(self, happening: Happening) -> Answer:
        """The cell of the table."""
        return {
            Happening.EDIT: self.edit,
            Happening.DELETE: self.delete,
            Happening.DRIFT: self.drift,
            Happening.REQUEST: self.request,
            Happening.PAUSE: Answer.REST,
            Happening.RESTART: Answer.RESUME,
        }[happening]


def _busy(reason: Reason, summary: str, *, usable: bool = False, **other: Answer) -> Lifecycle:
    answers = {"edit": Answer.WAIT, "delete": Answer.WAIT, "drift": Answer.WAIT, "request": Answer.LOOK, **other}
    return Lifecycle(phase=Phase.BUSY, usable=usable, reason=reason, summary=summary, **answers)


def _gone(summary: str) -> Lifecycle:
    return Lifecycle(
        phase=Phase.GONE,
        usable=False,
        reason=Reason.NOT_FOUND,
        summary=summary,
        edit=Answer.CREATE,
        delete=Answer.RELEASE,
        drift=Answer.CREATE,
        request=Answer.CREATE,
    )


ABSENT = _gone("There is no environment in AWS")

LIFECYCLES: dict[str, Lifecycle] = {
    "CREATING": _busy(Reason.CREATING, "AWS is creating the environment"),
    "PENDING": _busy(
        Reason.WAITING_FOR_ENDPOINTS,
        "AWS waits for the VPC endpoints that endpointManagement: CUSTOMER asks you to make",
        # AWS gives up only after 72 hours. That it takes a delete before is not documented; its answer tells.
        delete=Answer.DELETE,
    ),
    "CREATE_FAILED": Lifecycle(
        phase=Phase.BROKEN,
        usable=False,
        reason=Reason.CREATE_FAILED,
        summary="AWS could not create the environment",
        edit=Answer.RECREATE,
        delete=Answer.DELETE,
        drift=Answer.SAY,
        request=Answer.RECREATE,
    ),
    "AVAILABLE": Lifecycle(
        phase=Phase.STABLE,
        usable=True,
        reason=Reason.AVAILABLE,
        summary="The environment is available",
        edit=Answer.UPDATE,
        delete=Answer.DELETE,
        drift=Answer.UPDATE,
        request=Answer.LOOK,
    ),
    "UPDATING": _busy(Reason.UPDATING, "AWS is updating the environment", usable=True),
    "CREATING_SNAPSHOT": _busy(
        Reason.UPDATING, "AWS is taking a snapshot of the metadata database before it changes the version"
    ),
    "ROLLING_BACK": _busy(Reason.ROLLING_BACK, "The update failed and AWS is restoring the environment"),
    "UPDATE_FAILED": Lifecycle(
        phase=Phase.STABLE,
        usable=True,
        reason=Reason.UPDATE_FAILED,
        summary="The update failed; AWS restored the environment to what it was before",
        edit=Answer.UPDATE,
        delete=Answer.DELETE,
        drift=Answer.UPDATE,
        request=Answer.REAPPLY,
    ),
    "MAINTENANCE": _busy(
        Reason.MAINTENANCE,
        "AWS is doing its weekly maintenance",
        usable=True,
        # AWS accepts updates here, but runs them FORCED after the maintenance: waiting keeps GRACEFUL graceful.
        edit=Answer.WAIT_UNLESS_FORCED,
    ),
    "UNAVAILABLE": Lifecycle(
        phase=Phase.BROKEN,
        usable=False,
        reason=Reason.UNAVAILABLE,
        summary="The update failed and AWS could not restore the environment",
        # Whether AWS takes an update here is not documented, and a refused one costs nothing.
        edit=Answer.TRY,
        delete=Answer.DELETE,
        drift=Answer.SAY,
        request=Answer.TRY,
    ),
    "DELETING": _busy(Reason.DELETING, "AWS is deleting the environment"),
    "DELETED": _gone("AWS has deleted the environment"),
}


def lifecycle_of(status: str) -> Lifecycle:
    """The row of a status. A status that AWS adds after our release is waited out, never acted on."""
    return LIFECYCLES.get(status) or _busy(
        Reason.UNKNOWN_STATUS, f"AWS reports the status {status}, which this version of the operator does not know"
    )
