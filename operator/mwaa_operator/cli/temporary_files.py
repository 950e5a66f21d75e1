"""A folder for the temporary files of one process, and the removal of what processes that were killed have left behind.

A process holds a lock on its folder; the kernel lets go of it however the process ends. In a pod the folder outlives a container
that was killed, and a kubeconfig's keys with it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PREFIX = "mwaa-operator-"
_LOCK = ".lock"


@contextmanager
def in_own_folder() -> Iterator[None]:
    """Have `tempfile` make everything in a folder that goes with the process; where there is no place for one, in none."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    except OSError:
        # A pod with a read-only root file system has no place for any, and no kubeconfig.
        yield
        return
    with _locked(folder):
        _sweep(folder.parent)
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
            shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> IO[str]:
    """Lock a folder that is new. The lock has its name only when it is held, for one that is free says that nobody is there."""
    lock = (folder / f"{_LOCK}.new").open("w")
    with suppress(OSError):  # a file system without locks: the folder looks as if it were in use for ever
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / f"{_LOCK}.new").rename(folder / _LOCK)
    return lock


def _sweep(parent: Path) -> None:
    """Remove the folders that nobody holds. Others' are left alone, and so is one that has no lock yet."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it is held, or somebody else removes it
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
