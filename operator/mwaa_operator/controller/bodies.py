"""What an object's body says of itself. Imports nothing of Kubernetes' client: the kubectl plugin reads bodies as well."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.names import FINALIZER


def is_deleting(body: Mapping[str, Any]) -> bool:
    """Whether somebody has deleted the object; its finalizer may still hold it."""
    return bool(body["metadata"].get("deletionTimestamp"))


def is_held(body: Mapping[str, Any]) -> bool:
    """Whether our finalizer is on."""
    return FINALIZER in (body["metadata"].get("finalizers") or ())


def status_in(body: Mapping[str, Any]) -> EnvironmentStatus:
    """The status, empty where nobody has written one."""
    return EnvironmentStatus.model_validate(body.get("status") or {})
