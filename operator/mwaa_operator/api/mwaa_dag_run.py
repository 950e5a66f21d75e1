"""The kind MwaaDagRun as a whole."""

from typing import Any, Literal

from pydantic import ConfigDict

from mwaa_operator.api.dag_run_spec import DagRunSpec
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.api.model import ApiModel
from mwaa_operator.api.mwaa_environment import ObjectMetadata


class MwaaDagRun(ApiModel):
    """One run of a DAG in an Amazon MWAA environment, followed to its end, like a Job."""

    model_config = ConfigDict(extra="ignore")

    api_version: Literal["mwaa-operator.dev/v1alpha1"]
    kind: Literal["MwaaDagRun"]
    metadata: ObjectMetadata
    spec: DagRunSpec
    """The run as it should be."""
    status: DagRunStatus | None = None
    """The run as it is. Written by the operator."""

    @classmethod
    def from_object(cls, body: dict[str, Any]) -> "MwaaDagRun":
        """Read an object as the Kubernetes API gives it.

        Raises pydantic's `ValidationError`; show it with `explain`, which leaves values out.
        """
        return cls.model_validate(body)
