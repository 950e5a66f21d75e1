"""What the operator may do, and when. Nothing in here is known to AWS, except the strategy that it is asked to use in
an update.
"""

from pydantic import Field

from mwaa_operator.api.enums import (
    AdoptionPolicy,
    CreateFailedPolicy,
    DeletionPolicy,
    DriftPolicy,
    ManagementPolicy,
    PreflightPolicy,
    UpdateApproval,
    WorkerReplacementStrategy,
)
from mwaa_operator.api.model import SpecModel
from mwaa_operator.api.types import HoursOfAWeek, WeeklyTime


class UpdateWindow(SpecModel):
    """A time of the week in which updates may start."""

    start: WeeklyTime
    """When it opens, in UTC, as DAY:HH:MM: for example SUN:02:00."""
    duration_hours: HoursOfAWeek
    """How long updates may be started from then on, in hours. One that has started runs to its end."""


class UpdatePolicy(SpecModel):
    """How updates are made."""

    worker_replacement_strategy: WorkerReplacementStrategy = WorkerReplacementStrategy.GRACEFUL
    """GRACEFUL lets running tasks finish, for up to 12 hours; FORCED stops them.

    Where AWS cannot do GRACEFUL (Airflow before 2.4.3, ca-west-1, ap-southeast-5) updates are FORCED, and say so. A
    change of the Airflow version stops running tasks in either case.
    """
    approval: UpdateApproval = UpdateApproval.AUTOMATIC
    """Manual: an update waits until the annotation mwaa-operator.dev/approved-plan holds the hash in status.plan.hash.
    """
    window: UpdateWindow | None = None
    """When updates may start. Left out: at any time."""


class Policies(SpecModel):
    """What the operator may do, and when."""

    deletion: DeletionPolicy = DeletionPolicy.DELETE
    """What happens in AWS when this object is deleted. Retain leaves the environment as it is."""
    management: ManagementPolicy = ManagementPolicy.MANAGE
    """Observe: look and report, and never change anything in AWS."""
    adoption: AdoptionPolicy = AdoptionPolicy.NEVER
    """Adopt: take over an environment of this name that exists already and belongs to no other object."""
    drift: DriftPolicy = DriftPolicy.CORRECT
    """What to do about a change made in AWS behind the operator's back. Report leaves it and says so."""
    create_failed: CreateFailedPolicy = CreateFailedPolicy.KEEP
    """What to do with an environment that AWS could not create. Keep leaves it until the spec changes, Recreate tries
    again: at once, then after ten minutes, twenty, and so on up to six hours.
    """
    preflight: PreflightPolicy = PreflightPolicy.ENFORCE
    """What follows when the checks before a call to AWS find an error. Enforce does not make the call, Warn makes it all
    the same.
    """
    update: UpdatePolicy = Field(default_factory=UpdatePolicy)
    """How updates are made."""
