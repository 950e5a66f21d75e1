"""Files as a fetcher leaves them."""

from __future__ import annotations

import hashlib

import pytest
from mwaa_operator.planning.artifacts.model import SourceFile


@pytest.fixture
def fetched(tmp_path):
    """Makes files, by their paths, that lie somewhere under other names."""

    def made(contents):
        found = {}
        for number, (path, content) in enumerate(contents.items()):
            data = content.encode() if isinstance(content, str) else content
            at = tmp_path / f"content-{number}"
            at.write_bytes(data)
            found[path] = SourceFile(path, len(data), hashlib.sha256(data).hexdigest(), at)
        return found

    return made
