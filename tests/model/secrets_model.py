"""The Secrets of a namespace, and what each was a moment ago: a pass that has just read one may go by it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator

from mwaa_operator.controller.kubernetes import Secret

from .virtual_time import VirtualLoop


class Secrets:
    """Reads, watches and changes Secrets, and remembers what they were."""

    A_MOMENT = 120.0

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._versions = itertools.count(1)
        self._secrets: dict[tuple[str, str], Secret] = {}
        self._history: dict[tuple[str, str, str], list[tuple[float, str]]] = {}
        self._watches: dict[tuple[str, str], set[asyncio.Queue[str | None]]] = {}

    def set(self, namespace: str, name: str, key: str, value: str | None) -> None:
        """Set a value, or take it away."""
        known = self._secrets.get((namespace, name))
        data = {other: kept for other, kept in (known.data if known else {}).items() if other != key}
        if value is not None:
            data[key] = value.encode()
            self._history.setdefault((namespace, name, key), []).append((self._loop.time(), value))
        self._secrets[namespace, name] = changed = Secret(version=str(next(self._versions)), data=data)
        for watch in self._watches.get((namespace, name), ()):
            watch.put_nowait(changed.version)

    def read(self, namespace: str, name: str) -> Secret | None:
        return self._secrets.get((namespace, name))

    def version(self, namespace: str, name: str) -> str | None:
        found = self.read(namespace, name)
        return found.version if found else None

    async def versions(self, namespace: str, name: str) -> AsyncGenerator[str | None]:
        """Every version from now on."""
        coming: asyncio.Queue[str | None] = asyncio.Queue()
        self._watches.setdefault((namespace, name), set()).add(coming)
        try:
            while True:
                yield await coming.get()
        finally:
            self._watches[namespace, name].discard(coming)

    def now(self, namespace: str, name: str, key: str) -> str | None:
        found = self.read(namespace, name)
        value = found.data.get(key) if found else None
        return value.decode() if value is not None else None

    def lately(self, namespace: str, name: str, key: str) -> frozenset[str]:
        """Every value that a pass of now may have read."""
        history = self._history.get((namespace, name, key), [])
        recent = self._loop.time() - self.A_MOMENT
        values = {value for at, value in history if at >= recent}
        older = [value for at, value in history if at < recent]
        return frozenset(values | set(older[-1:]))
