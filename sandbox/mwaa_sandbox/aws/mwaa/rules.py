"""What the service refuses though its model allows it (mwaa-behaviour.md §1.2, §3). Pure checks of data.

Each rule is a small function that yields the texts of its objections, in the order in which they are told; the first one
is the answer. Rules see the whole settings that would result, never the request alone, for an update is a patch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mwaa_sandbox.aws.mwaa import messages, settings, versions
from mwaa_sandbox.aws.mwaa.errors import ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

CLASSES = ("mw1.micro", "mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge")
WORKERS_QUOTA = 25
TAG_LIMIT = 50
_NO_GRACEFUL_REGIONS = frozenset({"ca-west-1", "ap-southeast-5"})
_UNSUPPORTED_OPTIONS = frozenset({"core.multi_team", "triggerer.queues_enabled"})
_MEMBERS_THAT_GIVE_PLACES = ("DagS3Path", "PluginsS3Path", "RequirementsS3Path", "StartupScriptS3Path")

Rule = Callable[[Settings], Iterator[str]]


def check_settings(wanted: Settings) -> None:
    """Raise ValidationError with the first objection to an environment like this."""
    for rule in _RULES:
        for objection in rule(wanted):
            raise ValidationError(objection)


def check_new(wanted: Settings) -> None:
    """The rules of CreateEnvironment alone."""
    version = wanted["AirflowVersion"]
    if version not in versions.SUPPORTED:
        raise ValidationError(messages.unsupported_version(version, list(versions.SUPPORTED)))


def check_change(present: Settings, request: Mapping[str, Any], *, region: str) -> None:
    """The rules of UpdateEnvironment alone: the version's jump (§3.3), the worker replacement (§3.6), teams to remove."""
    wanted = request.get("AirflowVersion", present["AirflowVersion"])
    if wanted != present["AirflowVersion"]:
        if wanted not in versions.SUPPORTED:
            raise ValidationError(messages.unsupported_version(wanted, list(versions.SUPPORTED)))
        if not versions.may_change(present["AirflowVersion"], wanted):
            highest = versions.highest_target(present["AirflowVersion"])
            raise ValidationError(messages.version_jump(present["AirflowVersion"], wanted, highest))
    if request.get("WorkerReplacementStrategy") == "GRACEFUL":
        if region in _NO_GRACEFUL_REGIONS:
            raise ValidationError(messages.graceful_not_available(f"in {region}"))
        if versions.parsed(wanted) < versions.parsed(versions.FIRST_WITH_GRACEFUL):
            raise ValidationError(messages.graceful_not_available(f"before Airflow {versions.FIRST_WITH_GRACEFUL}"))
    _check_teams_delta(present, request.get("Teams", {}))


def check_tags(tags: Mapping[str, str]) -> None:
    """Raise ValidationError for tags that a resource cannot have."""
    for key in tags:
        if key.lower().startswith("aws:"):
            raise ValidationError(messages.reserved_tag(key))
    if len(tags) > TAG_LIMIT:
        raise ValidationError(messages.too_many_tags(TAG_LIMIT))


def _check_teams_delta(present: Settings, delta: Mapping[str, Any]) -> None:
    removed = delta.get("Remove", [])
    unknown = [name for name in removed if name not in present.get("Teams", {})]
    if unknown:
        raise ValidationError(messages.teams_refused(f"the environment has no team {unknown[0]} to remove"))
    both = [name for name in removed if name in delta.get("AddOrUpdate", {})]
    if both:
        raise ValidationError(messages.teams_refused(f"the team {both[0]} is both to be removed and to be updated"))


def _known_class(wanted: Settings) -> Iterator[str]:
    """§1.2: the class is a plain string in the model; the documented names are the only ones."""
    if wanted["EnvironmentClass"] not in CLASSES:
        yield messages.unknown_class(wanted["EnvironmentClass"], list(CLASSES))


def _sizes_of_class(wanted: Settings) -> Iterator[str]:
    """§3.2: micro has exactly one of everything; the others 2 to 5 schedulers and web servers."""
    micro = wanted["EnvironmentClass"] == settings.MICRO
    low, high = (1, 1) if micro else (2, 5)
    limits = {
        "Schedulers": (low, high),
        "MinWebservers": (low, high),
        "MaxWebservers": (low, high),
        "MinWorkers": (1, 1 if micro else WORKERS_QUOTA),
        "MaxWorkers": (1, 1 if micro else WORKERS_QUOTA),
    }
    for member, (least, most) in limits.items():
        if not least <= wanted[member] <= most:
            yield messages.out_of_range(member, wanted[member], wanted["EnvironmentClass"], least, most)


def _ordered_sizes(wanted: Settings) -> Iterator[str]:
    """§3.2: MinWorkers <= MaxWorkers, MinWebservers <= MaxWebservers."""
    for low, high in (("MinWorkers", "MaxWorkers"), ("MinWebservers", "MaxWebservers")):
        if wanted[low] > wanted[high]:
            yield messages.min_above_max(low, wanted[low], high, wanted[high])


def _file_versions(wanted: Settings) -> Iterator[str]:
    """§3.4: a path needs its object version. A version without its path means nothing, so strict."""
    for path_member, version_member in settings.file_members():
        path, version = wanted.get(path_member), wanted.get(version_member)
        if path and not version:
            yield messages.missing_object_version(path_member, version_member)
        if version and not path:
            yield messages.missing_object_path(path_member, version_member)


def _paths_not_empty(wanted: Settings) -> Iterator[str]:
    """§1.1: an empty path goes on the wire; §3.1: whether one clears anything is unknown. Strict."""
    for member in _MEMBERS_THAT_GIVE_PLACES:
        if wanted.get(member) == "":
            yield messages.empty_path(member)


def _access_mode(wanted: Settings) -> Iterator[str]:
    """§3.6: PUBLIC_AND_PRIVATE from 3.2.1 on."""
    first = versions.FIRST_WITH_PUBLIC_AND_PRIVATE
    if wanted["WebserverAccessMode"] == "PUBLIC_AND_PRIVATE" and _older(wanted, first):
        yield messages.access_mode_needs(first)


def _kms_key(wanted: Settings) -> Iterator[str]:
    """§1.2: aliases and multi-Region keys match the model's pattern but are not supported."""
    key = wanted.get("KmsKey", "")
    if "alias/" in key:
        yield messages.unsupported_kms_key("aliases cannot be used, give the key's ARN")
    if "mrk-" in key:
        yield messages.unsupported_kms_key("multi-Region keys cannot be used")


def _options(wanted: Settings) -> Iterator[str]:
    """§3.5: documented as unsupported."""
    for key in sorted(_UNSUPPORTED_OPTIONS & wanted["AirflowConfigurationOptions"].keys()):
        yield messages.unsupported_option(key)


def _teams(wanted: Settings) -> Iterator[str]:
    """§3.6: identity centre first; at most 20; DAG prefixes must not be prefixes of one another, as raw strings."""
    teams = wanted.get("Teams")
    if not teams:
        return
    if not wanted.get("IdentityCenterConfiguration"):
        yield messages.teams_refused("configure IAM Identity Center for the environment before you add teams")
    if _older(wanted, versions.FIRST_WITH_TEAMS):
        yield messages.teams_refused(f"teams need Apache Airflow version {versions.FIRST_WITH_TEAMS} or later")
    if len(teams) > 20:
        yield messages.teams_refused("an environment can have up to 20 teams")
    places = [("", wanted["SourceBucketArn"], wanted["DagS3Path"])]
    places += [(name, team["SourceBucketArn"], team["DagS3Path"]) for name, team in sorted(teams.items())]
    for position, (name, bucket, path) in enumerate(places):
        for other_name, other_bucket, other in places[:position]:
            if bucket == other_bucket and (path.startswith(other) or other.startswith(path)):
                owner = f"team {other_name}" if other_name else "the environment"
                yield messages.teams_refused(f"the DagS3Path {path} of team {name} overlaps with {other} of {owner}")


def _older(wanted: Settings, first: str) -> bool:
    return versions.parsed(wanted["AirflowVersion"]) < versions.parsed(first)


_RULES: tuple[Rule, ...] = (
    _known_class,
    _sizes_of_class,
    _ordered_sizes,
    _paths_not_empty,
    _file_versions,
    _access_mode,
    _kms_key,
    _options,
    _teams,
)
