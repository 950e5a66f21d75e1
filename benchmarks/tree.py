"""What a process with all that it has started takes at its highest: memory, and disk in a folder."""

import os
import stat
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from machine import usage_of
from meanwhile import meanwhile

_EVERY_SECONDS = 0.25


@dataclass
class Highest:
    """In MB of 1024 * 1024 bytes."""

    memory_mb: float = 0.0
    disk_mb: float = 0.0


@contextmanager
def highest_of(pid: int, folder: Path) -> Iterator[Highest]:
    """Look several times a second for as long as the block lasts; gives what was the highest so far."""
    found, disk_at = Highest(), 0.0

    def look() -> None:
        nonlocal disk_at
        found.memory_mb = max(found.memory_mb, sum(_resident(one) for one in family(pid)))
        # Counting thousands of files takes the processor from what is measured.
        if time.monotonic() - disk_at > 8 * _EVERY_SECONDS:
            disk_at = time.monotonic()
            found.disk_mb = max(found.disk_mb, disk_of(folder) + _unnamed(pid, folder))

    with meanwhile(look, every=_EVERY_SECONDS):
        yield found


def family(pid: int) -> list[int]:
    """A process and all that it, or they, have started."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += children[one]
    return found


def disk_of(folder: Path) -> float:
    """What lies below a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(place) / name).lstat().st_blocks * 512
    return total / 1024**2


def _unnamed(pid: int, folder: Path) -> float:
    """What files below a folder take that have no name any more, and are there as long as somebody has them open."""
    sizes: dict[int, int] = {}
    for one in family(pid):
        for link in Path(f"/proc/{one}/fd").glob("*"):
            try:
                if not str(link.readlink()).startswith(str(folder)):
                    continue
                found = link.stat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                sizes[found.st_ino] = found.st_blocks * 512
    return sum(sizes.values()) / 1024**2


def _resident(pid: int) -> float:
    try:
        return usage_of(pid).resident_mb
    except (OSError, KeyError):
        return 0.0
