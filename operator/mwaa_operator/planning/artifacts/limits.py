"""How much code a source may hold, so that one object cannot fill the operator's disk, and how files may be named."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError

MOST_BYTES = 1024**3
"""Of all files of a source. AWS advises to keep DAGs and plugins below a gigabyte (`mwaa-behaviour.md` §3.4)."""

MOST_FILES = 20_000
"""Of a source. The largest class is meant for 4,000 DAGs (`mwaa-behaviour.md` §3.2)."""

LONGEST_PATH = 1024
"""In bytes: what S3 allows a key."""


def check_size(what: str, *, files: int, size: int) -> None:
    """Raise SourceProblemError for a source that is empty, or holds more than is taken. `what` begins a sentence."""
    if files == 0:
        raise SourceProblemError(Reason.SOURCE_INVALID, f"{what} holds no files. Put some there.", lasting=True)
    if files > MOST_FILES:
        message = f"{what} holds {files} files, and {MOST_FILES} are the most that are taken. Name a folder with fewer."
        raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
    if size > MOST_BYTES:
        message = (
            f"{what} holds {size / 10**9:.1f} GB, and 1 GB is the most that is taken. Move what is large out of it."
        )
        raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)


def check_path(what: str, path: str) -> None:
    """Raise SourceProblemError for a path that would lead out of its folder, or that is none on every system."""
    parts = path.split("/")
    strange = any(part in {"", ".", ".."} for part in parts) or "\\" in path or not path.isprintable()
    if strange or len(path.encode(errors="surrogateescape")) > LONGEST_PATH:
        message = f"{what} holds a file whose name cannot be used: {path[:200]!r}. Rename it."
        raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
