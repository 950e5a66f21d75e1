"""How a run has ended: what is in AWS, what the object says, and what AWS was asked for on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT

from .actor import Actor
from .scenarios import CREATE, DELETE, UPDATE, conditions

OPERATOR_AGENT = "mwaa-operator/"


@dataclass(frozen=True)
class EndState:
    """Without times, uids and names, which differ from run to run."""

    environment: Mapping[str, Any] | None
    object: Mapping[str, Any] | None
    accepted: Mapping[str, int]

    def differences(self, other: EndState) -> list[str]:
        """Return where another end differs from this one, a line each."""
        return _differences("", vars(self), vars(other))


def end_state(actor: Actor, *, since: int) -> EndState:
    """Look at how things stand now. `since` is the number of AWS's last call before the calls that count."""
    environment, body = actor.environment(), actor.object()
    return EndState(
        environment=environment and actor.anonymous(_of_environment(environment)),
        object=body and actor.anonymous(_of_object(body)),
        accepted=_accepted(actor, since),
    )


def last_call(actor: Actor) -> int:
    """Return the number of the last call that AWS has seen about the environment."""
    calls = actor.admin.calls(service="airflow", environment=actor.name)
    return calls[-1].sequence if calls else 0


def _of_environment(found: Mapping[str, Any]) -> dict[str, Any]:
    last = found["lastUpdate"]
    return {
        **{name: found[name] for name in ("name", "status", "settings", "operation", "updateQueued")},
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
        "resources": status.get("resources"),
        "operation": [operation.get(name) for name in ("kind", "outcome", "generation", "error")],
        "applied": [applied.get(name) for name in ("fields", "tagKeys", "generation")],
        "handled": status.get("lastHandledReconcileAt"),
    }


def _accepted(actor: Actor, since: int) -> dict[str, int]:
    calls = actor.admin.calls(service="airflow", account=DEFAULT_ACCOUNT, environment=actor.name, since=since)
    counted = Counter(
        call.operation
        for call in calls
        if call.operation in {CREATE, UPDATE, DELETE} and 200 <= call.status < 300 and OPERATOR_AGENT in call.user_agent
    )
    return dict(counted)


def _differences(path: str, one: Any, other: Any) -> list[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        found = []
        for key in sorted({*one, *other}):
            found += _differences(f"{path}.{key}".lstrip("."), one.get(key), other.get(key))
        return found
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]
