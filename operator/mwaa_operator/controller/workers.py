"""The workers between the queue and the reconciler."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key
from mwaa_operator.controller.turns import PATIENCE_SECONDS, Turns
from mwaa_operator.planning.schedule import failure_backoff, jittered

log = logging.getLogger(__name__)


class Workers:
    """Takes keys, has passes made, and plans the next ones. A pass that fails is made again later, alone among its peers.

    `count` passes are under way at once, beside those that hang: see `turns`.
    """

    _LONGEST_BACKOFF = 60.0

    def __init__(
        self,
        queue: WorkQueue[Key],
        reconcile: Callable[[Key], Awaitable[float | None]],
        metrics: Metrics,
        *,
        turns: Turns,
        count: int,
        randomness: random.Random,
    ) -> None:
        self._queue = queue
        self._reconcile = reconcile
        self._metrics = metrics
        self._turns = turns
        self._free = asyncio.Semaphore(count)
        self._random = randomness
        self._failures: dict[Key, int] = {}
        self._unheard: set[Key] = set()
        """Those that the Kubernetes API did not answer, and that have not come through since."""
        self._stopping = False
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopping:
            await self._free.acquire()
            key = await self._queue.take()
            if self._stopping:
                return
            if not self._turns.begin(key):
                self._queue.done(key)
                self._free.release()
                continue
            task = asyncio.create_task(self._one(key))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def stop(self, seconds: float) -> None:
        """Take no more keys, and give passes that are under way so long to end."""
        self._stopping = True
        if self._busy:
            await asyncio.wait(self._busy, timeout=seconds)
        for task in self._busy:
            task.cancel()

    async def _one(self, key: Key) -> None:
        loop = asyncio.get_running_loop()
        began, worker = loop.time(), _Worker(self._free.release)
        patience = 0.0 if self._turns.is_slow(key) else PATIENCE_SECONDS
        overdue = loop.call_later(patience, self._hangs, key, worker)
        result, again = "error", None
        try:
            again = await self._reconcile(key)
            self._failures.pop(key, None)
            result = "done" if again is None else "again"
            if key in self._unheard:
                self._kubernetes_is_back(key)
        except KubernetesError as error:
            again = self._backoff(key)
            if error.status == 0:
                self._unheard.add(key)
            if error.status not in {404, 409}:
                log.warning("the Kubernetes API: %s", error, extra={"object": str(key), "retrySeconds": again})
        except Exception:
            # The one place that may not die of a bug: the object is tried again, its peers go on, the log has the traceback.
            again = self._backoff(key)
            log.exception("a pass failed", extra={"object": str(key), "retrySeconds": again})
        finally:
            overdue.cancel()
            seconds = loop.time() - began
            self._turns.ended(key, quickly=seconds < PATIENCE_SECONDS)
            self._queue.done(key)
            worker.give_back()
            self._metrics.passes.labels(result).inc()
            self._metrics.pass_seconds.observe(seconds)
        if again is not None:
            self._queue.add_after(key, again)

    def _hangs(self, key: Key, worker: "_Worker") -> None:
        self._turns.hangs(key)
        worker.give_back()

    def _kubernetes_is_back(self, heard: Key) -> None:
        """Have those tried at once that wait for nothing else: after a long outage they would do so for a minute more."""
        waiting, self._unheard = self._unheard - {heard}, set()
        for key in waiting:
            self._queue.add(key)

    def _backoff(self, key: Key) -> float:
        self._failures[key] = failures = self._failures.get(key, 0) + 1
        wait = failure_backoff(failures, first=0.2, most=self._LONGEST_BACKOFF)
        return jittered(wait, random=self._random.random())


class _Worker:
    """Given back once: when the pass hangs, or else when it ends."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release: Callable[[], None] | None = release

    def give_back(self) -> None:
        if self._release is not None:
            self._release()
            self._release = None
