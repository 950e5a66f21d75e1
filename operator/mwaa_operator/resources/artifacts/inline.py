"""A file whose text stands in the spec."""

import hashlib
from pathlib import Path

from mwaa_operator.planning.artifacts.model import Fetched, SourceFile

_NAME = "inline"


def fetch_inline(text: str, folder: Path) -> Fetched:
    """The file, in a folder that belongs to it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    content, at = text.encode(), folder / _NAME
    at.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Fetched({_NAME: SourceFile(path=_NAME, size=len(content), sha256=digest, at=at)}, revision="spec")
