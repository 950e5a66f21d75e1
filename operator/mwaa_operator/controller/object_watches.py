"""Which Secrets or ConfigMaps are watched, and which objects are told when one changes.

One watch for each that an object takes something from, and only while one does: watching more would need more permissions
than reading. Between passes no value is held, only the version that each object has last read, so nothing is missed between reading and
watching, and nobody is told what it has seen already. Where watching is not allowed, passes find a change when they read anyway.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.schedule import failure_backoff, jittered

log = logging.getLogger(__name__)

UNREAD = "unread"
"""In place of a version: it is there, or not, but an object could not read it."""

_MOST_WATCHES = 500
"""Each is a connection, a third of a megabyte with asyncio's buffer for TLS. Changes of further ones are found by passes only."""

_REFUSED_SECONDS = 300.0
"""How long after a refusal watching is tried again, in AWS's time like every resync."""

_LASTING_SECONDS = 30.0
"""A watch that lasts as long as this was a good one: those before it do not count as failures any more."""

_FAILURES_WORTH_A_WARNING = 5

Versions = Callable[[str, str], AsyncGenerator[str | None]]
"""The versions of one of the kind, by its namespace and name: see `object_versions`."""


@dataclass(frozen=True, order=True)
class _Watched:
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class ObjectWatches:
    """Watches those of one kind; calls `changed` for each object that takes something from one of which there is another version
    than it has read.
    """

    def __init__(
        self,
        kind: str,
        versions: Versions,
        *,
        changed: Callable[[Key], None],
        time_scale: float,
        randomness: random.Random,
    ) -> None:
        self._kind = kind
        self._versions = versions
        self._changed = changed
        self._scale = time_scale
        self._random = randomness
        self._read: dict[Key, Mapping[str, str | None]] = {}
        self._followers: dict[_Watched, set[Key]] = {}
        self._watches: dict[_Watched, asyncio.Task[None]] = {}
        self._seen: dict[_Watched, str | None] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._full = False
        self._stopped = False

    def __len__(self) -> int:
        """How many are watched."""
        return len(self._watches)

    def follow(self, key: Key, read: Mapping[str, str | None]) -> None:
        """Take note of which version of which Secrets or ConfigMaps (by name) an object has just read: None if there was none, or UNREAD.

        It replaces what was said before; nothing read means nothing to follow.
        """
        before = self._read.pop(key, {})
        if read:
            self._read[key] = dict(read)
        for name in before.keys() - read.keys():
            self._leave(_Watched(key.namespace, name), key)
        for name, version in read.items():
            watched = _Watched(key.namespace, name)
            self._followers.setdefault(watched, set()).add(key)
            self._watch(watched)
            # A newcomer may have read before what the others have been told since. Once only: a watch may also lag behind reading.
            if name not in before and self._seen.get(watched, version) != version:
                self._changed(key)

    async def stop(self) -> None:
        """End all watches, and begin no more."""
        self._stopped = True
        ending = {*self._watches.values(), *self._ending}
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _leave(self, watched: _Watched, key: Key) -> None:
        followers = self._followers[watched]
        followers.discard(key)
        if followers:
            return
        del self._followers[watched]
        self._seen.pop(watched, None)
        if task := self._watches.pop(watched, None):
            self._ending.add(task)
            task.cancel()

    def _watch(self, watched: _Watched) -> None:
        if watched in self._watches or self._stopped:
            return
        if len(self._watches) >= _MOST_WATCHES:
            if not self._full:
                log.warning(
                    "more than %d %ss: changes of the others are only seen at the next look", _MOST_WATCHES, self._kind
                )
            self._full = True
            return
        task = asyncio.create_task(self._keep_watching(watched), name=f"{self._kind} {watched}")
        self._watches[watched] = task
        task.add_done_callback(lambda ended: self._ended(watched, ended))

    def _ended(self, watched: _Watched, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._watches.get(watched) is task:
            del self._watches[watched]
        if not task.cancelled() and (error := task.exception()):
            # A bug. The next pass of a follower begins anew; until then its own looks find what changes.
            log.error("watching a %s failed", self._kind, extra={"watched": str(watched)}, exc_info=error)

    async def _keep_watching(self, watched: _Watched) -> None:
        """Watch until cancelled, again whenever a watch ends."""
        time = asyncio.get_running_loop().time
        failures, refused = 0, False
        while True:
            began = time()
            problem = None
            try:
                async with aclosing(self._versions(watched.namespace, watched.name)) as versions:
                    async for version in versions:
                        self._tell(watched, version)
            except KubernetesError as error:
                problem = error
            if problem is not None and problem.status == 403:
                if not refused:
                    log.warning("a change of a %s is only seen at the next look: %s", self._kind, problem)
                refused = True
                wait = _REFUSED_SECONDS / self._scale
            else:
                lasted = time() - began >= _LASTING_SECONDS
                failures, refused = (0, False) if lasted else (failures + 1, refused)
                wait = failure_backoff(failures, most=60)
                if failures == _FAILURES_WORTH_A_WARNING:
                    log.warning(
                        "a %s cannot be watched: %s", self._kind, problem or f"the watch of {watched} ends at once"
                    )
            await asyncio.sleep(jittered(wait, random=self._random.random()))

    def _tell(self, watched: _Watched, version: str | None) -> None:
        if watched not in self._followers:
            return
        self._seen[watched] = version
        for key in self._followers[watched]:
            if self._read[key][watched.name] != version:
                self._changed(key)
