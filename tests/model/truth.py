"""Whether AWS runs what a spec asks for, judged without anything of the operator's planning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.names import TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE
from mwaa_operator.controller.store import Key

CLUSTER = "cluster-1"
_SAME_NAME = (
    "airflowVersion",
    "dagS3Path",
    "endpointManagement",
    "environmentClass",
    "executionRoleArn",
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
    "sourceBucketArn",
    "webserverAccessMode",
    "weeklyMaintenanceWindowStart",
)
_FILES = ("requirements", "plugins")


def differences(
    spec: Mapping[str, Any],
    settings: Mapping[str, Any],
    tags: Mapping[str, str],
    *,
    secrets: Mapping[str, frozenset[str]],
    newest: Mapping[str, str],
) -> set[str]:
    """Name the fields of the spec that AWS does not run.

    `secrets` holds what each option from a Secret may be, `newest` the newest version of each file that is followed.
    """
    differing = {name for name in _SAME_NAME if name in spec and settings.get(_aws(name)) != spec[name]}
    network, wanted = settings["NetworkConfiguration"], spec["networkConfiguration"]
    for member in ("subnetIds", "securityGroupIds"):
        if set(network[_aws(member)]) != set(wanted[member]):
            differing.add(f"networkConfiguration.{member}")
    for module, state in spec.get("loggingConfiguration", {}).items():
        current = settings["LoggingConfiguration"][_aws(module)]
        if (current["Enabled"], current["LogLevel"]) != (state["enabled"], state["logLevel"]):
            differing.add(f"loggingConfiguration.{module}")
    differing |= _options(spec, settings["AirflowConfigurationOptions"], secrets)
    for file in _FILES:
        path = spec.get(f"{file}S3Path")
        followed = path is not None and f"{file}S3ObjectVersion" not in spec
        if followed and settings.get(f"{_aws(file)}S3ObjectVersion") != newest.get(path):
            differing.add(f"{file}S3ObjectVersion")
    differing |= {f"tags.{key}" for key, value in spec.get("tags", {}).items() if tags.get(key) != value}
    return differing


def as_request(spec: Mapping[str, Any], settings: Mapping[str, Any], *, newest: Mapping[str, str]) -> dict[str, Any]:
    """What AWS would be asked for to make an environment of these settings, the spec's before those it has."""
    asked = {**settings, **{_aws(name): spec[name] for name in _SAME_NAME if name in spec}}
    asked["NetworkConfiguration"] = {_aws(name): value for name, value in spec["networkConfiguration"].items()}
    for file in _FILES:
        path = spec.get(f"{file}S3Path")
        if path is not None:
            asked.setdefault(f"{_aws(file)}S3ObjectVersion", newest.get(path, ""))
    options = {
        **spec.get("airflowConfigurationOptions", {}),
        **dict.fromkeys(spec.get("airflowConfigurationSecrets", {}), "x"),
    }
    if options:
        asked["AirflowConfigurationOptions"] = options
    return asked


def is_ours(tags: Mapping[str, str], key: Key) -> bool:
    return (tags.get(TAG_CLUSTER), tags.get(TAG_NAMESPACE), tags.get(TAG_NAME)) == (CLUSTER, key.namespace, key.name)


def policy(spec: Mapping[str, Any], *path: str, default: str) -> str:
    """Give one of the policies of a spec."""
    value: Any = spec.get("policies", {})
    for name in path:
        value = value.get(name, {}) if isinstance(value, Mapping) else {}
    return value if isinstance(value, str) else default


def name_in_aws(body: Mapping[str, Any]) -> str:
    return str(body["spec"].get("name") or body["metadata"]["name"])


def _options(spec: Mapping[str, Any], current: Mapping[str, str], secrets: Mapping[str, frozenset[str]]) -> set[str]:
    if "airflowConfigurationOptions" not in spec and "airflowConfigurationSecrets" not in spec:
        return set()
    allowed = {name: frozenset({value}) for name, value in spec.get("airflowConfigurationOptions", {}).items()}
    allowed |= {name: secrets.get(name, frozenset()) for name in spec.get("airflowConfigurationSecrets", {})}
    return {
        f"airflowConfigurationOptions.{name}"
        for name in {*allowed, *current}
        if name not in allowed or name not in current or current[name] not in allowed[name]
    }


def _aws(name: str) -> str:
    return name[:1].upper() + name[1:]
