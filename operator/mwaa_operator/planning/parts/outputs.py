"""Values of the environment that come from its parts, or from the spec by reference."""

from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus, ProvisionedStatus
from mwaa_operator.planning.artifacts.places import pins
from mwaa_operator.planning.parts.model import Outputs


def given(spec: EnvironmentSpec) -> Outputs:
    """What the spec gives by reference."""
    network = spec.network_configuration
    return Outputs(
        source_bucket_arn=spec.source_bucket_arn,
        execution_role_arn=spec.execution_role_arn,
        subnet_ids=network.subnet_ids if network else None,
        security_group_ids=network.security_group_ids if network else None,
    )


def remembered(status: EnvironmentStatus, spec: EnvironmentSpec) -> Outputs:
    """What the parts had come to when they were last looked at, and what the spec gives by reference."""
    known = status.provisioned or ProvisionedStatus()
    return combined(
        Outputs(
            source_bucket_arn=known.source_bucket_arn if spec.provision.bucket else None,
            execution_role_arn=known.execution_role_arn if spec.provision.execution_role else None,
            subnet_ids=(known.subnet_ids or None) if spec.provision.network else None,
            security_group_ids=(known.security_group_ids or None) if spec.provision.network else None,
            files=pins(status.artifacts, spec),
        ),
        given(spec),
    )


def combined(*outputs: Outputs) -> Outputs:
    """The first that says something about each value."""

    def first(name: str) -> object:
        return next((getattr(one, name) for one in outputs if getattr(one, name) is not None), None)

    return Outputs(**{name: first(name) for name in Outputs.__dataclass_fields__})  # type: ignore[arg-type]
