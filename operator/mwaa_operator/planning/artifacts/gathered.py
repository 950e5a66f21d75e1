"""What was fetched from several sources, put together as the files of the bucket."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import Fetched, SourceFile, SourceProblemError

MAX_KEY_BYTES = 1024
"""Of an object's key, in UTF-8 (S3 User Guide, object keys)."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """All that is to be in the bucket.

    `dags` are the DAG files by their keys, None where the spec names no source of DAGs; `files` those that are read by version, by the AWS
    name of their path field, and `keys` where each of these is put. `revisions` says which states of their sources the DAGs are, and
    `revision_of` the same of the others.
    """

    dags: Mapping[str, SourceFile] | None = None
    revisions: tuple[str, ...] = ()
    files: Mapping[str, SourceFile] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    revision_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Mapping[str, SourceFile]:
        """All files by their keys."""
        return {**(self.dags or {}), **{self.keys[member]: file for member, file in self.files.items()}}

    @property
    def size(self) -> int:
        """All of it together, in bytes."""
        return sum(file.size for file in self.wanted.values())


def dag_files(folder: str, sources: Iterable[tuple[str, Fetched]]) -> Mapping[str, SourceFile]:
    """The DAG files by their keys. Each source comes with what people call it.

    Raises SourceProblemError where a source is empty, where two have different files of one name, or one has a file where another has a
    folder, and where a name is too long for S3.
    """
    found: dict[str, tuple[str, SourceFile]] = {}
    for name, fetched in sources:
        if not fetched.files:
            raise _invalid(
                f"There are no files in {name}. What was put into the bucket before stays: put files there, or remove the source."
            )
        for path, file in fetched.files.items():
            key = f"{folder}{path}"
            if len(key.encode()) > MAX_KEY_BYTES:
                raise _invalid(
                    f"The path {path[:60]}... of {name} is too long for S3, which takes {MAX_KEY_BYTES} bytes."
                )
            other, known = found.setdefault(key, (name, file))
            if known.sha256 != file.sha256:
                raise _invalid(
                    f"{other} and {name} have different files of the name {path}. Remove or rename one of them."
                )
    for key, (name, _) in found.items():
        for above in _above(key.removeprefix(folder)):
            if f"{folder}{above}" in found:
                other = found[f"{folder}{above}"][0]
                raise _invalid(f"{above} is a file in {other} and a folder in {name}. Remove or rename one of them.")
    return {key: file for key, (_, file) in found.items()}


def _above(path: str) -> Iterator[str]:
    """The folders that a file lies in."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def apart(dags: Mapping[str, SourceFile], keys: Mapping[str, str], files: Mapping[str, SourceFile]) -> None:
    """See that no DAG file lies where a file that is read by version is put. Raises SourceProblemError."""
    for member, key in keys.items():
        if key in dags and member in files and dags[key].sha256 != files[member].sha256:
            raise _invalid(
                f"A source of DAGs and one of the other artifacts have different files for {key}. Remove one of them, or give the other "
                "place a name outside the DAG folder."
            )


def digest(files: Mapping[str, SourceFile]) -> str:
    """A SHA-256 over all paths and contents."""
    total = hashlib.sha256()
    for key in sorted(files):
        total.update(f"{key}\0{files[key].sha256}\n".encode())
    return total.hexdigest()


def _invalid(message: str) -> SourceProblemError:
    return SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
