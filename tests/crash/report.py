"""The figures of a whole crash test, as a table."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from .lane import Run
from .trials import Trial


def table(
    undisturbed: Mapping[str, Run], tried: Mapping[str, Sequence[Trial]], *, seconds: float, every_call: bool
) -> str:
    """Return what was tried and how it ended, as Markdown."""
    rows = [_row(name, len(undisturbed[name].calls), trials) for name, trials in tried.items()]
    everything = [trial for trials in tried.values() for trial in trials]
    rows.append(_row("**all**", sum(len(run.calls) for run in undisturbed.values()), everything))
    return "\n".join(
        [
            "# The crash test",
            "",
            "The operator is killed with SIGKILL before and after every call that it makes to AWS and to Kubernetes, and started again.",
            *([] if every_call else _LEFT_OUT),
            "A point ends the same if AWS's environment, the object and the numbers of CreateEnvironment, UpdateEnvironment and",
            "DeleteEnvironment calls accepted by AWS are those of the undisturbed run. Where the operator provisions, all that is in",
            "the AWS account has to be the same as well, with its settings, and so have the numbers of calls that make something;",
            "nothing may be there twice, belong to no object or be missing in the status. `make crash` writes this file.",
            "",
            "| scenario | calls of the undisturbed run | points at which it was killed | ended the same |",
            "| --- | ---: | ---: | ---: |",
            *rows,
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes on {os.cpu_count()} cores.",
            "",
        ]
    )


_LEFT_OUT = (
    "Left out are the looks at parts and those of the checks, which come by the dozen and between which nothing changes but the",
    "time: `make crash ARGS=--every-call` tries them as well.",
)


def write(text: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _row(name: str, calls: int, trials: Sequence[Trial]) -> str:
    killed = [trial for trial in trials if trial.killed_at]
    return f"| {name} | {calls} | {len(killed)} | {sum(not trial.problems for trial in killed)} |"
