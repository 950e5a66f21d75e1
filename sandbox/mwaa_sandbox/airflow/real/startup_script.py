"""The startup script, really run, and what it has exported (mwaa-behaviour.md §2, container-level limits)."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LIMIT_SECONDS = 5 * 60
_DUMP = 'source "$1"; ended=$?; [ $ended = 0 ] || exit $ended; env -0 > "$2"'


@dataclass(frozen=True)
class StartupRun:
    """What a startup script said, how it ended, and which variables it left that were not there before."""

    lines: tuple[str, ...]
    exit_code: int
    exported: Mapping[str, str]


def run(script: Path, *, variables: Mapping[str, str], scratch: Path) -> StartupRun:
    """Run a script in a shell that has `variables`; `scratch` is a file that may be written.

    What it leaves running goes on, and is not waited for.
    """
    scratch.unlink(missing_ok=True)
    with tempfile.TemporaryFile() as output:
        try:
            exit_code = subprocess.run(
                ["bash", "-c", _DUMP, "startup", str(script), str(scratch)],
                check=False,
                cwd=script.parent,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_SECONDS,
            ).returncode
        except subprocess.TimeoutExpired:
            exit_code = None
        output.seek(0)
        said = output.read().decode("utf-8", "replace").splitlines()
    if exit_code is None:
        return StartupRun((*said, f"The startup script took more than {LIMIT_SECONDS} seconds"), 124, {})
    if exit_code != 0 or not scratch.exists():
        return StartupRun(tuple(said), exit_code or 1, {})
    left = dict(
        entry.split("=", 1) for entry in scratch.read_bytes().decode("utf-8", "replace").split("\0") if "=" in entry
    )
    exported = {name: value for name, value in left.items() if variables.get(name) != value}
    return StartupRun(tuple(said), 0, exported)
