"""How every sequence ends: nothing goes wrong any more, time passes, and then AWS is as asked or a condition says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mwaa_operator.api.names import ANNOTATION_PAUSED, TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE
from mwaa_operator.controller.store import Key
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

from .statements import malformed
from .truth import CLUSTER, as_request, differences, is_ours, name_in_aws, policy
from .world import World

HOUR = 3600.0
_OPTIONS = {"airflowConfigurationOptions", "airflowConfigurationSecrets"}
LONGEST_HOURS = 9 * 24
"""A window opens once a week, and a graceful update takes up to half a day."""


def settle(world: World) -> None:
    """Let everything go well until nothing happens any more, and hold that nothing does."""
    world.weather.clear()
    world.aws.calm_down()
    world.watch_lag, world.aws_seconds = 0.05, 0.1
    world.restart_operator()
    waited = 0.0
    quiet_hours = 0
    while waited < LONGEST_HOURS and (quiet_hours < 3 or world.aws.busy() or _goes_on(world)):
        before = (world.journal.mutations, world.statements.statuses)
        world.wait(HOUR)
        waited += 1
        quiet_hours = quiet_hours + 1 if before == (world.journal.mutations, world.statements.statuses) else 0
    if quiet_hours < 3 and waited >= LONGEST_HOURS:
        world.journal.blame("it never comes to rest")


def unexplained(world: World) -> list[str]:
    """Everything that is not as it should be in the end."""
    found = [text for key in world.api.objects for text in _unexplained(world, key)]
    return [*found, *orphans(world)]


def orphans(world: World) -> list[str]:
    """Environments that say they are an object's which is no more, and was not to leave them."""
    wrong = []
    for environment in world.aws.present():
        tags = environment.tags
        if tags.get(TAG_CLUSTER) != CLUSTER:
            continue
        key = Key(tags.get(TAG_NAMESPACE, ""), tags.get(TAG_NAME, ""))
        last = world.api.last_words.get(key)
        observed = last is not None and policy(last["spec"], "management", default="Manage") == "Observe"
        if key not in world.api.objects and not observed:
            wrong.append(f"the environment {environment.name} ({environment.status}) has lost its owner {key}")
    return wrong


def _unexplained(world: World, key: Key) -> list[str]:
    body = world.api.objects[key]
    conditions = {one["type"]: one for one in body.get("status", {}).get("conditions", ())}
    if not conditions:
        return [f"{key} has no status"]
    about = f"{key}, {_told(conditions)}"
    if body["status"]["observedGeneration"] != body["metadata"]["generation"]:
        return [f"{about}: the last edit was not seen"]
    if body["metadata"].get("annotations", {}).get(ANNOTATION_PAUSED) == "true":
        return [] if conditions["Synced"]["reason"] == "Paused" else [f"{about}: is paused and does not say so"]
    if "deletionTimestamp" in body["metadata"]:
        return [f"{about}: deleted and still there"]
    wrong = [f"{about}: {text}" for text in malformed(body)]
    if "Reconciling" in conditions:
        wrong.append(f"{about}: nothing goes on and it says Reconciling")
    return wrong + [f"{about}: {text}" for text in _disagreement(world, key, body, conditions)]


def _disagreement(
    world: World, key: Key, body: Mapping[str, Any], conditions: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    environment = world.aws.environment(name_in_aws(body))
    missing = _missing(world, key, body["spec"])
    differing = _differing(world, key, body["spec"], environment) if environment and not missing else {"everything"}
    agrees = environment is not None and environment.status == "AVAILABLE" and not differing
    observed = policy(body["spec"], "management", default="Manage") == "Observe"
    ours = environment is not None and (is_ours(environment.tags, key) or observed)
    if agrees and ours:
        good = all(conditions[kind]["status"] == "True" for kind in ("Ready", "Synced")) and "Stalled" not in conditions
        if good:
            return []
        differing = _left_over(world, body, environment)
        if not differing:
            return ["AWS runs the spec and it is not Ready and Synced"]
    wrong = []
    if conditions["Synced"]["status"] == "True" and differing:
        wrong.append(f"says Synced and AWS has another {sorted(differing)}")
    stalled = conditions.get("Stalled")
    reason = stalled["reason"] if stalled else conditions["Synced"]["reason"]
    case = _Case(world, key, body, environment, differing)
    if not _EVIDENCE.get(reason, lambda _: False)(case):
        status = environment.status.value if environment else "nothing"
        wrong.append(f"AWS has {status}, differs in {sorted(differing)}, and {reason} does not explain it")
    return wrong


class _Case:
    """One object that is not as its spec says, for those who judge the reason that it gives."""

    def __init__(
        self, world: World, key: Key, body: Mapping[str, Any], environment: Environment | None, differing: set[str]
    ) -> None:
        self.world, self.key, self.spec = world, key, body["spec"]
        self.environment, self.differing = environment, differing
        self.status = environment.status.value if environment else None
        self.tags = environment.tags if environment else {}

    def policy(self, *path: str) -> str:
        return policy(self.spec, *path, default="")


_EVIDENCE: dict[str, Callable[[_Case], bool]] = {
    "CreateFailed": lambda case: case.status == "CREATE_FAILED",
    "Unavailable": lambda case: case.status == "UNAVAILABLE",
    "UpdateFailed": lambda case: case.world.aws.has_failed_updates,
    "NotConverging": lambda case: case.world.aws.has_forgotten_updates or case.world.aws.has_been_patched,
    "InvalidConfiguration": lambda case: case.world.journal.was_refused(case.key, case.spec),
    "PreflightFailed": lambda case: case.world.aws.would_refuse(
        as_request(case.spec, case.environment.settings if case.environment else {}, newest=case.world.aws.files)
    ),
    "ImmutableField": lambda case: bool(
        case.differing & {"kmsKey", "endpointManagement", "networkConfiguration.subnetIds"}
    ),
    "ChangedByAws": lambda case: case.world.aws.has_had_maintenance,
    "UpgradePath": lambda case: "airflowVersion" in case.differing,
    "OwnedByAnother": lambda case: bool(case.tags.get(TAG_NAME)) and not is_ours(case.tags, case.key),
    "AlreadyExists": lambda case: case.environment is not None and TAG_NAME not in case.tags,
    "SecretNotFound": lambda case: _missing(case.world, case.key, case.spec) == "secret",
    "FileNotFound": lambda case: _missing(case.world, case.key, case.spec) is not None,
    "WaitingForApproval": lambda case: case.policy("update", "approval") == "Manual",
    "Drifted": lambda case: case.policy("drift") == "Report",
    "Observing": lambda case: case.policy("management") == "Observe",
    "NotFound": lambda case: case.policy("management") == "Observe" and case.environment is None,
}


def _missing(world: World, key: Key, spec: Mapping[str, Any]) -> str | None:
    for reference in spec.get("airflowConfigurationSecrets", {}).values():
        if world.secrets.now(key.namespace, reference["name"], reference["key"]) is None:
            return "secret"
    for file in ("requirements", "plugins"):
        path = spec.get(f"{file}S3Path")
        if path is not None and f"{file}S3ObjectVersion" not in spec and path not in world.aws.files:
            return "file"
    return None


def _differing(world: World, key: Key, spec: Mapping[str, Any], environment: Environment) -> set[str]:
    secrets = {
        option: frozenset({world.secrets.now(key.namespace, reference["name"], reference["key"]) or ""})
        for option, reference in spec.get("airflowConfigurationSecrets", {}).items()
    }
    return differences(spec, environment.settings, environment.tags, secrets=secrets, newest=world.aws.files)


def _left_over(world: World, body: Mapping[str, Any], environment: Environment | None) -> set[str]:
    """Options that a spec once named and names no more: they are still to be taken away."""
    uid, generation = body["metadata"]["uid"], body["metadata"]["generation"]
    named = [_OPTIONS & spec.keys() for (whose, _), spec in world.api.specs.items() if whose == uid]
    named_now = _OPTIONS & world.api.specs[uid, generation].keys()
    left = environment is not None and environment.settings["AirflowConfigurationOptions"]
    return {"airflowConfigurationOptions"} if left and any(named) and not named_now else set()


def _goes_on(world: World) -> bool:
    """Whether an object says that it will go on by itself."""
    return any(
        one["type"] == "Reconciling" or one["reason"] == "WaitingForWindow"
        for body in world.api.objects.values()
        for one in body.get("status", {}).get("conditions", ())
    )


def _told(conditions: Mapping[str, Mapping[str, Any]]) -> str:
    return " ".join(f"{kind}={one['status']}({one['reason']})" for kind, one in conditions.items())
