"""Conditions: what the operator says about an object, in words that programs can wait for.

The types and reasons are part of the public contract: `kubectl wait`, alerts and health checks of GitOps tools hold on
to them.
"""

from enum import StrEnum

from pydantic import Field

from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.texts import Message
from mwaa_operator.api.timestamps import Timestamp


class ConditionType(StrEnum):
    """What a condition is about."""

    READY = "Ready"
    """The summary: AWS says AVAILABLE, and the environment is what the current spec asks for."""
    RECONCILING = "Reconciling"
    """Present, and true, only while something is under way or will be tried again by itself (kstatus)."""
    STALLED = "Stalled"
    """Present, and true, only while nothing goes on until a person changes something (kstatus)."""
    SYNCED = "Synced"
    """The spec is what AWS runs."""
    PREFLIGHT_PASSED = "PreflightPassed"
    """What the environment needs was looked at before it was created, and nothing was found that would make it fail."""
    BUCKET_READY = "BucketReady"
    """The source bucket exists and is as MWAA wants it: versioned, private."""
    NETWORK_READY = "NetworkReady"
    """Subnets and security groups exist and lead where MWAA has to go."""
    EXECUTION_ROLE_READY = "ExecutionRoleReady"
    """The execution role exists, trusts MWAA and may do what MWAA needs."""
    ARTIFACTS_READY = "ArtifactsReady"
    """The files that the environment reads from the bucket are there."""
    LOG_GROUPS_READY = "LogGroupsReady"
    """The log groups exist, with the retention that the spec asks for."""
    ENDPOINTS_READY = "EndpointsReady"
    """The VPC endpoints that AWS waits for exist."""
    AIRFLOW_HEALTHY = "AirflowHealthy"
    """Airflow itself says that its scheduler, its metadata database and its DAGs are well."""
    WELL_SIZED = "WellSized"
    """The environment's class and worker counts fit the load that was seen."""


class Reason(StrEnum):
    """Why a condition is as it is."""

    AVAILABLE = "Available"
    """AWS says AVAILABLE, with the current spec."""
    UP_TO_DATE = "UpToDate"
    """What AWS runs is what the spec asks for."""

    CREATING = "Creating"
    """AWS is creating the environment (CREATING)."""
    CREATE_FAILED = "CreateFailed"
    """AWS could not create the environment (CREATE_FAILED). It was never usable."""
    UPDATING = "Updating"
    """AWS is updating the environment (UPDATING, CREATING_SNAPSHOT)."""
    UPDATE_FAILED = "UpdateFailed"
    """The last update failed and was rolled back; it is not repeated until the spec changes or somebody asks for it."""
    UPDATE_PENDING = "UpdatePending"
    """The spec asks for something else than AWS runs, and the update has not been sent yet."""
    ROLLING_BACK = "RollingBack"
    """AWS is undoing a failed update (ROLLING_BACK)."""
    MAINTENANCE = "Maintenance"
    """AWS is doing its weekly maintenance (MAINTENANCE)."""
    ADOPTING = "Adopting"
    """An environment that existed already is being taken over: it is tagged as this object's."""
    RECREATING = "Recreating"
    """An environment whose creation had failed is being deleted, to be created anew."""
    DELETING = "Deleting"
    """The environment is being deleted."""
    DELETE_FAILED = "DeleteFailed"
    """AWS refuses to delete the environment."""
    WAITING_FOR_ENDPOINTS = "WaitingForEndpoints"
    """AWS waits for VPC endpoints that the customer makes (PENDING); after 72 hours it gives up."""
    UNAVAILABLE = "Unavailable"
    """A failed update left the environment unstable (UNAVAILABLE)."""
    UNKNOWN_STATUS = "UnknownStatus"
    """AWS gave a status that this version of the operator does not know."""
    NOT_FOUND = "NotFound"
    """There is no such environment in AWS."""
    VANISHED = "Vanished"
    """The environment was there and has been deleted in AWS behind the operator's back."""

    INVALID_SPEC = "InvalidSpec"
    """The operator cannot read the spec; only objects older than the current schema can be like that."""
    INVALID_CONFIGURATION = "InvalidConfiguration"
    """AWS refuses the values of the spec."""
    IMMUTABLE_FIELD = "ImmutableField"
    """The spec differs from AWS in a field that AWS cannot change."""
    ACCESS_DENIED = "AccessDenied"
    """The operator's credentials lack a permission."""
    NO_CREDENTIALS = "NoCredentials"
    """The operator found no AWS credentials, or they have expired."""
    THROTTLED = "Throttled"
    """AWS asks for fewer calls; they are repeated more slowly."""
    AWS_UNREACHABLE = "AwsUnreachable"
    """AWS does not answer, or with an internal error; tried again."""
    QUOTA_EXCEEDED = "QuotaExceeded"
    """The account may not have more environments, or not as large a one."""
    WAITING_FOR_IAM = "WaitingForIam"
    """AWS refuses a role or a permission that may just be too new; tried again for a few minutes."""
    NOT_CONVERGING = "NotConverging"
    """A difference is still there after an update that succeeded; the update is not repeated."""
    DRIFTED = "Drifted"
    """The environment was changed in AWS, behind the operator's back."""
    CHANGED_BY_AWS = "ChangedByAws"
    """AWS itself has changed the environment, for example in a maintenance; it is left so until the spec changes."""
    UPGRADE_PATH = "UpgradePath"
    """The Airflow version asked for can only be reached by way of another one."""
    WAITING_FOR_WINDOW = "WaitingForWindow"
    """An update waits for `policies.update.window`."""
    WAITING_FOR_APPROVAL = "WaitingForApproval"
    """An update waits for somebody to approve its plan."""
    WAITING_FOR_ENVIRONMENT = "WaitingForEnvironment"
    """Something has to wait until AWS has finished what it is doing with the environment."""
    PAUSED = "Paused"
    """The annotation `mwaa-operator.dev/paused` is set: nothing is changed."""
    OBSERVING = "Observing"
    """`policies.management` is `Observe`: nothing is changed."""
    OWNED_BY_ANOTHER = "OwnedByAnother"
    """The environment's tags say that another object owns it."""
    ALREADY_EXISTS = "AlreadyExists"
    """An environment of this name exists, is not ours, and `policies.adoption` is `Never`."""
    PROVISIONING = "Provisioning"
    """What the environment needs (bucket, network, role, ...) is being made in AWS."""
    PROVISIONED = "Provisioned"
    """It has been made, and is as the spec asks for."""
    NAME_TAKEN = "NameTaken"
    """Something of the name that the operator was to give exists already and is not this object's."""
    REMOVING = "Removing"
    """What the operator has made is being removed from AWS."""
    LIKELY_CAUSE = "LikelyCause"
    """Why an operation of AWS has probably failed (events only)."""
    PREFLIGHT_PASSED = "PreflightPassed"
    """No check found anything that would make the call fail."""
    PREFLIGHT_FAILED = "PreflightFailed"
    """A check found something that would make the call fail, so it was not made."""
    PREFLIGHT_WARNED = "PreflightWarned"
    """A check found an error, and the call is made all the same: policies.preflight is Warn."""
    SECRET_NOT_FOUND = "SecretNotFound"  # noqa: S105 - a word, not a secret
    """A Secret, or the key in it, that an Airflow option comes from is not there."""
    FILE_NOT_FOUND = "FileNotFound"
    """A file that the spec names (requirements, plugins, startup script) is not in the bucket."""
    INTERNAL_ERROR = "InternalError"
    """The operator met with something it does not understand; its log says more. Tried again."""


class Condition(StatusModel):
    """One observation of an object's state (Kubernetes' `metav1.Condition`)."""

    type: str = Field(max_length=316)
    """What the condition is about."""
    status: ConditionStatus
    """Whether it holds."""
    reason: str = Field(min_length=1, max_length=1024, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
    """Why, as one CamelCase word."""
    message: Message
    """Why, as a sentence that says what to do next."""
    observed_generation: int | None = Field(default=None, ge=0)
    """The generation of the spec that this was said about."""
    last_transition_time: Timestamp
    """When the status last changed from one value to another."""
