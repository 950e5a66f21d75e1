"""The workers between the queue and the reconciler."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.schedule import failure_backoff

log = logging.getLogger(__name__)


class Workers:
    """Takes keys, has passes made, and plans the next ones. A pass that fails is made again later, alone among its peers."""

    _LONGEST_BACKOFF = 60.0

    def __init__(
        self,
        queue: WorkQueue[Key],
        reconcile: Callable[[Key], Awaitable[float | None]],
        metrics: Metrics,
        *,
        count: int,
    ) -> None:
        self._queue = queue
        self._reconcile = reconcile
        self._metrics = metrics
        self._count = count
        self._failures: dict[Key, int] = {}
        self._stopping = False
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until stopped."""
        slots = asyncio.Semaphore(self._count)
        while not self._stopping:
            await slots.acquire()
            key = await self._queue.take()
            if self._stopping:
                return
            task = asyncio.create_task(self._one(key))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
            task.add_done_callback(lambda _: slots.release())

    async def stop(self, seconds: float) -> None:
        """Take no more keys, and give passes that are under way so long to end."""
        self._stopping = True
        if self._busy:
            await asyncio.wait(self._busy, timeout=seconds)
        for task in self._busy:
            task.cancel()

    async def _one(self, key: Key) -> None:
        started = time.monotonic()
        result = "error"
        try:
            again = await self._reconcile(key)
            self._failures.pop(key, None)
            result = "done" if again is None else "again"
        except KubernetesError as error:
            again = self._backoff(key)
            if error.status not in {404, 409}:
                log.warning("the Kubernetes API: %s", error, extra={"object": str(key), "retrySeconds": again})
        except Exception:
            # The one place that may not die of a bug: the object is tried again, its peers go on, the log has the traceback.
            again = self._backoff(key)
            log.exception("a pass failed", extra={"object": str(key), "retrySeconds": again})
        finally:
            self._queue.done(key)
            self._metrics.passes.labels(result).inc()
            self._metrics.pass_seconds.observe(time.monotonic() - started)
        if again is not None:
            self._queue.add_after(key, again)

    def _backoff(self, key: Key) -> float:
        self._failures[key] = failures = self._failures.get(key, 0) + 1
        return failure_backoff(failures, first=0.2, most=self._LONGEST_BACKOFF)
