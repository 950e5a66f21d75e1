"""What a pass decides: a plan.

The controller carries a plan out, the status shows it, and both read the same object (design §2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import Impact
from mwaa_operator.api.environment_status import LastApplied, LastOperation
from mwaa_operator.planning.diff import Change
from mwaa_operator.planning.schedule import Pace


class StepKind(StrEnum):
    """A mutating call to AWS."""

    CREATE = "CreateEnvironment"
    UPDATE = "UpdateEnvironment"
    DELETE = "DeleteEnvironment"
    SET_TAGS = "TagResource"
    REMOVE_TAGS = "UntagResource"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call to make.

    `parameters` are the call's own members, in AWS's names. `remember` is the operation to write into the status before the call is
    made; steps that take effect at once need none.
    """

    kind: StepKind
    parameters: Mapping[str, Any] = field(repr=False)
    remember: LastOperation | None = None


class Standing(StrEnum):
    """How things stand, in kstatus' terms."""

    SETTLED = "settled"
    """Nothing to do and nothing to wait for."""
    PROGRESSING = "progressing"
    """Something is under way, or will be tried again by itself."""
    STALLED = "stalled"
    """Nothing goes on until a person changes something."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How things stand and why, before the plan's steps are made.

    `ready`: AWS says AVAILABLE and runs the spec of `ready_generation` (None: the current one); None leaves the condition as it is,
    because nothing new is known. `synced`: the spec is what AWS runs; None where that cannot be told.
    `message` is a sentence that says what to do next.
    """

    standing: Standing
    reason: Reason
    message: str
    ready: bool | None = False
    ready_generation: int | None = None
    synced: bool | None = False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An operation of AWS that is being waited for."""

    pace: Pace
    since: datetime


@dataclass(frozen=True)
class Notice:
    """Something that happened and that no condition holds on to: it becomes an event."""

    reason: Reason
    message: str


@dataclass(frozen=True, kw_only=True)
class PendingChanges:
    """What will be, or would be, changed, for `status.plan`."""

    hash: str
    changes: tuple[Change, ...]
    minutes: int
    strategy: str | None = None

    @property
    def impact(self) -> Impact:
        """The worst that any of the changes does."""
        order = [Impact.NONE, Impact.WORKERS_RESTART, Impact.ENVIRONMENT_DOWN]
        return max((change.impact for change in self.changes), key=order.index, default=Impact.NONE)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The outcome of planning: steps to make now, in order, and what to say.

    `release`: the object may go, nothing of the environment is left in AWS that it answers for; with `clears` the parts that the operator
    has made are removed first. `waiting` sets the pace of polling; without it, and
    without steps, the object is looked at again at the slow pace of drift detection, or at `look_at` if that is sooner. `operation`,
    `applied` and `drifted` are what the status is to remember.
    """

    verdict: Verdict
    steps: tuple[Step, ...] = ()
    release: bool = False
    clears: bool = False
    waiting: Waiting | None = None
    look_at: datetime | None = None
    pending: PendingChanges | None = None
    operation: LastOperation | None = None
    applied: LastApplied | None = None
    drifted: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
