"""Where the operator is killed, and which of these points a short run tries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from mwaa_sandbox.proxy import Call, Side

_MUTATING = {"PUT": "CreateEnvironment", "PATCH": "UpdateEnvironment", "DELETE": "DeleteEnvironment"}
_READS = re.compile("Describe|Get|List|Simulate")
_TEXT = re.compile(r"(?P<scenario>[a-z-]+):(?P<ordinal>\d+):(?P<side>before|after)(?P<late>:late)?")


@dataclass(frozen=True)
class Point:
    """Before or after the call with an ordinal. `late`: the operator is started again only when AWS has come to rest."""

    scenario: str
    ordinal: int
    side: Side
    late: bool = False

    def __str__(self) -> str:
        return f"{self.scenario}:{self.ordinal}:{self.side}{':late' if self.late else ''}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` has written; raises ValueError for anything else."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"{text!r} is no point: write scenario:ordinal:side, with side before, after or after:late"
            )
        return cls(found["scenario"], int(found["ordinal"]), Side(found["side"]), bool(found["late"]))


def points_of(scenario: str, calls: Iterable[Call]) -> list[Point]:
    """Return every point of a scenario that makes these calls undisturbed.

    After a call that starts something in AWS the operator is away twice: shortly, so that it comes back while AWS is at work, and
    until AWS has finished.
    """
    points = []
    for call in calls:
        points += [Point(scenario, call.ordinal, side) for side in Side]
        if starts_operation(call):
            points.append(Point(scenario, call.ordinal, Side.AFTER, late=True))
    return points


def starts_operation(call: Call) -> bool:
    """Whether AWS is at work for long after this call."""
    return call.service == "airflow" and call.target.startswith("/environments/") and call.method in _MUTATING


def changes_something(call: Call) -> bool:
    """Whether there is something else in AWS or Kubernetes after this call."""
    if call.operation:
        return not _READS.match(call.operation)
    return call.method not in {"GET", "HEAD"}


def stands_apart(call: Call) -> bool:
    """Whether a death at this call may end in another way than one at the call before.

    The looks at parts and those of the checks come by the dozen, and between two of them nothing changes but the time.
    """
    return changes_something(call) or call.upstream != "aws" or call.service == "airflow"


def drawn(points: Sequence[Point], calls: Iterable[Call], count: int, *, seed: str) -> list[Point]:
    """Draw some points, one of them at a call that changes something in AWS: it is there that most is at stake.

    A seed always draws the same, and nearly the same where a run of AWS's polls is a call longer or shorter than last time.
    """
    shuffled = sorted(points, key=lambda point: hashlib.sha256(f"{seed}/{point}".encode()).digest())
    at_stake = {call.ordinal for call in calls if call.upstream == "aws" and changes_something(call)}
    first = next((point for point in shuffled if point.ordinal in at_stake), shuffled[0])
    return [first, *(point for point in shuffled if point != first)][:count]


def half_way_to(point: Point) -> Point:
    """Return a point of the same scenario that every run comes to."""
    return replace(point, ordinal=max(point.ordinal // 2, 1), late=False)


def name_of(call: Call) -> str:
    """Name a call as people do: AWS's operation, or the verb and the resource in Kubernetes."""
    path = call.target.partition("?")[0].strip("/").split("/")
    if call.service == "airflow":
        if path[0] == "environments":
            return _MUTATING.get(call.method, "GetEnvironment")
        return {"POST": "TagResource", "DELETE": "UntagResource"}.get(call.method, call.method)
    if call.upstream == "aws":
        return f"{call.service}:{call.operation or ' '.join([call.method, *_asked_of_s3(call)])}"
    verb = "WATCH" if call.watch else call.method
    resource = path[path.index("namespaces") + 2 :] if "namespaces" in path[:-1] else path
    return f"{verb} {'/'.join(resource[:1] + resource[2:]) or '/'.join(path)}"


def _asked_of_s3(call: Call) -> list[str]:
    """The setting that a call to S3 is about: `?tagging`. None where it is about what is stored."""
    first = call.target.partition("?")[2].partition("&")[0]
    return [f"?{first}"] if first and "=" not in first else []
