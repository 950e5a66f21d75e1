"""Conditions of a MwaaDagRun: what is said about a run, in words that programs can wait for.

`Complete` and `Failed` are those of Kubernetes' Jobs, so `kubectl wait` works in the same way; `Reconciling` and `Stalled` are kstatus'.
The types and reasons are part of the public contract.
"""

from enum import StrEnum


class DagRunConditionType(StrEnum):
    """What a condition of a run is about."""

    COMPLETE = "Complete"
    """Present, and true, once the run has succeeded."""
    FAILED = "Failed"
    """Present, and true, once the run has failed, or can never take place."""
    RECONCILING = "Reconciling"
    """Present, and true, while the run is under way or waited for (kstatus)."""
    STALLED = "Stalled"
    """Present, and true, where nothing goes on until a person changes something, and beside Failed (kstatus)."""


class DagRunReason(StrEnum):
    """Why a condition of a run is as it is."""

    SUCCEEDED = "Succeeded"
    """Airflow says that the run succeeded."""
    RUN_FAILED = "RunFailed"
    """Airflow says that the run failed."""
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    """The run took longer than timeoutSeconds, and was set to failed in Airflow."""
    DAG_NOT_FOUND = "DagNotFound"
    """Airflow knows no such DAG. It is looked for for ten minutes: files take a while to get to Airflow."""
    DAG_BROKEN = "DagBroken"
    """The file of the DAG cannot be imported. A correction is waited for, for ten minutes."""
    RUN_REFUSED = "RunRefused"
    """Airflow refuses to run the DAG like that, for example because conf does not fit the DAG's params."""
    RUN_VANISHED = "RunVanished"
    """Airflow does not know the run any more: somebody has deleted it, or the environment is another one."""

    WAITING_FOR_ENVIRONMENT = "WaitingForEnvironment"
    """The environment is not there, not AVAILABLE, or not reached yet."""
    ENVIRONMENT_NOT_OWNED = "EnvironmentNotOwned"
    """The environment in AWS does not belong to the MwaaEnvironment that names it."""
    DAG_PAUSED = "DagPaused"
    """The run is queued and its DAG is paused: it begins once somebody unpauses the DAG."""
    QUEUED = "Queued"
    """The run waits in Airflow."""
    RUNNING = "Running"
    """The run is under way."""
    CANCELLING = "Cancelling"
    """The object is deleted, and its run is being ended."""
    CANCELLED = "Cancelled"
    """The object was deleted, and its run was ended (events only)."""
    LEFT_RUNNING = "LeftRunning"
    """The object was deleted, and its run goes on (events only)."""
    PAUSED = "Paused"
    """The annotation `mwaa-operator.dev/paused` is set: Airflow is not asked for anything."""
    INVALID_SPEC = "InvalidSpec"
    """The operator cannot read the spec; only objects older than the current schema can be like that."""
    AIRFLOW_ERROR = "AirflowError"
    """Airflow answers with an error of its own; tried again."""
    AIRFLOW_UNREACHABLE = "AirflowUnreachable"
    """There is no way to Airflow's REST API from here; tried again now and then."""
    REST_API_UNSUPPORTED = "RestApiUnsupported"
    """MWAA does not open the REST API of this environment."""
    ACCESS_DENIED = "AccessDenied"
    """The operator's credentials lack a permission."""
    NO_CREDENTIALS = "NoCredentials"
    """The operator found no AWS credentials, or they have expired."""
    THROTTLED = "Throttled"
    """AWS asks for fewer calls; they are repeated more slowly."""
    AWS_UNREACHABLE = "AwsUnreachable"
    """AWS does not answer, or with an internal error; tried again."""
    AWS_REFUSED = "AwsRefused"
    """AWS refuses a call for another reason, which the message says; tried again."""
