"""Where binaries are kept between runs, outside any checkout, and how several processes share that place.

Knows nothing of what is kept.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mwaa_sandbox.cluster.progress import Progress


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return our folder below XDG_CACHE_HOME.

    By the XDG Base Directory Specification its default is ~/.cache, and a relative path is ignored.
    """
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path(environ["HOME"]) / ".cache" if environ.get("HOME") else Path.home() / ".cache"
    return base / "mwaa-sandbox" / "control-plane"


@contextlib.contextmanager
def exclusive(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold the cache for writing. The kernel lets go of the lock when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"Waiting for another process that is filling {folder}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def publishing(target: Path) -> Iterator[Path]:
    """Yield an empty folder; at the end of the block it appears as `target`, whole, or not at all.

    To be called while holding the cache (`exclusive`): drafts that are there have been left by a process that was killed.
    """
    for abandoned in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(abandoned)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        draft.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        os.replace(draft, target)  # noqa: PTH105 - a rename, and atomic
    finally:
        shutil.rmtree(draft, ignore_errors=True)
