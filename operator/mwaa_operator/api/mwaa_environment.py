"""The kind MwaaEnvironment as a whole."""

import re
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.model import ApiModel, Rule, rule

MAX_NAME_LENGTH = 80
_NAME_IN_AWS = r"^[a-zA-Z][0-9a-zA-Z_-]*$"


class ObjectMetadata(ApiModel):
    """What of Kubernetes' own metadata the operator reads; the API server looks after its form."""

    model_config = ConfigDict(extra="ignore")

    name: str
    namespace: str | None = None
    uid: str | None = None
    generation: int | None = None
    resource_version: str | None = None
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict, repr=False)
    """Not shown: `kubectl apply` keeps a copy of the whole spec in one of them, Airflow options included."""


class MwaaEnvironment(ApiModel):
    """An Amazon MWAA environment: Apache Airflow, run by AWS, kept as the spec says."""

    model_config = ConfigDict(extra="ignore")

    __more_rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            cel="(has(self.spec.name) ? self.spec.name : self.metadata.name) == "
            "(has(oldSelf.spec.name) ? oldSelf.spec.name : oldSelf.metadata.name)",
            message="The name of an environment cannot be changed in AWS. Put it back, or delete this object and "
            "create another one.",
            field="spec.name",
            reason="FieldValueForbidden",
        ),
    )

    api_version: Literal["mwaa-operator.dev/v1alpha1"]
    kind: Literal["MwaaEnvironment"]
    metadata: ObjectMetadata
    spec: EnvironmentSpec
    """The environment as it should be."""
    status: EnvironmentStatus | None = None
    """The environment as it is. Written by the operator."""

    @property
    def name_in_aws(self) -> str:
        """The name of the environment in AWS."""
        return self.spec.name or self.metadata.name

    @rule(
        f"has(self.spec.name) || (self.metadata.name.size() <= {MAX_NAME_LENGTH} && "
        f"self.metadata.name.matches(r'{_NAME_IN_AWS}'))",
        message=f"metadata.name is not a name that AWS allows: at most {MAX_NAME_LENGTH} letters, digits, "
        "underscores and hyphens, beginning with a letter. Set spec.name to the name that the environment "
        "is to have in AWS.",
    )
    def _has_a_name_for_aws(self) -> bool:
        name = self.metadata.name
        return self.spec.name is not None or (
            len(name) <= MAX_NAME_LENGTH and re.fullmatch(_NAME_IN_AWS, name) is not None
        )

    @classmethod
    def from_object(cls, body: dict[str, Any]) -> "MwaaEnvironment":
        """Read an object as the Kubernetes API gives it.

        Raises pydantic's `ValidationError`; show it with `explain`, which leaves values out.
        """
        return cls.model_validate(body)
