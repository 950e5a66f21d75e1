"""How far files have come that are fetched, or uploaded."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MANY_FILES = 250
LONG_BYTES = 64 * 1024 * 1024
"""More than either takes more than a moment."""


@dataclass(frozen=True)
class HowFar:
    """How far they have come: files, and bytes. `of_size` None: objects of git, of which nobody knows how much they will be."""

    files: int
    of_files: int
    size: int
    of_size: int | None

    @property
    def is_long(self) -> bool:
        """Whether it takes long enough to be told of."""
        return self.of_files > MANY_FILES or (self.size if self.of_size is None else self.of_size) > LONG_BYTES


Progress = Callable[[HowFar], None]


class Tally:
    """Counts what is there already, as threads say that another part or file is, and tells it in the order of the counts."""

    def __init__(self, *, files: int, size: int, tell: Progress) -> None:
        self._of_files, self._of_size = files, size
        self._files = self._size = 0
        self._tell = tell
        self._lock = Lock()
        self.add()

    def add(self, *, files: int = 0, size: int = 0) -> None:
        """So many more files, and bytes, are there."""
        with self._lock:
            self._files += files
            self._size += size
            self._tell(HowFar(self._files, self._of_files, self._size, self._of_size))
