"""What differs between the spec and AWS, and the smallest call that ends it.

Only what the spec names is compared: an omitted field means "leave it as it is" (design §4.3), which is also what keeps an environment
with one log module, or none, from being updated for ever. Applying the result makes AWS equal to the spec; a property test holds that.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mwaa_operator.api.enums import Impact
from mwaa_operator.planning.desired import VERSIONED_FILES, Desired, spec_name
from mwaa_operator.planning.observation import MASKED

OPTIONS = "AirflowConfigurationOptions"
LOGGING = "LoggingConfiguration"
NETWORK = "NetworkConfiguration"
TEAMS = "Teams"
LOG_MODULE_MEMBERS = ("Enabled", "LogLevel")

CREATE_ONLY = frozenset({"KmsKey", "EndpointManagement"})
"""Fixed at creation and absent from UpdateEnvironment (`mwaa-behaviour.md` §3.1). SubnetIds is the third, inside NetworkConfiguration."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field that differs. `old` and `new` are None where a value must not be shown: options may be secrets."""

    field: str
    old: Any = None
    new: Any = None
    impact: Impact = Impact.WORKERS_RESTART


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that differs.

    `update` holds UpdateEnvironment's members without Name. `impossible` lists the differences that AWS has no call for, and
    `left_behind` the fields that were the object's, were removed from its spec, and cannot be set back.
    """

    changes: tuple[Change, ...] = ()
    update: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tags_to_set: Mapping[str, str] = field(default_factory=dict)
    tags_to_remove: tuple[str, ...] = ()
    impossible: tuple[Change, ...] = ()
    left_behind: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.update or self.tags_to_set or self.tags_to_remove)

    def without(self, fields: Collection[str]) -> "Difference":
        """Leave some fields, named as in `changes`, out of what is to be done."""
        if not fields:
            return self
        members = {name.partition(".")[0] for name in fields}
        return replace(
            self,
            changes=tuple(change for change in self.changes if change.field not in fields),
            update={name: value for name, value in self.update.items() if spec_name(name) not in members},
        )

    def without_tags(self, fields: Collection[str]) -> "Difference":
        """Leave some tags, named as in `changes`, out of what is to be done; `changes` still names them."""
        return replace(
            self,
            tags_to_set={key: value for key, value in self.tags_to_set.items() if f"tags.{key}" not in fields},
            tags_to_remove=tuple(key for key in self.tags_to_remove if f"tags.{key}" not in fields),
        )


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What was applied last, from the object's status. `options_current` is None when nothing comparable is remembered."""

    fields: frozenset[str] = frozenset()
    tag_keys: frozenset[str] = frozenset()
    options_current: bool | None = None


_NOTHING_REMEMBERED = Remembered()


def difference(
    desired: Desired,
    observed: Mapping[str, Any],
    *,
    owned_tags: Mapping[str, str],
    remembered: Remembered = _NOTHING_REMEMBERED,
) -> Difference:
    """Compare what the spec asks for with the `Environment` member of GetEnvironment's answer."""
    changes: list[Change] = []
    impossible: list[Change] = []
    update: dict[str, Any] = {}
    for name, wanted in desired.fields.items():
        current = observed.get(name)
        if name in _STRUCTURED:
            found, members = _STRUCTURED[name](wanted, current or {}, remembered)
            changes += [change for change in found if not _is_create_only(change)]
            impossible += [change for change in found if _is_create_only(change)]
            if members is not None:
                update[name] = members
        elif not _same_scalar(name, wanted, current):
            change = Change(field=spec_name(name), old=current, new=wanted, impact=impact_of(name))
            if name in CREATE_ONLY:
                impossible.append(change)
            else:
                changes.append(change)
                update[name] = wanted
    _keep_files_whole(update, desired.fields)
    removed, left_behind = _removed_fields(desired, observed, remembered)
    for name, members in removed.items():
        changes.append(Change(field=spec_name(name), impact=impact_of(name)))
        update[name] = members
    to_set, to_remove = _tags({**desired.tags, **owned_tags}, observed.get("Tags") or {}, remembered)
    current_tags = observed.get("Tags") or {}
    changes += [
        Change(field=f"tags.{k}", old=current_tags.get(k), new=v, impact=Impact.NONE) for k, v in to_set.items()
    ]
    changes += [Change(field=f"tags.{k}", old=current_tags.get(k), impact=Impact.NONE) for k in to_remove]
    return Difference(
        changes=tuple(changes),
        update=update,
        tags_to_set=to_set,
        tags_to_remove=to_remove,
        impossible=tuple(impossible),
        left_behind=left_behind,
    )


def impact_of(name: str) -> Impact:
    """What applying a field does to running tasks. A version change stops all of them (`mwaa-behaviour.md` §3.6)."""
    return Impact.ENVIRONMENT_DOWN if name == "AirflowVersion" else Impact.WORKERS_RESTART


def _same_scalar(name: str, wanted: Any, current: Any) -> bool:
    if name == "KmsKey" and isinstance(current, str):
        # AWS answers with the key's ARN, whatever form of the same key was given.
        return current == wanted or current.endswith(f"/{str(wanted).removeprefix('key/')}")
    if name == "EndpointManagement" and current is None:
        # Not documented to be returned for every environment; SERVICE is what there was before the field.
        return bool(wanted == "SERVICE")
    return bool(wanted == current)


def _is_create_only(change: Change) -> bool:
    return change.field == "networkConfiguration.subnetIds"


def _keep_files_whole(update: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    """AWS takes the path of a file and its version only together (`mwaa-behaviour.md` §3.4)."""
    for path, version in VERSIONED_FILES.items():
        if path in update or version in update:
            update |= {name: wanted[name] for name in (path, version) if name in wanted}


_Compared = tuple[list[Change], dict[str, Any] | None]


def _logging(wanted: Mapping[str, Any], current: Mapping[str, Any], _: Remembered) -> _Compared:
    # The modules that the spec leaves out are sent as they are: whether AWS keeps or resets omitted ones is not documented.
    merged = {
        module: {member: state[member] for member in LOG_MODULE_MEMBERS if member in state}
        for module, state in current.items()
        if all(member in state for member in LOG_MODULE_MEMBERS)
    }
    changes = []
    for module, state in wanted.items():
        if merged.get(module) != state:
            changes.append(Change(field=f"loggingConfiguration.{spec_name(module)}", old=merged.get(module), new=state))
            merged[module] = dict(state)
    return changes, merged if changes else None


def _network(wanted: Mapping[str, Any], current: Mapping[str, Any], _: Remembered) -> _Compared:
    changes = [
        Change(
            field=f"networkConfiguration.{spec_name(member)}",
            old=list(current.get(member) or []),
            new=list(wanted[member]),
        )
        for member in ("SubnetIds", "SecurityGroupIds")
        if set(wanted[member]) != set(current.get(member) or [])
    ]
    updatable = any(not _is_create_only(change) for change in changes)
    return changes, {"SecurityGroupIds": list(wanted["SecurityGroupIds"])} if updatable else None


def _options(wanted: Mapping[str, str], current: Mapping[str, str], remembered: Remembered) -> _Compared:
    differing = [
        key
        for key in sorted({*wanted, *current})
        if key not in wanted or key not in current or (current[key] not in (wanted[key], MASKED))
    ]
    hidden = sorted(key for key in wanted if current.get(key) == MASKED and wanted[key] != MASKED)
    if not differing and hidden and remembered.options_current is False:
        differing = hidden
    changes = [Change(field=f"airflowConfigurationOptions.{key}") for key in differing]
    return changes, dict(wanted) if changes else None


def _teams(wanted: Mapping[str, Any], current: Mapping[str, Any], _: Remembered) -> _Compared:
    to_set = {team: value for team, value in wanted.items() if current.get(team) != value}
    to_remove = sorted(set(current) - set(wanted))
    changes = [Change(field=f"teams.{team}", old=current.get(team), new=value) for team, value in to_set.items()]
    changes += [Change(field=f"teams.{team}", old=current[team]) for team in to_remove]
    delta: dict[str, Any] = {}
    if to_set:
        delta["AddOrUpdate"] = to_set
    if to_remove:
        delta["Remove"] = to_remove
    return changes, delta or None


def _identity_center(wanted: Mapping[str, Any], current: Mapping[str, Any], _: Remembered) -> _Compared:
    changes = [
        Change(field=f"identityCenterConfiguration.{spec_name(member)}", old=current.get(member), new=value)
        for member, value in wanted.items()
        if current.get(member) != value
    ]
    return changes, dict(wanted) if changes else None


_STRUCTURED: dict[str, Callable[[Any, Any, Remembered], _Compared]] = {
    LOGGING: _logging,
    NETWORK: _network,
    OPTIONS: _options,
    TEAMS: _teams,
    "IdentityCenterConfiguration": _identity_center,
}


def _removed_fields(
    desired: Desired, observed: Mapping[str, Any], remembered: Remembered
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Fields that were the object's and left its spec: what sets them back, and which cannot be (design §4.3)."""
    gone = remembered.fields - set(desired.fields)
    back: dict[str, Any] = {}
    if OPTIONS in gone and observed.get(OPTIONS):
        back[OPTIONS] = {}
    if TEAMS in gone and observed.get(TEAMS):
        back[TEAMS] = {"Remove": sorted(observed[TEAMS])}
    stuck = {name for name in gone - {OPTIONS, TEAMS} if name in observed and not name.endswith("ObjectVersion")}
    return back, tuple(sorted(spec_name(name) for name in stuck))


def _tags(
    wanted: Mapping[str, str], current: Mapping[str, str], remembered: Remembered
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Tags of others (cost allocation, AWS itself) are left alone: only keys that were ours are ever removed."""
    to_set = {key: value for key, value in wanted.items() if current.get(key) != value}
    to_remove = tuple(sorted(key for key in remembered.tag_keys if key in current and key not in wanted))
    return to_set, to_remove
