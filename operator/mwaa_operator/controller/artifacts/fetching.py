"""Fetches what the sources of an object hold: each into a folder of its own, and only as often as its interval says."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from mwaa_operator.api.artifacts import DagSource, FileSource, GitSource, PluginsSource
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts.config_maps import ConfigMaps
from mwaa_operator.controller.artifacts.git_secrets import GitSecrets
from mwaa_operator.controller.artifacts.remotes import Pace, Remotes
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.circles import check_no_circle
from mwaa_operator.planning.artifacts.gathered import Gathered, apart, dag_files, digest
from mwaa_operator.planning.artifacts.model import Fetched, SourceFile, SourceProblemError
from mwaa_operator.planning.artifacts.places import PLUGINS, versioned_sources
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.resources.artifacts.git import fetch_git
from mwaa_operator.resources.artifacts.inline import fetch_inline
from mwaa_operator.resources.artifacts.progress import Progress
from mwaa_operator.resources.artifacts.room import Fits, Room
from mwaa_operator.resources.artifacts.s3_source import fetch_s3
from mwaa_operator.resources.artifacts.zipping import zipped

Source = DagSource | FileSource | PluginsSource

PUNCTUAL = 0.9
"""A source is due when so much of its interval is over: what is looked at together should not fall apart by a moment."""
_DAGS = "dags"


_Ts = TypeVarTuple("_Ts")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Place:
    """A source by what it is for, and the folder of its files: the same source always has the same one."""

    member: str
    folder: str


@dataclass
class _Known:
    """A source that was looked at: when, what it held the last time that it could be had, and why it could not be had since."""

    at: float
    fetched: Fetched | None = None
    problem: SourceProblemError | None = None


class Fetching:
    """The sources of one object. `folder` is where their files lie; nobody else may use it. `clock` gives our seconds."""

    def __init__(
        self,
        key: Key,
        folder: Path,
        *,
        clients: Clients,
        config_maps: ConfigMaps,
        git_secrets: GitSecrets,
        executor: Executor,
        remotes: Remotes,
        room: Room,
        clock: Callable[[], float],
        scale: float,
    ) -> None:
        self._key = key
        self._folder = folder
        self._clients = clients
        self._config_maps = config_maps
        self._git_secrets = git_secrets
        self._executor = executor
        self._remotes = remotes
        self._room = room
        self._clock = clock
        self._scale = scale
        self._known: dict[_Place, _Known] = {}
        self._paces: dict[_Place, Pace] = {}
        self._archives: dict[_Place, tuple[str, SourceFile]] = {}
        """What folders were made into, with a digest of what was in them: a gigabyte is not written anew at each look."""

    async def gather(
        self, wish: Wish, *, fresh: bool, progress: Progress = lambda _: None
    ) -> tuple[Gathered | None, Sequence[SourceProblemError]]:
        """All files that are to be in the bucket, and the problems of sources of which an earlier state was taken.

        None where a source cannot be had of which no earlier state is known. `fresh`: all sources are looked at, due or not. `progress`
        hears in threads how far one has come. Raises SourceProblemError where the sources do not go together, and OSError where there is
        no room for them.
        """
        check_no_circle(wish)
        sources = _sources(wish)
        if gone := {place.folder for place in self._known if place not in sources}:
            await self._in_a_thread(self._clear, gone)
        self._known = {place: known for place, known in self._known.items() if place in sources}
        self._paces = {place: self._paces.get(place) or Pace() for place in sources}
        self._archives = {place: archive for place, archive in self._archives.items() if place in sources}
        self._config_maps.begin(self._key)
        try:
            for place, source in sources.items():
                await self._look(place, source, wish, fresh=fresh, progress=progress)
        finally:
            self._config_maps.end(self._key)
        problems = [known.problem for known in self._known.values() if known.problem is not None]
        found = {place: self._known[place].fetched for place in sources}
        had = {place: fetched for place, fetched in found.items() if fetched is not None}
        return await self._put_together(sources, had, wish) if len(had) == len(sources) else None, problems

    def until_due(self, wish: Wish) -> float | None:
        """Seconds until a source is to be looked at again by itself; None: none of them is."""
        now = self._clock()
        waits = [
            (self._known[place].at if place in self._known else now) + interval - now
            for place, source in _sources(wish).items()
            if (interval := self._interval(source)) is not None
        ]
        return max(min(waits), 0.0) if waits else None

    async def _look(self, place: _Place, source: Source, wish: Wish, *, fresh: bool, progress: Progress) -> None:
        known, interval, now = self._known.get(place), self._interval(source), self._clock()
        if known is not None and interval is not None and not fresh and now - known.at < interval * PUNCTUAL:
            return
        try:
            self._known[place] = _Known(now, await self._fetch(place, source, wish, progress))
        except SourceProblemError as problem:
            # What it held before is still in its folder.
            self._known[place] = _Known(now, known.fetched if known else None, problem)

    async def _fetch(self, place: _Place, source: Source, wish: Wish, progress: Progress) -> Fetched:
        folder, pace = self._folder / place.folder, self._paces[place]
        if source.config_map is not None:
            return await self._config_maps.fetch(self._key, source.config_map, folder)
        if source.git is not None:
            secret = source.git.secret_ref
            credentials = await self._git_secrets.read(self._key.namespace, secret.name) if secret else None
            look = partial(fetch_git, source.git, folder, credentials, progress=progress)
            fetch = partial(self._fitting, folder, look)
            return await self._remotes.fetch(_server(source.git.url), pace, fetch)
        if source.s3 is not None:
            look = partial(fetch_s3, self._clients, wish.region, source.s3, folder, progress=progress)
            fetch = partial(self._fitting, folder, look)
            return await self._remotes.fetch(f"S3 in {wish.region}", pace, fetch)
        text = source.inline if isinstance(source, FileSource) else None
        return await self._in_a_thread(fetch_inline, text or "", folder)

    async def _put_together(
        self, sources: Mapping[_Place, Source], found: Mapping[_Place, Fetched], wish: Wish
    ) -> Gathered:
        dags = [(_called(sources[place]), fetched) for place, fetched in found.items() if place.member == _DAGS]
        merged = dag_files(wish.folder, dags)
        files = {
            place.member: await self._one_file(place, sources[place], fetched)
            for place, fetched in found.items()
            if place.member != _DAGS
        }
        apart(merged, wish.keys, files)
        return Gathered(
            dags=merged if dags else None,
            revisions=tuple(fetched.revision for _, fetched in dags),
            files=files,
            keys=wish.keys,
            revision_of={place.member: fetched.revision for place, fetched in found.items() if place.member != _DAGS},
        )

    async def _one_file(self, place: _Place, source: Source, fetched: Fetched) -> SourceFile:
        """The file that a source is, or the archive that its folder is made into."""
        only = next(iter(fetched.files.values())) if len(fetched.files) == 1 else None
        if only is not None and (place.member != PLUGINS or _is_archive(source, only)):
            return only
        content = digest(fetched.files)
        if self._archives.get(place, ("",))[0] != content:
            archive = await self._in_a_thread(self._zipped, fetched, self._folder / f"{place.folder}.zip")
            self._archives[place] = (content, archive)
        return self._archives[place][1]

    def _zipped(self, fetched: Fetched, to: Path) -> SourceFile:
        """In a thread. The one before is there until this one is whole."""
        with self._room.for_more(to) as fits:
            fits(sum(file.size for file in fetched.files.values()))
            return zipped(fetched.files, to)

    def _clear(self, gone: Iterable[str]) -> None:
        """In a thread: remove what sources have left that the spec does not name any more. Each release of a CI may name another one."""
        for name in gone:
            shutil.rmtree(self._folder / name, ignore_errors=True)
            (self._folder / f"{name}.zip").unlink(missing_ok=True)
            self._room.left(self._folder / name)
            self._room.left(self._folder / f"{name}.zip")

    def _fitting(self, folder: Path, fetch: Callable[[Fits], Fetched]) -> Fetched:
        """In a thread: fetch as far as there is room."""
        with self._room.for_more(folder) as fits:
            return fetch(fits)

    def _interval(self, source: Source) -> float | None:
        """How often a source is looked at, in our seconds; None: whenever there is a reason to look at any."""
        polled = source.git or source.s3
        return polled.interval_seconds / self._scale if polled is not None else None

    async def _in_a_thread(self, call: Callable[[*_Ts], _Result], *arguments: *_Ts) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call, *arguments)


def _sources(wish: Wish) -> Mapping[_Place, Source]:
    dags = [(_DAGS, source) for source in wish.artifacts.dags or ()]
    return {
        _Place(member, _folder_of(member, source)): source
        for member, source in [*dags, *versioned_sources(wish.artifacts).items()]
    }


def _folder_of(member: str, source: Source) -> str:
    return hashlib.sha256(f"{member}\0{source.model_dump_json()}".encode()).hexdigest()[:16]


def _server(url: str) -> str:
    """The server that a repository is on: https://host:port/path, ssh://user@host:port/path or user@host:path."""
    scheme, separator, rest = url.partition("://")
    host = (rest if separator else scheme).partition("/")[0].rpartition("@")[2]
    return host if separator else host.partition(":")[0]


def _is_archive(source: Source, file: SourceFile) -> bool:
    """Whether plugins that are one file are an archive already: one that is named as a file of its own, or by its ending."""
    named = (source.config_map is not None and getattr(source.config_map, "key", None)) or (
        source.s3 is not None and getattr(source.s3, "key", None)
    )
    return bool(named) or file.path.endswith(".zip")


def _called(source: Source) -> str:
    """What people call a source."""
    if source.config_map is not None:
        return f"the ConfigMap {source.config_map.name}"
    if source.git is not None:
        return _repository(source.git)
    if source.s3 is not None:
        return f"the bucket {source.s3.bucket}"
    return "the text in the spec"


def _repository(source: GitSource) -> str:
    return f"{source.path} of the repository {source.url}" if source.path else f"the repository {source.url}"
