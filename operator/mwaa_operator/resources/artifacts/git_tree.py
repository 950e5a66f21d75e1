"""What a folder of a repository holds, as git lists it: files, and links that are followed by us and not by a file system."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.limits import check_path
from mwaa_operator.planning.artifacts.model import SourceProblemError

_LINK = "120000"
_SUBMODULE = "160000"
_MOST_LINKS = 16
LONGEST_LINK = 4096
"""In bytes: what Linux allows the target of a link (path_resolution(7))."""


@dataclass(frozen=True)
class Entry:
    """A file or a link: the id of its content in git, and its size in bytes."""

    object_id: str
    size: int
    link: bool = False


def entries(what: str, listing: bytes) -> dict[str, Entry]:
    """Read what `git ls-tree -r -l -z` prints. Raises SourceProblemError for what cannot be taken.

    Submodules are refused and not left out: a folder of which a part is missing is no folder to run DAGs from.
    """
    found = {}
    for line in listing.split(b"\0"):
        if not line:
            continue
        facts, _, name = line.partition(b"\t")
        mode, _, object_id, size = facts.decode("ascii").split()
        path = name.decode(errors="surrogateescape")
        check_path(what, path)
        if mode == _SUBMODULE:
            message = (
                f"{what} holds the submodule {path}, and submodules are not fetched. Give its repository as a source of its own, or "
                "name a folder without it."
            )
            raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
        found[path] = Entry(object_id, int(size), link=mode == _LINK)
    return found


def files(what: str, found: Mapping[str, Entry], targets: Mapping[str, str]) -> dict[str, Entry]:
    """All files with those that links lead to; `targets` says where links lead, by their object ids. Raises SourceProblemError."""
    return {path: _followed(what, path, found, targets) if entry.link else entry for path, entry in found.items()}


def _followed(what: str, path: str, found: Mapping[str, Entry], targets: Mapping[str, str]) -> Entry:
    """The file that a link leads to, in the same folder or below it."""
    at = path
    for _ in range(_MOST_LINKS):
        entry = found.get(at)
        if entry is None:
            raise _refused(what, path, "to no file in it")
        if not entry.link:
            return entry
        target = targets[entry.object_id]
        at = posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
        if target.startswith("/") or at == ".." or at.startswith("../"):
            raise _refused(what, path, "out of it")
    raise _refused(what, path, "in a circle")


def _refused(what: str, path: str, whither: str) -> SourceProblemError:
    message = f"{what} holds the symbolic link {path}, which leads {whither}. Put a file in its place."
    return SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
