"""Files from the bucket to the disk: DAGs again and again with deletions, plugins once for each start."""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mwaa_sandbox.airflow.bucket import BucketFile


class DagFolder:
    """A folder that is kept as the DAG prefix of a bucket is. Files that change are replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present: dict[str, str] = {}

    def synchronise(self, files: Mapping[str, BucketFile]) -> bool:
        """Make the folder hold these files and no others; return whether anything has changed.

        What a bucket can hold and a disk cannot is left out: a file where there is a folder, and names that are too long.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = {path: file for path, file in files.items() if is_inside(path)}
        changed = False
        for path in self._present.keys() - wanted.keys():
            self._remove(self._folder / path)
            del self._present[path]
            changed = True
        for path, file in sorted(wanted.items(), reverse=True):  # what is in a folder goes before a file of its name
            if self._present.get(path) == file.fingerprint:
                continue
            try:
                _replace(self._folder / path, file.read())
            except OSError:
                continue
            self._present[path] = file.fingerprint
            changed = True
        return changed

    def _remove(self, file: Path) -> None:
        """Remove a file, and the folders that held nothing else."""
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == self._folder:
                return
            try:
                folder.rmdir()
            except OSError:  # something else is in it
                return


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(content)
    try:
        partial.replace(target)
    except OSError:
        partial.unlink()
        raise


def unpack_plugins(archive: bytes | None, folder: Path) -> str | None:
    """Put what is in plugins.zip into a folder that holds nothing else; return what is wrong with the file, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if archive is None:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            outside = [name for name in opened.namelist() if not is_inside(name.rstrip("/"))]
            if outside:
                return f"plugins.zip holds a file outside of it: {outside[0]}"
            opened.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:  # RuntimeError: it is encrypted
        return f"plugins.zip cannot be read: {error}"
    return None


def is_inside(path: str) -> bool:
    """Whether a path of somebody else's making stays below the folder that it is put in, and is a file's."""
    parts = PurePosixPath(path)
    return bool(path) and not parts.is_absolute() and ".." not in parts.parts and not path.endswith("/")
