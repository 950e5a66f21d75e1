"""A folder for the data of one run, and the removal of what runs that were killed have left behind.

A run holds a lock on its folder's lock file; the kernel lets go of it however the run ends. So a folder whose lock is
free belongs to nobody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

_LOCK = ".lock"
_PREFIX = "run-"


class FolderInUseError(RuntimeError):
    """Two runs cannot share a folder."""


class RunFolder:
    """A folder that is ours until `release`."""

    def __init__(self, path: Path, lock: IO[str], *, temporary: bool) -> None:
        self.path = path
        self._lock = lock
        self._temporary = temporary

    def release(self) -> None:
        """Let go of the folder; remove it if it was made for this run alone."""
        if self._temporary:
            shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def temporary_folder(parent: Path | None = None) -> RunFolder:
    """Make a fresh folder in `parent`, after removing abandoned ones.

    The default of `parent` is a folder of ours, for our user only, below the system's temporary folder.
    """
    parent = parent or Path(tempfile.gettempdir()) / f"mwaa-sandbox-{os.getuid()}"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if parent.stat().st_uid != os.getuid():
        raise PermissionError(
            f"{parent} belongs to another user, who could read the credentials of this run. Set TMPDIR to another folder"
        )
    with (parent / _LOCK).open("w") as sweeping:
        # Between its making and its locking a new folder looks abandoned.
        fcntl.flock(sweeping, fcntl.LOCK_EX)
        for folder in parent.glob(f"{_PREFIX}*"):
            _remove_if_abandoned(folder)
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        return RunFolder(path, _locked(path), temporary=True)


def given_folder(path: Path) -> RunFolder:
    """Use a folder that the caller has chosen and keeps.

    Raises:
        FolderInUseError: if another run is using it.
    """
    path.mkdir(parents=True, exist_ok=True)
    try:
        return RunFolder(path.absolute(), _locked(path), temporary=False)
    except BlockingIOError as error:
        raise FolderInUseError(
            f"{path} belongs to a run that is still going on. Stop that, or give another folder"
        ) from error


def _locked(path: Path) -> IO[str]:
    lock = (path / _LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise
    return lock


def _remove_if_abandoned(folder: Path) -> None:
    try:
        lock = _locked(folder)
    except (BlockingIOError, FileNotFoundError):
        return
    with lock:
        shutil.rmtree(folder, ignore_errors=True)
