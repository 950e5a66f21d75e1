"""Zip archives whose bytes follow from the names and contents of their files, and from nothing else.

An archive of other bytes would be another version of the plugins, and so an update of the environment that takes half an hour. So its
files have no times and no owners, and they are not compressed: what a compressor writes depends on its version.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from mwaa_operator.planning.artifacts.model import SourceFile

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows."""
_UNIX = 3
_READABLE_FILE = 0o100644
_CHUNK = 1024**2


def zipped(files: Mapping[str, SourceFile], to: Path) -> SourceFile:
    """Write an archive of files by their paths in it. It takes the place of `to`."""
    unfinished = to.with_name(f".{to.name}")
    with zipfile.ZipFile(unfinished, "w", compression=zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=_NO_TIME)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_FILE << 16
            entry.file_size = files[path].size
            with files[path].at.open("rb") as content, archive.open(entry, "w") as place:
                shutil.copyfileobj(content, place, _CHUNK)
    unfinished.replace(to)
    with to.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return SourceFile(path=to.name, size=to.stat().st_size, sha256=digest, at=to)
