"""Whether an environment's web server can be reached now, and by whom (mwaa-behaviour.md §2, operations by status; §6)."""

from __future__ import annotations

import hashlib

from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.statuses import Status

_WITH_WEBSERVER = frozenset({Status.AVAILABLE, Status.UPDATE_FAILED, Status.UPDATING, Status.MAINTENANCE})
_LONGEST_NAME = 64


def is_up(environment: Environment) -> bool:
    """Whether there is a web server. During a change of the version there is none, in UPDATING neither."""
    operation = environment.operation
    wanted = None if operation is None else operation.settings
    changes_version = wanted is not None and wanted["AirflowVersion"] != environment.settings["AirflowVersion"]
    return environment.status in _WITH_WEBSERVER and not changes_version


def is_private(environment: Environment) -> bool:
    """Whether only callers in the VPC reach the web server and, through it, InvokeRestApi."""
    return bool(environment.settings["WebserverAccessMode"] == "PRIVATE_ONLY")


def airflow_name(identity: str) -> str:
    """Return what Airflow calls a user of IAM: at most 64 characters, longer names are hashed (§1.2)."""
    return identity if len(identity) <= _LONGEST_NAME else hashlib.sha256(identity.encode()).hexdigest()
