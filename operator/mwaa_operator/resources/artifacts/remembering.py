"""What was fetched the last time, written down beside the files, so that the same state is not fetched again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mwaa_operator.planning.artifacts.model import Fetched, SourceFile

_NAME = "fetched.json"


def remember(folder: Path, asked: Mapping[str, Any], fetched: Fetched) -> None:
    """Write down what was fetched, and for what that is the answer. It takes the place of what was there."""
    document = {
        "asked": dict(asked),
        "revision": fetched.revision,
        "files": [
            [file.path, file.size, file.sha256, str(file.at.relative_to(folder))] for file in fetched.files.values()
        ],
    }
    unfinished = folder / f".{_NAME}"
    unfinished.write_text(json.dumps(document), encoding="utf-8")
    unfinished.replace(folder / _NAME)


def recall(folder: Path, asked: Mapping[str, Any]) -> Fetched | None:
    """What was fetched when the same was asked for, None if it was something else, or is not all there any more."""
    try:
        document = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if document["asked"] != dict(asked):
        return None
    files = [
        SourceFile(path=path, size=size, sha256=sha256, at=folder / at) for path, size, sha256, at in document["files"]
    ]
    if not all(file.at.exists() for file in files):
        return None
    return Fetched({file.path: file for file in files}, revision=document["revision"])
