"""What people read: the status of a MwaaEnvironment.

It holds only what has changed the last time something changed: nothing in it ticks. Airflow's options are nowhere in
it, for they may be passwords.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from mwaa_operator.api.airflow_status import AirflowStatus, LoadStatus
from mwaa_operator.api.conditions import Condition
from mwaa_operator.api.enums import OperationKind, OperationOutcome
from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.api.texts import Text, Word
from mwaa_operator.api.timestamps import Timestamp

Hash = Annotated[str, StringConstraints(max_length=128)]


class AccountStatus(StatusModel):
    """Where in AWS the environment is."""

    id: str | None = Field(default=None, max_length=12)
    """The number of the account, of twelve digits."""
    region: str | None = Field(default=None, max_length=64)
    """The AWS Region."""


class PlannedChange(StatusModel):
    """One field that will change."""

    field: Word
    """The field of the spec, as a path: for example maxWorkers."""
    from_: Text | None = Field(default=None, alias="from")
    """What AWS has now, as text. Absent if AWS has nothing there. Airflow's options are shown by name, never by value.
    """
    to: Text | None = None
    """What the spec asks for, as text. Absent if it is to be removed."""
    impact: Word
    """What the change does to those who use the environment: None, WorkersRestart or EnvironmentDown."""


class PlanStatus(StatusModel):
    """What the operator is going to do, or would do if it were allowed to."""

    hash: Hash
    """Names this plan; approve it by writing it into the annotation mwaa-operator.dev/approved-plan."""
    changes: tuple[PlannedChange, ...] = Field(default=(), max_length=256)
    """What will change."""
    estimated_minutes: int | None = Field(default=None, ge=0)
    """How long that is expected to take, in minutes."""
    worker_replacement_strategy: Word | None = None
    """What the update does to running tasks: GRACEFUL lets them finish, FORCED stops them."""
    waiting_for: Word | None = None
    """What it waits for: for example Window or Approval."""


class ResourceStatus(StatusModel):
    """Something in AWS that this object stands for."""

    kind: Word
    """What it is: for example Environment or Bucket."""
    id: Word
    """Its name or id in AWS."""
    provisioned: bool = False
    """Whether the operator made it, and will remove it."""
    part: Word | None = None
    """Which part of spec.provision it belongs to: for example Network."""


class LastApplied(StatusModel):
    """What the operator remembers of what it last sent to AWS, where AWS does not show it."""

    options_hash: Hash | None = None
    """A keyed hash of the Airflow options, because AWS masks some of their values."""
    generation: int | None = Field(default=None, ge=0)
    """The generation of the spec that was sent."""
    hash: Hash | None = None
    """A keyed hash of all that the spec asked for, to tell a change made in AWS from a change of the spec."""
    fields: tuple[Word, ...] = Field(default=(), max_length=64)
    """The AWS fields that the spec named, so that one which leaves the spec can be set back."""
    tag_keys: tuple[Word, ...] = Field(default=(), max_length=64)
    """The tags that were set, so that one which leaves the spec is removed, and nobody else's ever is."""
    tags_hash: Hash | None = None
    """A keyed hash of the tags that the spec asked for, to tell a tag changed in AWS from one changed in the spec."""
    created_at: Timestamp | None = None
    """When the environment was created that the spec agreed with: another one of the same name is another environment."""
    update_at: Timestamp | None = None
    """When the last update had begun that AWS knew of when the spec and AWS agreed: a later one may be AWS's own."""
    left_to_aws: tuple[Word, ...] = Field(default=(), max_length=64)
    """Fields that AWS itself has changed since then, which are left so until the spec changes."""


class OperationError(StatusModel):
    """Why an operation failed, in AWS's words."""

    code: Word | None = None
    """AWS's error code."""
    message: Text | None = None
    """AWS's message."""
    request_id: Word | None = None
    """AWS's number of the request, for AWS Support."""


class LastOperation(StatusModel):
    """The last long-running operation that the operator started."""

    kind: OperationKind
    """Create, Update or Delete."""
    hash: Hash | None = None
    """Names the desired state that it was to bring about, so that a failed operation is not repeated for the same one.
    """
    options_hash: Hash | None = None
    """A keyed hash of the Airflow options that it carries."""
    generation: int | None = Field(default=None, ge=0)
    """The generation of the spec that it brings about."""
    started_at: Timestamp
    """When it was first sent. Written before it is sent, so that an answer which gets lost is not taken for none."""
    accepted_at: Timestamp | None = None
    """When AWS accepted it."""
    request_id: Word | None = None
    """AWS's number of the request that it accepted, for AWS Support."""
    attempt: int | None = Field(default=None, ge=1)
    """How many times in a row the environment has been created for the same desired state, this one included."""
    impact: Word | None = None
    """What it does to those who use the environment: None, WorkersRestart or EnvironmentDown."""
    previous_update_at: Timestamp | None = None
    """When the last update that AWS knew of had begun: once AWS names another one, this operation has arrived."""
    finished_at: Timestamp | None = None
    """When it was seen to have ended."""
    duration_seconds: int | None = Field(default=None, ge=0)
    """How long it took, from the first call until its end was seen, in seconds."""
    contested: bool | None = None
    """AWS said that something is under way already: this very operation, whose first answer got lost, or somebody else's."""
    outcome: OperationOutcome | None = None
    """How it ended."""
    error: OperationError | None = None
    """Why it failed."""


class PreflightFinding(StatusModel):
    """What one check has found."""

    check: Word
    """The name of the check."""
    verdict: Word
    """Error, Warning, or Unknown where the operator may not look."""
    found: Text
    """What was found."""
    advice: Text | None = None
    """What to do about it."""
    page: Word | None = None
    """The page of AWS's documentation."""


class PreflightStatus(StatusModel):
    """What the checks before a call to AWS have found."""

    hash: Hash | None = None
    """Names the desired state that was judged."""
    checked_at: Timestamp | None = None
    """When the checks were made."""
    passed: int = Field(default=0, ge=0)
    """How many checks found nothing."""
    findings: tuple[PreflightFinding, ...] = Field(
        default=(),
        max_length=128,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["check"]},
    )
    """What the others found, errors first."""


class LikelyCause(StatusModel):
    """One explanation of a failed operation."""

    cause: Text
    """What is probably wrong."""
    evidence: Text
    """What says so: the finding of a check, or a line of a log."""
    advice: Text
    """What to do about it."""


class ProvisionedStatus(StatusModel):
    """The values of the environment that come from what the operator has made."""

    source_bucket_arn: Word | None = None
    """The bucket, as an ARN."""
    execution_role_arn: Word | None = None
    """The role, as an ARN."""
    subnet_ids: tuple[Word, ...] = Field(default=(), max_length=2)
    """The private subnets."""
    security_group_ids: tuple[Word, ...] = Field(default=(), max_length=5)
    """The security groups of the environment."""


class ArtifactStatus(StatusModel):
    """A file that artifacts has put into the bucket and that the environment reads by version."""

    key: Word
    """Where in the bucket it is."""
    version_id: Word
    """The S3 version that the environment is to read."""
    sha256: Hash
    """The SHA-256 of its content, in hexadecimal digits."""
    revision: Word | None = None
    """Which state of its source it is: a commit, for example."""


class DagFilesStatus(StatusModel):
    """The DAG files that artifacts has put into the bucket."""

    files: int = Field(ge=0)
    """How many there are."""
    sha256: Hash
    """A SHA-256 over all paths and contents, in hexadecimal digits: the same for the same files."""
    revisions: tuple[Word, ...] = Field(default=(), max_length=16)
    """Which state of each source they are, in the order of the spec: commits, for example."""


class ArtifactsStatus(StatusModel):
    """What artifacts has put into the bucket."""

    dags: DagFilesStatus | None = None
    """The DAG files."""
    requirements: ArtifactStatus | None = None
    """The requirements file."""
    plugins: ArtifactStatus | None = None
    """The plugins archive."""
    startup_script: ArtifactStatus | None = None
    """The startup script."""


class EnvironmentStatus(StatusModel):
    """The environment as it is."""

    observed_generation: int | None = Field(default=None, ge=-1)
    """The generation of the spec that this status is about; -1 before the operator has looked."""
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=32,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    )
    """What the operator says about the environment; Ready is the summary."""
    environment: ObservedEnvironment | None = None
    """What AWS says about the environment (GetEnvironment), without Airflow's options."""
    account: AccountStatus | None = None
    """Where in AWS the environment is."""
    plan: PlanStatus | None = None
    """What will be done, and what it waits for. Absent when nothing is pending."""
    drifted_fields: tuple[Word, ...] = Field(
        default=(), max_length=128, json_schema_extra={"x-kubernetes-list-type": "set"}
    )
    """Fields that were changed in AWS behind the operator's back and are not put right yet."""
    resources: tuple[ResourceStatus, ...] = Field(
        default=(),
        max_length=64,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["kind", "id"]},
    )
    """What in AWS this object stands for."""
    provisioned: ProvisionedStatus | None = None
    """What comes from provision, for the environment and for people."""
    artifacts: ArtifactsStatus | None = None
    """What artifacts has put into the bucket."""
    airflow: AirflowStatus | None = None
    """What Airflow says of itself. Absent where it was not asked, or could not be."""
    load: LoadStatus | None = None
    """What CloudWatch shows of the environment's load. Absent where it was not asked, or shows nothing."""
    preflight: PreflightStatus | None = None
    """What the checks before the last call that creates or updates have found."""
    likely_causes: tuple[LikelyCause, ...] = Field(default=(), max_length=16)
    """Why the last operation probably failed, the likeliest first."""
    last_applied: LastApplied | None = None
    """What the operator remembers of what it last sent."""
    last_operation: LastOperation | None = None
    """The last long-running operation that the operator started."""
    last_handled_reconcile_at: Word | None = None
    """The value of the annotation mwaa-operator.dev/reconcile-requested-at that was acted on last."""
