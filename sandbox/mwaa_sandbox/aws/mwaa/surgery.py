"""An environment changed by hand, around all rules: drift, and states that are hard to reach otherwise. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.aws.mwaa.lifecycle import Environment, LastUpdate, UpdateError
from mwaa_sandbox.aws.mwaa.settings import initial
from mwaa_sandbox.aws.mwaa.statuses import Status, UpdateStatus

_NESTED = frozenset({"NetworkConfiguration", "LoggingConfiguration"})
_ALWAYS_THERE = frozenset({*initial({}), "ExecutionRoleArn", "SourceBucketArn", "DagS3Path", "NetworkConfiguration"})
_SETTINGS = _ALWAYS_THERE | {
    "IdentityCenterConfiguration",
    "KmsKey",
    "PluginsS3ObjectVersion",
    "PluginsS3Path",
    "RequirementsS3ObjectVersion",
    "RequirementsS3Path",
    "StartupScriptS3ObjectVersion",
    "StartupScriptS3Path",
    "Teams",
}
_OTHERS = ("Status", "Tags", "LastUpdate", "CreatedAt")


def changed(environment: Environment, members: Mapping[str, Any], *, now: float) -> Environment:
    """Return the environment with some of its GetEnvironment members set; None takes a member away.

    A new Status ends whatever the environment was busy with. Structures are merged one level deep.

    Raises:
        ValueError: for members that are derived (addresses, ARNs) or unknown, or that an environment cannot be without.
    """
    unknown = members.keys() - _SETTINGS - set(_OTHERS)
    if unknown:
        raise ValueError(f"cannot change {', '.join(sorted(unknown))}: use members of {sorted([*_SETTINGS, *_OTHERS])}")
    for name, value in members.items():
        environment = _with(environment, name, value, now=now)
    return environment


def _with(environment: Environment, name: str, value: Any, *, now: float) -> Environment:
    if name == "Status":
        status = Status(value)
        up = status is Status.AVAILABLE
        return dataclasses.replace(
            environment,
            status=status,
            since=now,
            operation=None,
            queued=None,
            has_network=environment.has_network or up,
            has_webserver=environment.has_webserver or up,
        )
    if name == "Tags":
        return dataclasses.replace(environment, tags=dict(value or {}))
    if name == "CreatedAt":
        return dataclasses.replace(environment, created_at=float(value))
    if name == "LastUpdate":
        return dataclasses.replace(environment, last_update=None if value is None else _last_update(value))
    return dataclasses.replace(environment, settings=_settings(environment.settings, name, value))


def _settings(settings: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    if value is None:
        if name in _ALWAYS_THERE:
            raise ValueError(f"an environment always has {name}: it can be changed but not taken away")
        return {key: kept for key, kept in settings.items() if key != name}
    if name in _NESTED:
        value = {**settings.get(name, {}), **value}
    return {**settings, name: value}


def _last_update(members: Mapping[str, Any]) -> LastUpdate:
    error = members.get("Error")
    return LastUpdate(
        status=UpdateStatus(members["Status"]),
        created_at=float(members["CreatedAt"]),
        error=UpdateError(error["ErrorCode"], error["ErrorMessage"]) if error else None,
        source=members.get("Source"),
        worker_replacement_strategy=members.get("WorkerReplacementStrategy"),
    )


def raw(environment: Environment, *, now: float) -> dict[str, Any]:
    """Return everything that is stored of an environment, option values in the clear, as a document."""
    operation = environment.operation
    return {
        "name": environment.name,
        "account": environment.account,
        "region": environment.region,
        "status": environment.status.value,
        "settings": environment.settings,
        "tags": environment.tags,
        "createdAt": environment.created_at,
        "lastUpdate": None if environment.last_update is None else dataclasses.asdict(environment.last_update),
        "secondsInStatus": now - environment.since,
        "operation": None
        if operation is None
        else {
            "kind": operation.kind.value,
            # JSON has no infinity: null is a stage that never ends by itself.
            "stages": [
                {"status": stage.status.value, "seconds": None if stage.seconds == float("inf") else stage.seconds}
                for stage in operation.stages
            ],
        },
        "updateQueued": environment.queued is not None,
    }
