"""Words with a fixed set of values. AWS's enumerations keep AWS's spelling, ours are CamelCase as is usual in
Kubernetes.
"""

from enum import StrEnum


class WebserverAccessMode(StrEnum):
    """Who can reach the Airflow web server (botocore `WebserverAccessMode`)."""

    PRIVATE_ONLY = "PRIVATE_ONLY"
    PUBLIC_ONLY = "PUBLIC_ONLY"
    PUBLIC_AND_PRIVATE = "PUBLIC_AND_PRIVATE"


class EndpointManagement(StrEnum):
    """Who makes the VPC endpoints of the environment (botocore `EndpointManagement`)."""

    SERVICE = "SERVICE"
    CUSTOMER = "CUSTOMER"


class NatGateways(StrEnum):
    """How the private subnets of a network that the operator makes reach the internet."""

    PER_ZONE = "PerZone"
    SINGLE = "Single"
    NONE = "None"


class PolicyEffect(StrEnum):
    """Whether a statement of an IAM policy allows or forbids."""

    ALLOW = "Allow"
    DENY = "Deny"


class PreflightPolicy(StrEnum):
    """What follows when preflight checks find an error."""

    ENFORCE = "Enforce"
    WARN = "Warn"


class ArtifactsVerification(StrEnum):
    """What is checked before code is put into the bucket."""

    NONE = "None"
    SYNTAX = "Syntax"
    AIRFLOW = "Airflow"


class LogLevel(StrEnum):
    """The least severe messages that are sent to CloudWatch Logs (botocore `LoggingLevel`)."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    DEBUG = "DEBUG"


class WorkerReplacementStrategy(StrEnum):
    """What an update does to workers with running tasks (botocore `WorkerReplacementStrategy`)."""

    GRACEFUL = "GRACEFUL"
    FORCED = "FORCED"


class EnvironmentStatusCode(StrEnum):
    """The status of an environment as AWS gives it (botocore `EnvironmentStatus`; mwaa-behaviour.md §2)."""

    CREATING = "CREATING"
    CREATE_FAILED = "CREATE_FAILED"
    AVAILABLE = "AVAILABLE"
    UPDATING = "UPDATING"
    DELETING = "DELETING"
    DELETED = "DELETED"
    UNAVAILABLE = "UNAVAILABLE"
    UPDATE_FAILED = "UPDATE_FAILED"
    ROLLING_BACK = "ROLLING_BACK"
    CREATING_SNAPSHOT = "CREATING_SNAPSHOT"
    PENDING = "PENDING"
    MAINTENANCE = "MAINTENANCE"


class DeletionPolicy(StrEnum):
    """What happens in AWS when the object is deleted."""

    DELETE = "Delete"
    RETAIN = "Retain"


class ManagementPolicy(StrEnum):
    """Whether the operator may change AWS at all."""

    MANAGE = "Manage"
    OBSERVE = "Observe"


class AdoptionPolicy(StrEnum):
    """Whether an environment that exists already may be taken over."""

    NEVER = "Never"
    ADOPT = "Adopt"


class DriftPolicy(StrEnum):
    """What to do about a change that was made in AWS behind the operator's back."""

    CORRECT = "Correct"
    REPORT = "Report"


class CreateFailedPolicy(StrEnum):
    """What to do with an environment whose creation failed."""

    KEEP = "Keep"
    RECREATE = "Recreate"


class UpdateApproval(StrEnum):
    """Whether a person has to agree before an update starts."""

    AUTOMATIC = "Automatic"
    MANUAL = "Manual"


class Impact(StrEnum):
    """What a change does to those who use the environment while it is made."""

    NONE = "None"
    WORKERS_RESTART = "WorkersRestart"
    ENVIRONMENT_DOWN = "EnvironmentDown"


class OperationKind(StrEnum):
    """A long-running operation of AWS that the operator started."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


class OperationOutcome(StrEnum):
    """How a long-running operation ended."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    """AWS accepted it and could not do it."""
    REFUSED = "Refused"
    """AWS did not accept it."""
    NOT_CONVERGED = "NotConverged"
    """AWS says that it succeeded, and still has other values than it was sent."""


class ConditionStatus(StrEnum):
    """Kubernetes' three truth values."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"
