"""How much disk the code of all objects may take together.

A pod whose temporary files outgrow what it was given is evicted, and so is the next one once it has fetched the same: because of one object
too many, all would be without an operator. So what does not fit is not fetched, and the object says so.
"""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

GIGABYTE = 10**9

Fits = Callable[[int], None]
"""Is told how many bytes are about to be written. Raises OSError where there is no room for them."""


class Room:
    """Keeps account of what lies in folders, and files, by their paths. Safe to use from many threads."""

    def __init__(self, most_bytes: float) -> None:
        self._most = most_bytes
        self._taken: dict[Path, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def for_more(self, place: Path) -> Iterator[Fits]:
        """Give what is to be asked before more is written to a place; at the end, what lies there then is taken account of."""
        wrote = False

        def fits(more: int) -> None:
            nonlocal wrote
            with self._lock:
                if sum(self._taken.values()) + more > self._most:
                    message = (
                        f"the code of all objects together would take more than the {self._most / GIGABYTE:g} GB that "
                        "MWAA_OPERATOR_CODE_GIGABYTES gives it"
                    )
                    raise OSError(errno.ENOSPC, message)
                self._taken[place] = self._taken.get(place, 0) + more
            wrote = True

        try:
            yield fits
        finally:
            if wrote:
                size = _size(place)
                with self._lock:
                    self._taken.pop(place, None)
                    if size:
                        self._taken[place] = size

    def left(self, place: Path) -> None:
        """What lay in a place, and below it, is gone."""
        with self._lock:
            self._taken = {one: size for one, size in self._taken.items() if not one.is_relative_to(place)}


def _size(place: Path) -> int:
    found = (
        [place] if place.is_file() else [Path(folder) / name for folder, _, names in os.walk(place) for name in names]
    )
    total = 0
    for one in found:
        with suppress(FileNotFoundError):
            total += one.lstat().st_size
    return total
