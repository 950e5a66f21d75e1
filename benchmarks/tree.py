"""What a process with all that it has started takes at its highest: memory, and disk in a folder."""

import contextlib
import os
import stat
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

from machine import usage_of

_EVERY_SECONDS = 0.25


class Highest:
    """Looks several times a second, from the beginning to the end of a `with` block. All figures are in MB of 1024 * 1024 bytes."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.memory_mb = self.disk_mb = 0.0
        self._pid, self._folder = pid, folder
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        disk_at = 0.0
        while not self._ended.wait(_EVERY_SECONDS):
            self.memory_mb = max(self.memory_mb, sum(_resident(pid) for pid in family(self._pid)))
            # Counting thousands of files takes the processor from what is measured.
            if time.monotonic() - disk_at > 8 * _EVERY_SECONDS:
                disk_at = time.monotonic()
                self.disk_mb = max(self.disk_mb, disk_of(self._folder) + _unnamed(self._pid, self._folder))


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
            with contextlib.suppress(FileNotFoundError):
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
