"""kopf in a thread of its own.

kopf takes the loop it runs in for its own: it replaces the signal handlers, and when it stops it waits for every task of the loop, ours
included. In its own thread it only watches, and ends with the process.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

import kopf

from mwaa_operator.controller.handlers import kopf_settings

log = logging.getLogger(__name__)


class Watching:
    """Watches from `start` on. `failed` is set, on the loop that made this, if kopf ends by itself."""

    def __init__(
        self, registry: kopf.OperatorRegistry, *, namespaces: tuple[str, ...], connected: Callable[[], None]
    ) -> None:
        self.failed = asyncio.Event()
        self._registry = registry
        self._namespaces = namespaces
        self._connected = connected
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="kopf", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            asyncio.run(self._watch())
        except Exception:
            log.exception("watching has failed")
        finally:
            # The loop is closed where the process is ending anyway.
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self.failed.set)

    async def _watch(self) -> None:
        ready = asyncio.Event()
        telling = asyncio.create_task(self._tell(ready))
        await kopf.operator(
            registry=self._registry,
            settings=kopf_settings(),
            standalone=True,
            clusterwide=not self._namespaces,
            namespaces=self._namespaces,
            ready_flag=ready,
        )
        telling.cancel()

    async def _tell(self, ready: asyncio.Event) -> None:
        await ready.wait()
        self._loop.call_soon_threadsafe(self._connected)
