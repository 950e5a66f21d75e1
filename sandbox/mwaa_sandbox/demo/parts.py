"""What the demo tells of the parts that an environment stands on, as their conditions turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.demo.following import Seen

CONDITIONS: Mapping[str, str | None] = {
    "BucketReady": "Bucket",
    "NetworkReady": "Network",
    "ExecutionRoleReady": "ExecutionRole",
    "LogGroupsReady": "LogGroups",
    "ArtifactsReady": None,
    "PreflightPassed": None,
    "EndpointsReady": "CustomerEndpoints",
}
"""The conditions in the order in which they become true, each with the part that `status.resources` has for it."""


@dataclass(frozen=True)
class Turn:
    """A condition that has turned."""

    holds: bool
    text: str
    message: str
    """The condition's own, as an event may say it as well."""


def turns(before: Seen | None, now: Seen) -> list[Turn]:
    """Return what has become true since `before`, and what has ceased to be, in the orders of making and of removing."""
    found: dict[bool, list[Turn]] = {True: [], False: []}
    for kind, part in CONDITIONS.items():
        was, condition = before.condition(kind) if before else {}, now.condition(kind)
        holds, held = condition.get("status") == "True", was.get("status") == "True"
        if holds != held and condition:
            there = counted(now.resources, part) if holds and part else ""
            message = str(condition["message"])
            text = f"{kind} is {condition['status']}: {message} {there}".rstrip()
            found[holds].append(Turn(holds, text, message))
    return [*found[True], *reversed(found[False])]


def in_hand(seen: Seen) -> str | None:
    """Return what the part says that is being made or removed: the first in the row that is not in order. None: there is none.

    Parts are removed in the opposite order of their making, so it is the first in the row both ways.
    """
    conditions = (seen.condition(kind) for kind in CONDITIONS)
    return next((str(each["message"]) for each in conditions if each and each["status"] != "True"), None)


def counted(resources: Iterable[Mapping[str, Any]], part: str | None = None) -> str:
    """Return how many there are of each kind, of one part or of all, in brackets; nothing for none."""
    kinds = Counter(str(each["kind"]) for each in resources if part in {None, each.get("part")})
    return f"({', '.join(f'{count} {kind}' for kind, count in kinds.items())})" if kinds else ""
