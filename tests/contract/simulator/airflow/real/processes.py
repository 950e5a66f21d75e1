"""Processes and what they have started, as Linux tells."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def parents() -> dict[int, int]:
    """Return the parent of each process that runs."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        state = _state(int(entry.name))
        if state is not None and state[0] != "Z":
            found[int(entry.name)] = int(state[1])
    return found


def below(process: int, parent_of: dict[int, int]) -> Iterator[int]:
    """Yield a process, and all that descends from it."""
    yield process
    for child, parent in parent_of.items():
        if parent == process:
            yield from below(child, parent_of)


def own_child(argument: str) -> int:
    """Return the one process that we have started with this argument."""
    [found] = (
        child
        for child, parent in parents().items()
        if parent == os.getpid() and argument in Path(f"/proc/{child}/cmdline").read_text().split("\0")
    )
    return found


def _state(process: int) -> list[str] | None:
    """Return what the kernel tells of a process behind its name: its state, its parent, ..."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
