"""From a spec to what AWS should hold, in AWS's own member names.

The rule of the API (design §3) makes this short: a field that AWS has carries AWS's name with the first letter lowered, so raising it
again is the whole translation. Maps whose keys belong to the user (options, tags, teams) keep their keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.planning.artifacts.places import PLUGINS, REQUIREMENTS, STARTUP_SCRIPT, versioned_keys
from mwaa_operator.planning.parts.bucket_settings import DEFAULT_DAGS
from mwaa_operator.planning.parts.model import Outputs
from mwaa_operator.planning.parts.outputs import given

SCALAR_FIELDS = (
    "airflowVersion",
    "dagS3Path",
    "endpointManagement",
    "environmentClass",
    "kmsKey",
    "maxWebservers",
    "maxWorkers",
    "minWebservers",
    "minWorkers",
    "pluginsS3ObjectVersion",
    "pluginsS3Path",
    "requirementsS3ObjectVersion",
    "requirementsS3Path",
    "schedulers",
    "startupScriptS3ObjectVersion",
    "startupScriptS3Path",
    "webserverAccessMode",
    "weeklyMaintenanceWindowStart",
)

VERSIONED_FILES = {
    REQUIREMENTS: "RequirementsS3ObjectVersion",
    PLUGINS: "PluginsS3ObjectVersion",
    STARTUP_SCRIPT: "StartupScriptS3ObjectVersion",
}
"""Files that AWS reads by S3 object version: it refuses the path without one (`mwaa-behaviour.md` §3.4)."""


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What the spec asks of AWS.

    `fields` are CreateEnvironment's members without Name and Tags; a field the spec leaves out is not in it.
    `tags` are the user's; the operator's own come from `ownership`.
    """

    name: str
    fields: Mapping[str, Any] = field(repr=False)
    tags: Mapping[str, str]

    @property
    def options(self) -> Mapping[str, str] | None:
        return self.fields.get("AirflowConfigurationOptions")


def desired_environment(
    spec: EnvironmentSpec,
    *,
    name: str,
    secret_options: Mapping[str, str],
    newest_object_versions: Mapping[str, str],
    outputs: Outputs | None = None,
) -> Desired:
    """Translate a spec.

    `name` is the environment's in AWS.
    `outputs` are the values that come from parts which the operator makes itself. What these do not have yet is left out.
    `secret_options` are the values behind `airflowConfigurationSecrets`, by option.
    `newest_object_versions` holds the S3 version to pin for each path given without one, by the path's AWS name.
    """
    document = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    fields = {_aws_name(name): document[name] for name in SCALAR_FIELDS if name in document}
    for path, version in VERSIONED_FILES.items():
        if path in fields and version not in fields and path in newest_object_versions:
            fields[version] = newest_object_versions[path]
    outputs = outputs or given(spec)
    for path in versioned_keys(spec):
        # Until it is in the bucket there is no version to name, and the path alone AWS refuses.
        fields.pop(path, None)
    for path, pin in (outputs.files or {}).items():
        fields |= {path: pin.key, VERSIONED_FILES[path]: pin.version_id}
    fields |= _from_parts(outputs)
    if spec.provision.bucket is not None:
        fields.setdefault("DagS3Path", DEFAULT_DAGS)
    if "loggingConfiguration" in document:
        fields["LoggingConfiguration"] = _aws_members(document["loggingConfiguration"])
    if "identityCenterConfiguration" in document:
        fields["IdentityCenterConfiguration"] = _aws_members(document["identityCenterConfiguration"])
    if "teams" in document:
        fields["Teams"] = {team: _aws_members(value) for team, value in document["teams"].items()}
    if "airflowConfigurationOptions" in document or "airflowConfigurationSecrets" in document:
        fields["AirflowConfigurationOptions"] = {**document.get("airflowConfigurationOptions", {}), **secret_options}
    return Desired(
        name=name,
        fields=fields,
        tags=dict(document.get("tags", {})),
    )


def _from_parts(outputs: Outputs) -> Mapping[str, Any]:
    network = {"SubnetIds": outputs.subnet_ids, "SecurityGroupIds": outputs.security_group_ids}
    fields = {
        "SourceBucketArn": outputs.source_bucket_arn,
        "ExecutionRoleArn": outputs.execution_role_arn,
        "NetworkConfiguration": {name: list(ids) for name, ids in network.items() if ids} or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def files_to_follow(spec: EnvironmentSpec) -> Mapping[str, str]:
    """The S3 keys whose newest version the operator has to find, by the AWS name of their path field.

    Those that it puts there itself are none of them.
    """
    document = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    own = versioned_keys(spec)
    return {
        path: document[spec_name(path)]
        for path, version in VERSIONED_FILES.items()
        if document.get(spec_name(path)) and not document.get(spec_name(version)) and path not in own
    }


def _aws_name(name: str) -> str:
    return name[:1].upper() + name[1:]


def spec_name(name: str) -> str:
    """What the spec calls a field of AWS."""
    return name[:1].lower() + name[1:]


def _aws_members(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_aws_name(key): _aws_members(member) for key, member in value.items()}
    return value
