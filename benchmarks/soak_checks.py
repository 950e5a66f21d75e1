"""What has to be true at the end of a soak."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mwaa_sandbox.aws.admin_client import RecordedCall
from soak_stage import ACCOUNT, Stage

MUTATIONS = ("CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment")
MEAN_CALLS_A_MINUTE = 3.0
"""Of AWS's time, for each object: an environment at rest is looked at every ten minutes, one at work up to four times a minute."""
MOST_CALLS_A_MINUTE = 8.0
GROWTH = 1.3
"""Of an operator's memory, from a quarter of its life to its end."""


def condition(body: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found = (each for each in body.get("status", {}).get("conditions", ()) if each["type"] == kind)
    return next(found, {})


def at_rest(body: Mapping[str, Any]) -> bool:
    """Whether the operator has come to an end with what is asked for now: done, or stalled."""
    if body["metadata"].get("deletionTimestamp"):
        return False
    return is_ready(body) or _is_true_of_now(body, "Stalled")


def is_ready(body: Mapping[str, Any]) -> bool:
    """Whether it runs what is asked for now: one whose update is held up stays Ready for what was asked before."""
    return _is_true_of_now(body, "Ready")


def _is_true_of_now(body: Mapping[str, Any], kind: str) -> bool:
    found = condition(body, kind)
    return bool(found.get("status") == "True" and found.get("observedGeneration") == body["metadata"]["generation"])


def in_aws(stage: Stage) -> dict[str, dict[str, Any]]:
    """All environments but the tombstones."""
    listed = stage.aws.admin.environments(account=ACCOUNT)
    return {each["name"]: each for each in listed if each["status"] != "DELETED"}


def differences(body: Mapping[str, Any], environment: Mapping[str, Any] | None) -> list[str]:
    """Where AWS is not what the spec says."""
    if environment is None:
        return ["there is none in AWS"]
    spec, settings = body["spec"], environment["settings"]
    members = ("AirflowVersion", "EnvironmentClass", "MinWorkers", "MaxWorkers", "AirflowConfigurationOptions")
    wanted = {member: spec[member[0].lower() + member[1:]] for member in members}
    found = {member: settings.get(member) for member in members}
    wanted["team"], found["team"] = spec["tags"]["team"], environment["tags"].get("team")
    wanted["Status"], found["Status"] = "AVAILABLE", environment["status"]
    return [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if wanted[name] != found[name]]


def converged(objects: Mapping[str, Mapping[str, Any]], environments: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with the end: AWS equals the spec, or a condition says why not; every environment has an owner."""
    found = []
    for name, body in objects.items():
        ready = condition(body, "Ready")
        if not at_rest(body):
            found.append(f"{name} has not come to rest: {ready.get('reason')}: {ready.get('message')}")
        elif is_ready(body):
            found += [f"{name} is Ready, but {each}" for each in differences(body, environments.get(name))]
        elif not ready.get("message"):
            found.append(f"{name} is not Ready and does not say why")
    return found + [f"{name} is in AWS and has no object" for name in environments if name not in objects]


def carried_out(calls: Sequence[RecordedCall]) -> dict[str, Counter[str]]:
    """Numbers of calls that AWS has accepted and answered, by environment and operation.

    One whose answer was lost looks like one that never arrived, and does not count.
    """
    found: dict[str, Counter[str]] = {}
    for call in calls:
        if call.environment and call.operation in MUTATIONS and call.status == 200:
            found.setdefault(call.environment, Counter())[call.operation] += 1
    return found


def too_many(calls: Sequence[RecordedCall], causes: Mapping[str, int], *, minutes: float) -> list[str]:
    """Calls beyond what there was a reason for. `minutes` is how long the soak has lasted, in AWS's time."""
    looks = Counter(call.environment for call in calls if call.environment)
    found = [
        f"{name} was called for {count / minutes:.1f} times a minute, {MOST_CALLS_A_MINUTE:g} allowed"
        for name, count in looks.items()
        if count / minutes > MOST_CALLS_A_MINUTE
    ]
    mean = looks.total() / max(len(looks), 1) / minutes
    if mean > MEAN_CALLS_A_MINUTE:
        found.append(f"{mean:.1f} calls for each object a minute in the mean, {MEAN_CALLS_A_MINUTE:g} allowed")
    for name, operations in carried_out(calls).items():
        found += [
            f"{name} had {count} {operation}, and {causes.get(name, 0)} reasons for one"
            for operation, count in operations.items()
            if count > causes.get(name, 0)
        ]
    return found


def grown(memory: Sequence[Sequence[float]]) -> list[str]:
    """Operators whose memory has grown in what was a life long enough to tell."""
    found = []
    for samples in memory:
        if len(samples) < 20:
            continue
        early, late = samples[len(samples) // 4], samples[-1]
        if late > early * GROWTH:
            found.append(f"an operator has grown from {early:.0f} MB to {late:.0f} MB")
    return found
