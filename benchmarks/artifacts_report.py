"""The figures of large sets of code, as a table."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import Usage

LIMIT_MB = 1024
"""Of memory, in manifests/base/deployment.yaml."""
_MOST_SAID = 3


@dataclass(frozen=True)
class Round:
    """All that was measured with one set. Seconds are real, memory and disk in MB of 1024 * 1024 bytes."""

    name: str
    seconds: float
    idle: Usage
    at_rest: Usage
    highest_mb: float
    disk_highest_mb: float
    disk_mb: float
    disk_left_mb: float
    calls: Mapping[str, int]
    unchanged: Mapping[str, int]
    change_seconds: float
    change: Mapping[str, int]
    said: Sequence[tuple[float, str]]
    answers: Sequence[float]
    edits: Sequence[float]
    deliveries: Sequence[float]


def write(rounds: Sequence[Round], options: argparse.Namespace, folder: Path) -> None:
    """Write artifacts.md, and print it."""
    folder.mkdir(parents=True, exist_ok=True)
    table = _table(rounds, options)
    (folder / "artifacts.md").write_text(table)
    print(f"\n{table}")


def _table(rounds: Sequence[Round], options: argparse.Namespace) -> str:
    what = {
        "small-s3": f"{options.files // 100} DAG files, {options.megabytes / 100:.1f} MB, from a bucket",
        "large-s3": f"{options.files:,} DAG files, {options.megabytes} MB, from a bucket",
        "large-git": f"{options.files:,} DAG files, {options.megabytes} MB, from git by https",
        "large-files": f"a file of {options.large} MB among DAGs and plugins of {options.large} MB, from a bucket",
    }
    introduction = (
        f"S3 answers in {options.latency * 1000:.0f} ms and as fast as the simulator can, which shares two cores with everything else. "
        "Operator with the defaults it is shipped with, a process of its own for each set; DAG files are compiled before they go out. "
        f"The container may have {LIMIT_MB:,} MB. While a set is on its way, other environments are edited one after the other."
    )
    names = [what[one.name] for one in rounds]
    rows = {name: [figure(one) for one in rounds] for name, figure in _FIGURES.items()}
    lines = [
        introduction,
        "",
        f"| figure | {' | '.join(names)} |",
        f"| --- |{' --- |' * len(rounds)}",
        *(f"| {name} | {' | '.join(values)} |" for name, values in rows.items()),
        *("", "What `ArtifactsReady` said meanwhile (some of it):", ""),
        *(f"- {what[one.name]}: {_said(one)}" for one in rounds),
    ]
    return "\n".join(lines) + "\n"


def _said(one: Round) -> str:
    step = max(len(one.said) // _MOST_SAID, 1)
    some = [*one.said[:-1:step], *one.said[-1:]]
    return "; ".join(f"{seconds:.0f} s: {message}" for seconds, message in some)


def _counted(calls: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in Counter(calls).most_common()) or "none"


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none was made"
    found = sorted(seconds)
    return f"{found[len(found) // 2]:.2f} s, {found[-1]:.2f} s, of {len(found)}"


_FIGURES: Mapping[str, Callable[[Round], str]] = {
    "from apply to ArtifactsReady": lambda one: f"{one.seconds:.1f} s",
    "resident memory of the operator: idle, highest, at rest afterwards": lambda one: (
        f"{one.idle.resident_mb:.0f} MB, {one.at_rest.highest_mb:.0f} MB, {one.at_rest.resident_mb:.0f} MB"
    ),
    "the same with the processes that it starts, git with the pack that it maps: highest": lambda one: (
        f"{one.highest_mb:.0f} MB"
    ),
    "disk in its temporary folder: highest, at rest, once the object is gone": lambda one: (
        f"{one.disk_highest_mb:,.0f} MB, {one.disk_mb:,.0f} MB, {one.disk_left_mb:.0f} MB"
    ),
    "calls to S3": lambda one: _counted(one.calls),
    "calls to S3 for a look at a source that has not changed": lambda one: _counted(one.unchanged),
    "one file changed: from the change to the status": lambda one: f"{one.change_seconds:.1f} s",
    "calls to S3 for that": lambda one: _counted(one.change),
    "the operator's answer to /healthz meanwhile: p50, highest": lambda one: _spread(one.answers),
    "other environments meanwhile, from an edit to UpdateEnvironment: p50, highest": lambda one: _spread(one.edits),
    "from a changed ConfigMap to its DAG in the bucket and the status: p50, highest": lambda one: _spread(
        one.deliveries
    ),
}
