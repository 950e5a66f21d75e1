"""The contents of files in a repository, which become files on our disk one after the other."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceFile, SourceProblemError
from mwaa_operator.resources.artifacts.git_command import FETCH_SECONDS, Git, GitError
from mwaa_operator.resources.artifacts.git_tree import Entry
from mwaa_operator.resources.artifacts.progress import Progress, Tally
from mwaa_operator.resources.artifacts.room import Fits

_CHUNK = 1024**2
_POINTER = b"version https://git-lfs.github.com/spec/"
"""How a file begins that Git LFS has in the place of another (Git LFS Specification)."""
_LONGEST_POINTER = 1024
_BATCH_BYTES = 64 * 1024**2
"""Files of so much are taken out of the repository at a time: each is on the disk twice until the next batch."""


def extracted(
    git: Git, found: Mapping[str, Entry], folder: Path, url: str, *, fits: Fits, progress: Progress
) -> dict[str, SourceFile]:
    """Write the contents that are not there yet, and remove those that no file has any more.

    Each is named by its id in git and its sha256, so one that is there need not be read again.
    """
    folder.mkdir(exist_ok=True)
    there = {path.name.partition("-")[0]: path for path in folder.iterdir() if not path.name.startswith(".")}
    wanted = {entry.object_id: entry for entry in found.values()}
    paths = {entry.object_id: path for path, entry in found.items()}
    missing = [entry for name, entry in wanted.items() if name not in there]
    size = sum(entry.size for entry in missing)
    fits(size)
    tally = Tally(files=len(missing), size=size, tell=progress)
    for batch in _batches(missing):
        with contents(git, batch) as found_contents:
            for name, length, content in found_contents:
                unfinished, digest = _written(folder, length, content)
                _check_content(unfinished, length, f"The file {paths[name]} of the repository {url}")
                there[name] = unfinished.rename(folder / f"{name}-{digest}")
                tally.add(files=1, size=length)
    for name in there.keys() - wanted.keys():
        there[name].unlink()
    return {
        path: SourceFile(
            path=path,
            size=entry.size,
            sha256=there[entry.object_id].name.partition("-")[2],
            at=there[entry.object_id],
        )
        for path, entry in found.items()
    }


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.size
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _written(folder: Path, size: int, content: IO[bytes]) -> tuple[Path, str]:
    """Write a content to a file that is not one of the folder's yet; gives it with the content's SHA-256."""
    digest = hashlib.sha256()
    unfinished = folder / ".unfinished"
    with unfinished.open("wb") as file:
        while size > 0:
            chunk = content.read(min(size, _CHUNK))
            if not chunk:
                raise GitError("the contents end too early", code=None)
            digest.update(chunk)
            file.write(chunk)
            size -= len(chunk)
    return unfinished, digest.hexdigest()


def _check_content(file: Path, size: int, what: str) -> None:
    """Refuse what only stands for a file, as it would otherwise go out in its place."""
    if size <= _LONGEST_POINTER and file.read_bytes().startswith(_POINTER):
        message = f"{what} is kept by Git LFS, which is not fetched. Take such files from a bucket, or leave them out of the folder."
        raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)


@contextlib.contextmanager
def contents(git: Git, wanted: Iterable[Entry]) -> Iterator[Iterator[tuple[str, int, IO[bytes]]]]:
    """The contents of files one after the other, as (id, size, what to read so many bytes from)."""
    with tempfile.TemporaryFile() as names, tempfile.TemporaryFile() as output:
        names.write("".join(f"{entry.object_id}\n" for entry in wanted).encode())
        names.seek(0)
        git.run_into(output, "cat-file", "--batch", given=names, seconds=FETCH_SECONDS)
        output.seek(0)
        yield _read(output)


def _read(output: IO[bytes]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Take apart what `git cat-file --batch` prints: a line `id type size`, the content, a line break."""
    while line := output.readline():
        name, _kind, size = line.decode("ascii").split()
        yield name, int(size), output
        output.read(1)
