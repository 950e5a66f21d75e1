"""How a run has ended: what is in AWS, what the object says, and what AWS was asked for on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import holdings
from .actor import Actor
from .scenarios import CREATE, DELETE, UPDATE, conditions

OPERATOR_AGENT = "mwaa-operator/"
_OF_ENVIRONMENTS = re.compile(f"{CREATE}|{UPDATE}|{DELETE}")
_MAKING = re.compile("Create|Allocate")


@dataclass(frozen=True)
class EndState:
    """Without times, uids and names, which differ from run to run."""

    environment: Mapping[str, Any] | None
    object: Mapping[str, Any] | None
    accepted: Mapping[str, int]
    account: Mapping[str, Any] = field(default_factory=dict)
    """What else is in the account, of a scenario that has one of its own."""
    made: Mapping[str, int] = field(default_factory=dict)
    """The calls that make something in such an account, and how many of each AWS has accepted."""
    files: Mapping[str, Any] = field(default_factory=dict)
    """What has got into the bucket that environments share, each file with the number of its versions."""
    flaws: Sequence[str] = ()
    """What must not be in such an account, however the undisturbed run has ended."""

    def differences(self, other: EndState) -> list[str]:
        """Return where another end differs from this one, a line each."""
        return _differences("", vars(self), vars(other))


def end_state(actor: Actor, *, since: int, own_account: bool) -> EndState:
    """Look at how things stand now. `since` is the number of AWS's last call before the calls that count."""
    environment, body = actor.environment(), actor.object()
    things = actor.world.onlooker.things(actor.account) if own_account else []
    names = holdings.named(things)
    return EndState(
        environment=environment and actor.anonymous(_of_environment(environment, actor), names),
        object=body and _of_object(actor.anonymous(body, names)),
        accepted=_accepted(actor, since, _OF_ENVIRONMENTS, service="airflow", environment=actor.name),
        account=actor.anonymous(holdings.described(things)),
        made=_accepted(actor, since, _MAKING) if own_account else {},
        files=actor.anonymous(actor.files()),
        flaws=holdings.flaws(things, body) if own_account else [],
    )


def last_call(actor: Actor) -> int:
    """Return the number of the last call that AWS has seen in the account."""
    calls = actor.admin.calls(account=actor.account)
    return calls[-1].sequence if calls else 0


def _of_environment(found: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    last, settings = found["lastUpdate"], dict(found["settings"])
    for path in ("RequirementsS3Path", "PluginsS3Path", "StartupScriptS3Path"):
        version = path.replace("Path", "ObjectVersion")
        if version in settings:
            settings[version] = actor.place_in_history(settings[path], settings[version])
    return {
        **{name: found[name] for name in ("name", "status", "operation", "updateQueued")},
        "settings": settings,
        "tags": {**found["tags"], "mwaa-operator.dev/uid": "UID" if "mwaa-operator.dev/uid" in found["tags"] else None},
        "lastUpdate": last and {name: value for name, value in last.items() if name != "created_at"},
    }


def _of_object(body: Mapping[str, Any]) -> dict[str, Any]:
    metadata, status = body["metadata"], body.get("status", {})
    operation, applied = status.get("lastOperation", {}), status.get("lastApplied", {})
    return {
        "spec": body["spec"],
        "finalizers": metadata.get("finalizers"),
        "annotations": metadata.get("annotations"),
        "deleting": "deletionTimestamp" in metadata,
        "conditions": conditions(body),
        "plan": status.get("plan"),
        "generations": [metadata["generation"], status.get("observedGeneration")],
        "environment": status.get("environment", {}).get("status"),
        "resources": sorted(map(str, status.get("resources", ()))),
        "operation": [operation.get(name) for name in ("kind", "outcome", "generation", "error")],
        "applied": [applied.get(name) for name in ("fields", "tagKeys", "generation")],
        "code": _of_code(status.get("artifacts", {})),
        "handled": status.get("lastHandledReconcileAt"),
    }


def _of_code(artifacts: Mapping[str, Any]) -> list[Any]:
    """How many files there are and what the requirements are: versions and places differ from run to run."""
    return [artifacts.get("dags", {}).get("files"), artifacts.get("requirements", {}).get("sha256")]


def _accepted(actor: Actor, since: int, operations: re.Pattern[str], **of: Any) -> dict[str, int]:
    calls = actor.admin.calls(account=actor.account, since=since, **of)
    counted = Counter(
        call.operation
        for call in calls
        if operations.match(call.operation) and 200 <= call.status < 300 and OPERATOR_AGENT in call.user_agent
    )
    return dict(counted)


def _differences(path: str, one: Any, other: Any) -> list[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        found = []
        for key in sorted({*one, *other}):
            found += _differences(f"{path}.{key}".lstrip("."), one.get(key), other.get(key))
        return found
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]
