"""What fetching code comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mwaa_operator.api.conditions import Reason


@dataclass(frozen=True)
class SourceFile:
    """A file that was fetched.

    `path` is relative to its source, with slashes; `size` is in bytes, `sha256` in hexadecimal digits. `at` is where it lies on the
    operator's disk: files are never held in memory.
    """

    path: str
    size: int
    sha256: str
    at: Path


@dataclass(frozen=True)
class Fetched:
    """The files of a source, by their paths.

    A source that is one file has one entry, by the file's own name. `revision` says to people which state of the source this is: a
    commit, a ConfigMap's resourceVersion.
    """

    files: Mapping[str, SourceFile]
    revision: str


class SourceProblemError(Exception):
    """A source cannot be had.

    `message` is a sentence that names the source and says what to do next, without any credential. `lasting` means that it stays so
    until a person changes something; otherwise it is tried again by itself.
    """

    def __init__(self, reason: Reason, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.lasting = lasting
