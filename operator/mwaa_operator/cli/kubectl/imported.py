"""From GetEnvironment's answer to an object that asks for exactly that."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from mwaa_operator.api.environment_spec import MAX_TAGS
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import API_VERSION, KIND, OWNERSHIP_TAGS, TAG_PREFIX
from mwaa_operator.cli.kubectl.output import as_yaml
from mwaa_operator.planning.desired import SCALAR_FIELDS, VERSIONED_FILES, spec_name
from mwaa_operator.planning.diff import LOG_MODULE_MEMBERS
from mwaa_operator.planning.observation import MASKED

_NOT_IN_OBJECT_NAMES = re.compile(r"[^a-z0-9-]+")
_ORDER = (
    "name",
    "region",
    "airflowVersion",
    "environmentClass",
    "minWorkers",
    "maxWorkers",
    "minWebservers",
    "maxWebservers",
    "schedulers",
    "webserverAccessMode",
    "endpointManagement",
    "weeklyMaintenanceWindowStart",
    "kmsKey",
    "sourceBucketArn",
    "dagS3Path",
)
_POLICIES = {"adoption": "Adopt", "deletion": "Retain"}


@dataclass(frozen=True)
class Remark:
    """Something to know about what was written. A `flaw` has to be mended before it can be applied."""

    text: str
    flaw: bool = False


def object_names(names: Iterable[str]) -> Mapping[str, str]:
    """What Kubernetes calls the objects: AWS takes capitals and underscores, and Kubernetes does not (RFC 1123)."""
    given: dict[str, str] = {}
    for name in names:
        plain = _NOT_IN_OBJECT_NAMES.sub("-", name.lower()).strip("-")
        taken = plain in given.values()
        given[name] = f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}" if taken else plain
    return given


def imported(
    environment: Mapping[str, Any], *, name: str, region: str, namespace: str | None
) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    """The object, and what to know about it."""
    spec, remarks = _spec(environment, name, region)
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    document = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}
    try:
        MwaaEnvironment.from_object(document)
    except ValidationError as error:
        remarks += [Remark(f"It cannot be applied so: {mistake}", flaw=True) for mistake in explain(error)]
    if is_owned(environment):
        remarks.append(
            Remark("Its tags say that an operator looks after it already: another object cannot take it over.")
        )
    return document, tuple(remarks)


def is_owned(environment: Mapping[str, Any]) -> bool:
    """Whether its tags say that an operator looks after it."""
    return any(tag in (environment.get("Tags") or {}) for tag in OWNERSHIP_TAGS)


def as_yaml_text(document: Mapping[str, Any], remarks: Iterable[Remark]) -> str:
    """The object, below what there is to know about it."""
    return "".join(f"# {remark.text}\n" for remark in remarks) + as_yaml(document)


def _spec(environment: Mapping[str, Any], name: str, region: str) -> tuple[dict[str, Any], list[Remark]]:
    remarks: list[Remark] = []
    own = str(environment["Name"])
    spec: dict[str, Any] = {"name": own} if own != name else {}
    spec["region"] = region
    for field in sorted((*SCALAR_FIELDS, "sourceBucketArn", "executionRoleArn"), key=_place):
        value = environment.get(field[:1].upper() + field[1:])
        if value not in (None, ""):
            spec[field] = value
    network = environment.get("NetworkConfiguration") or {}
    spec["networkConfiguration"] = {
        spec_name(member): list(network.get(member) or []) for member in ("SubnetIds", "SecurityGroupIds")
    }
    logging = environment.get("LoggingConfiguration") or {}
    if modules := {module: state for module, state in logging.items() if all(m in state for m in LOG_MODULE_MEMBERS)}:
        spec["loggingConfiguration"] = {
            spec_name(module): {spec_name(member): state[member] for member in LOG_MODULE_MEMBERS}
            for module, state in modules.items()
        }
    spec |= _options(environment, remarks) | _groups(environment) | _tags(environment, remarks)
    pinned = [version for version in VERSIONED_FILES.values() if environment.get(version)]
    if pinned:
        fields = ", ".join(spec_name(version) for version in pinned)
        remarks.append(Remark(f"Pinned to what runs now. Without {fields} the newest version is followed."))
    remarks.append(Remark("deletion: Retain leaves the environment in AWS when this object is deleted."))
    spec["policies"] = dict(_POLICIES)
    return spec, remarks


def _options(environment: Mapping[str, Any], remarks: list[Remark]) -> dict[str, Any]:
    """All options, or none where AWS hides some of them: with only a part of them the others would be removed."""
    options = environment.get("AirflowConfigurationOptions") or {}
    hidden = sorted(option for option, value in options.items() if value == MASKED)
    if not hidden:
        return {"airflowConfigurationOptions": dict(sorted(options.items()))} if options else {}
    remarks.append(
        Remark(
            f"AWS does not tell the values of {', '.join(hidden)}, so all options are left out and stay as they are. To keep them here, "
            f"write all of these: {', '.join(sorted(options))}; passwords as airflowConfigurationSecrets."
        )
    )
    return {}


def _groups(environment: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if center := environment.get("IdentityCenterConfiguration"):
        found["identityCenterConfiguration"] = {spec_name(member): value for member, value in center.items()}
    if teams := environment.get("Teams"):
        found["teams"] = {
            team: {spec_name(member): value for member, value in state.items()} for team, state in teams.items()
        }
    return found


def _tags(environment: Mapping[str, Any], remarks: list[Remark]) -> dict[str, Any]:
    """The user's. Tags that the spec does not name are left alone in AWS."""
    tags = environment.get("Tags") or {}
    own = {key: value for key, value in sorted(tags.items()) if not key.startswith(("aws:", TAG_PREFIX)) and value}
    if len(own) > MAX_TAGS:
        remarks.append(
            Remark(
                f"It has {len(own)} tags, and the operator has room for {MAX_TAGS}: they are left out and stay in AWS."
            )
        )
        return {}
    return {"tags": own} if own else {}


def _place(field: str) -> tuple[int, str]:
    return (_ORDER.index(field) if field in _ORDER else len(_ORDER), field)
