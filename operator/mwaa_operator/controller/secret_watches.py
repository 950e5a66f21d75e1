"""Which Secrets are watched, and which objects are told when one changes.

One watch for each Secret that an object takes options from, and only while one does: watching more would need more permissions
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
"""In place of a version: the Secret is there, or not, but an object could not read it."""

_MOST_WATCHES = 500
"""Each is a connection, a third of a megabyte with asyncio's buffer for TLS. Further Secrets are found changed by passes only."""

_REFUSED_SECONDS = 300.0
"""How long after a refusal watching is tried again, in AWS's time like every resync."""

_LASTING_SECONDS = 30.0
"""A watch that lasts as long as this was a good one: those before it do not count as failures any more."""

_FAILURES_WORTH_A_WARNING = 5

Versions = Callable[[str, str], AsyncGenerator[str | None]]
"""The versions of a Secret, by its namespace and name: see `secret_versions`."""


@dataclass(frozen=True, order=True)
class _Secret:
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class SecretWatches:
    """Calls `changed` for each object that takes options from a Secret of which there is another version than it has read."""

    def __init__(
        self, versions: Versions, *, changed: Callable[[Key], None], time_scale: float, randomness: random.Random
    ) -> None:
        self._versions = versions
        self._changed = changed
        self._scale = time_scale
        self._random = randomness
        self._read: dict[Key, Mapping[str, str | None]] = {}
        self._followers: dict[_Secret, set[Key]] = {}
        self._watches: dict[_Secret, asyncio.Task[None]] = {}
        self._seen: dict[_Secret, str | None] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._full = False
        self._stopped = False

    def __len__(self) -> int:
        """How many Secrets are watched."""
        return len(self._watches)

    def follow(self, key: Key, read: Mapping[str, str | None]) -> None:
        """Take note of which version of which Secrets (by name) an object has just read: None if there was none, or UNREAD.

        It replaces what was said before; nothing read means nothing to follow.
        """
        before = self._read.pop(key, {})
        if read:
            self._read[key] = dict(read)
        for name in before.keys() - read.keys():
            self._leave(_Secret(key.namespace, name), key)
        for name, version in read.items():
            secret = _Secret(key.namespace, name)
            self._followers.setdefault(secret, set()).add(key)
            self._watch(secret)
            # A newcomer may have read before what the others have been told since. Once only: a watch may also lag behind reading.
            if name not in before and self._seen.get(secret, version) != version:
                self._changed(key)

    async def stop(self) -> None:
        """End all watches, and begin no more."""
        self._stopped = True
        ending = {*self._watches.values(), *self._ending}
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _leave(self, secret: _Secret, key: Key) -> None:
        followers = self._followers[secret]
        followers.discard(key)
        if followers:
            return
        del self._followers[secret]
        self._seen.pop(secret, None)
        if task := self._watches.pop(secret, None):
            self._ending.add(task)
            task.cancel()

    def _watch(self, secret: _Secret) -> None:
        if secret in self._watches or self._stopped:
            return
        if len(self._watches) >= _MOST_WATCHES:
            if not self._full:
                log.warning("more than %d Secrets: changes of the others are only seen at the next look", _MOST_WATCHES)
            self._full = True
            return
        task = asyncio.create_task(self._keep_watching(secret), name=f"secret {secret}")
        self._watches[secret] = task
        task.add_done_callback(lambda ended: self._ended(secret, ended))

    def _ended(self, secret: _Secret, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._watches.get(secret) is task:
            del self._watches[secret]
        if not task.cancelled() and (error := task.exception()):
            # A bug. The next pass of a follower begins anew; until then its own looks find what changes.
            log.error("watching a Secret failed", extra={"secret": str(secret)}, exc_info=error)

    async def _keep_watching(self, secret: _Secret) -> None:
        """Watch until cancelled, again whenever a watch ends."""
        time = asyncio.get_running_loop().time
        failures, refused = 0, False
        while True:
            began = time()
            problem = None
            try:
                async with aclosing(self._versions(secret.namespace, secret.name)) as versions:
                    async for version in versions:
                        self._tell(secret, version)
            except KubernetesError as error:
                problem = error
            if problem is not None and problem.status == 403:
                if not refused:
                    log.warning("a change of a Secret is only seen at the next look: %s", problem)
                refused = True
                wait = _REFUSED_SECONDS / self._scale
            else:
                lasted = time() - began >= _LASTING_SECONDS
                failures, refused = (0, False) if lasted else (failures + 1, refused)
                wait = failure_backoff(failures, most=60)
                if failures == _FAILURES_WORTH_A_WARNING:
                    log.warning("a Secret cannot be watched: %s", problem or f"the watch of {secret} ends at once")
            await asyncio.sleep(jittered(wait, random=self._random.random()))

    def _tell(self, secret: _Secret, version: str | None) -> None:
        if secret not in self._followers:
            return
        self._seen[secret] = version
        for key in self._followers[secret]:
            if self._read[key][secret.name] != version:
                self._changed(key)
