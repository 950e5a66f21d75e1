"""What the controller would see: an object and AWS, looked at with the caller's own credentials.

Nothing is changed anywhere, and no Secret is read. So the key of the operator's fingerprints is not known here: what the status
remembers by one is taken to hold as long as the spec is of the generation that it was remembered of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from mwaa_operator.api.names import ANNOTATION_PAUSED, TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE, TAG_UID
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.accounts import refuse_other
from mwaa_operator.cli.kubectl.aws_problems import asked, problem
from mwaa_operator.cli.kubectl.progress import time_scale
from mwaa_operator.cli.kubectl.source import Source
from mwaa_operator.controller.gathering import situation_of
from mwaa_operator.planning.artifacts.places import versioned_keys
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import VERSIONED_FILES, desired_environment, files_to_follow, spec_name
from mwaa_operator.planning.failure import ADVICE, AwsError, FailureKind
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.observation import MASKED, Observation
from mwaa_operator.planning.situation import Situation
from mwaa_operator.resources.environment import EnvironmentResource

CONNECTIONS = 16
NOWHERE = "000000000000"
"""The account where none was asked."""
_UNKNOWN = "unknown"
"""The uid of an object that is not applied yet, or the name of a cluster that was not asked: AWS takes no tags without values."""
_UNSEEN_VALUE = "from a Secret"
"""Stands for the value of an option that comes from a Secret. Options are never shown."""


class Basis(StrEnum):
    """What a judgement rests on."""

    AWS = "Aws"
    """AWS was looked at just now."""
    SPEC = "Spec"
    """Only the file: it is judged as if nothing were there yet."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A situation, and what it was made from. `clients` is None where AWS was not asked."""

    situation: Situation
    region: str
    basis: Basis
    clients: Clients | None = None
    notes: tuple[str, ...] = ()
    same_code: bool = False
    """Whether the cluster has the object with the same code: see `Source`."""


def look(source: Source, *, region: str | None, examining: bool = False) -> Looked:
    """Look at AWS. Raises CannotLookError where there is no way to it, ProblemError for whatever else goes wrong.

    When `examining`, a file or bucket that is missing is left to the checks to find.
    """
    clients = asked(lambda: Clients(connections=CONNECTIONS, region=region))
    resource = EnvironmentResource(clients)
    found_region = resource.region(source.found.spec.region or view.region(source.body))
    name = source.found.name_in_aws
    observation: Observation = asked(lambda: resource.observe(name=name, region=found_region))
    # Another account knows nothing of the environment, and everything would look as if it had to be made.
    refuse_other(source.body, observation.account_id)
    notes = list(source.notes)
    newest = _newest(source, observation, resource, found_region, notes, may_miss=examining)
    observation = replace(observation, newest_object_versions=newest)
    situation = _situation(source, observation)
    notes += _unknowable(situation)
    if source.found.spec.artifacts is not None:
        notes.append(
            "What artifacts takes code from was not looked at: its files are taken to be as the operator last put them."
        )
    if source.found.metadata.annotations.get(ANNOTATION_PAUSED) == "true":
        notes.append("It is paused: nothing of this is done before it is resumed.")
    return Looked(
        situation=situation,
        region=found_region or "",
        basis=Basis.AWS,
        clients=clients,
        notes=tuple(notes),
        same_code=source.same_code,
    )


def imagine(source: Source, *, region: str | None, notes: tuple[str, ...] = ()) -> Looked:
    """Judge by the file alone, as if AWS had nothing of it."""
    # Versions of files are in AWS: some version will be found.
    versions = dict.fromkeys(files_to_follow(source.found.spec), "the newest")
    nothing = Observation(environment=None, account_id=NOWHERE, newest_object_versions=versions)
    body = {key: value for key, value in source.body.items() if key != "status"}
    return Looked(
        situation=_with_code_to_come(_situation(replace(source, body=body), nothing)),
        region=source.found.spec.region or region or "",
        basis=Basis.SPEC,
        notes=(*source.notes, *notes),
    )


def _with_code_to_come(situation: Situation) -> Situation:
    """A situation in which the code that artifacts names has got into the bucket."""
    fields = dict(situation.desired.fields)
    for path, key in versioned_keys(situation.spec).items():
        fields |= {path: key, VERSIONED_FILES[path]: "the one that is put there"}
    return replace(situation, desired=replace(situation.desired, fields=fields))


def _newest(
    source: Source,
    observation: Observation,
    resource: EnvironmentResource,
    region: str | None,
    notes: list[str],
    *,
    may_miss: bool,
) -> Mapping[str, str]:
    """The newest version of each file; without those that are not there, if they may be missing."""
    files = files_to_follow(source.found.spec)
    bucket = source.found.spec.source_bucket_arn or view.member(source.body, "status.provisioned.sourceBucketArn")
    if not files or not bucket:
        return {}
    document = observation.environment.document if observation.environment else {}
    found: dict[str, str] = {}
    unseen = set()
    for path, key in files.items():
        try:
            found |= resource.newest_versions(region=region, bucket=str(bucket).rpartition(":")[2], files={path: key})
        except AwsError as error:
            if error.kind is FailureKind.DENIED:
                found[path] = str(document.get(VERSIONED_FILES[path], "the newest"))
                unseen.add(ADVICE[error.kind].partition(";")[0].format(action=error.action))
            elif not (may_miss and error.kind in {FailureKind.MISSING, FailureKind.GONE}):
                raise problem(error) from None
    notes += [f"Files in {bucket} are taken to be as they were: {why}." for why in sorted(unseen)]
    return found


def _situation(source: Source, observation: Observation) -> Situation:
    key = FingerprintKey(b"a key that is for one plan only")
    situation = situation_of(
        _identified(source, observation),
        source.found,
        observation,
        at=Moment(view.now().replace(microsecond=0), time_scale()),
        key=key,
        cluster=_cluster_of(source, observation),
        secret_values=_unseen_values(source, observation),
    )
    return _believing(situation)


def _unknowable(situation: Situation) -> list[str]:
    """Options of which nobody but the operator can tell whether they differ."""
    notes = []
    if situation.spec.airflow_configuration_secrets:
        notes.append("Options that come from Secrets are taken to be as AWS has them: no Secret was read.")
    document = situation.environment.document if situation.environment else {}
    masked = [name for name, value in (document.get("AirflowConfigurationOptions") or {}).items() if value == MASKED]
    hidden = sorted(set(masked) & set(situation.spec.airflow_configuration_options or ()))
    if hidden and situation.remembered.options_current is None:
        notes.append(f"AWS does not tell the values of {', '.join(hidden)}: they are taken to be as AWS has them.")
    return notes


def _marks(source: Source, observation: Observation) -> Mapping[str, str]:
    """The tags of an environment that is this object's by namespace and name: where the cluster cannot say what it is called."""
    tags = observation.environment.tags if observation.environment else {}
    metadata = source.body["metadata"]
    own = (tags.get(TAG_NAMESPACE), tags.get(TAG_NAME)) == (metadata["namespace"], metadata["name"])
    return tags if own else {}


def _cluster_of(source: Source, observation: Observation) -> str:
    return source.cluster_name or str(_marks(source, observation).get(TAG_CLUSTER, _UNKNOWN))


def _identified(source: Source, observation: Observation) -> Mapping[str, Any]:
    """The body, with the uid of the object that the file has been applied as elsewhere."""
    metadata = source.body["metadata"]
    uid = metadata.get("uid") or _marks(source, observation).get(TAG_UID, _UNKNOWN)
    return {**source.body, "metadata": {**metadata, "uid": uid}}


def _unseen_values(source: Source, observation: Observation) -> Mapping[str, str]:
    document = observation.environment.document if observation.environment else {}
    current = document.get("AirflowConfigurationOptions") or {}
    return {
        option: str(current.get(option, _UNSEEN_VALUE))
        for option in source.found.spec.airflow_configuration_secrets or ()
    }


def _believing(situation: Situation) -> Situation:
    """Take what the status remembers of this very generation for what it says, in fingerprints that can be compared here."""
    applied = situation.status.last_applied
    if applied is None or applied.hash is None or applied.generation != situation.generation:
        return situation
    seen = situation.status.environment
    versions = seen.model_dump(by_alias=True) if seen else {}
    then = desired_environment(
        situation.spec,
        name=situation.desired.name,
        secret_options=dict.fromkeys(situation.spec.airflow_configuration_secrets or (), _UNSEEN_VALUE),
        newest_object_versions={
            path: str(versions[spec_name(version)])
            for path, version in VERSIONED_FILES.items()
            if versions.get(spec_name(version))
        },
    )
    # Options and what comes from parts are taken from now: neither is in the status as it was.
    fields = {
        **situation.desired.fields,
        **{name: then.fields[name] for name in then.fields if name in VERSIONED_FILES.values()},
    }
    believed = applied.model_copy(
        update={
            "hash": situation.key.fingerprint(fields),
            "options_hash": situation.options_hash if applied.options_hash else None,
            "tags_hash": situation.tags_hash if applied.tags_hash else None,
        }
    )
    return replace(situation, status=situation.status.model_copy(update={"last_applied": believed}))
