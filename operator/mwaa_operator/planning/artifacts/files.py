"""Which files are put into the bucket, which are removed from it, and which are somebody else's.

Nothing is put that is there already, and nothing is overwritten or removed that this object has not put there: the listing's ETag beside
the one in the manifest tells. Where it does not, because the process died between putting a file and remembering that, or because
somebody else has put one there, the file itself has to be asked: it is `unclear` until it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mwaa_operator.planning.artifacts.manifest import Entry, Manifest
from mwaa_operator.planning.artifacts.model import SourceFile


@dataclass(frozen=True)
class Listed:
    """A file as a listing of the bucket shows it: its ETag, without the quotes, and its size in bytes."""

    etag: str
    size: int


@dataclass(frozen=True)
class Put:
    """A file to put. `replaces` is the ETag of the one that it may take the place of; None: there has to be none."""

    key: str
    file: SourceFile
    replaces: str | None


@dataclass(frozen=True)
class Removal:
    """A file to remove, if it still has this ETag."""

    key: str
    etag: str


@dataclass(frozen=True)
class FilePlan:
    """What to do about files.

    `manifest` is what holds before anything is done, with what is about to be done in it. `foreign` are places at which somebody else's
    file is in the way.
    """

    manifest: Manifest
    puts: tuple[Put, ...] = ()
    removals: tuple[Removal, ...] = ()
    foreign: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass
class _Draft:
    files: dict[str, Entry]
    puts: list[Put] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def file_plan(
    wanted: Mapping[str, SourceFile],
    listed: Mapping[str, Listed],
    manifest: Manifest,
    *,
    contents: Mapping[str, str],
    prune: bool,
    adopt: bool,
) -> FilePlan:
    """Compare the files that are to be there, by their keys, with the bucket and with what is remembered.

    `contents` are the SHA-256 sums of files that were unclear and have been asked. With `adopt`, somebody else's files are taken over. The
    files that are read by version are none of those that are pruned: the environment names them.
    """
    draft = _Draft(files=dict(manifest.files))
    for key, file in wanted.items():
        there = listed.get(key)
        if there is None:
            _put(draft, Put(key, file, replaces=None))
            continue
        ours = _what_lies_there(manifest.files.get(key), there, contents.get(key))
        if ours is not None:
            if ours.sha256 == file.sha256:
                draft.files[key] = ours
            else:
                _put(draft, Put(key, file, replaces=there.etag), known=ours)
        elif key not in contents and (there.size == file.size or manifest.files.get(key, _NONE).coming is not None):
            draft.unclear.append(key)
        elif adopt:
            _take_over(draft, key, file, there, contents.get(key))
        else:
            # Remembered no longer: whoever put it there may remove it, and ours would then have to be put anew.
            draft.files.pop(key, None)
            if contents.get(key) != file.sha256:
                draft.foreign.append(key)
    left = [key for key in manifest.files if key not in wanted and key not in manifest.versions]
    for key in left:
        _leave(draft, key, manifest.files[key], listed.get(key), contents.get(key), prune=prune)
    return FilePlan(
        manifest=Manifest(files=draft.files, versions=manifest.versions),
        puts=tuple(draft.puts),
        removals=tuple(draft.removals),
        foreign=tuple(draft.foreign),
        unclear=tuple(draft.unclear),
    )


_NONE = Entry(sha256=None, etag=None)


def _what_lies_there(entry: Entry | None, there: Listed, content: str | None) -> Entry | None:
    """The file as one of ours, None where it is not known to be."""
    if entry is None:
        return None
    if entry.etag == there.etag:
        return Entry(sha256=entry.sha256, etag=entry.etag)
    if entry.coming is not None and content == entry.coming:
        return Entry(sha256=entry.coming, etag=there.etag)
    return None


def _put(draft: _Draft, put: Put, known: Entry = _NONE) -> None:
    draft.puts.append(put)
    draft.files[put.key] = Entry(sha256=known.sha256, etag=known.etag, coming=put.file.sha256)


def _take_over(draft: _Draft, key: str, file: SourceFile, there: Listed, content: str | None) -> None:
    if content == file.sha256:
        draft.files[key] = Entry(sha256=file.sha256, etag=there.etag)
    else:
        _put(draft, Put(key, file, replaces=there.etag))


def _leave(draft: _Draft, key: str, entry: Entry, there: Listed | None, content: str | None, *, prune: bool) -> None:
    """A file that has left its source."""
    if there is None:
        del draft.files[key]
        return
    ours = _what_lies_there(entry, there, content)
    if ours is None and entry.coming is not None and content is None:
        draft.unclear.append(key)
    elif ours is None:
        del draft.files[key]
    else:
        draft.files[key] = ours
        if prune:
            draft.removals.append(Removal(key, there.etag))
