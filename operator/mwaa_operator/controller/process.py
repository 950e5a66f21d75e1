"""The running process, put together: what is started in which order, and how it ends."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import kopf

from mwaa_operator import __version__
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.connection import api_client, login
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.handlers import kopf_settings, registry_for
from mwaa_operator.controller.http import HttpServer
from mwaa_operator.controller.kubernetes import Kubernetes
from mwaa_operator.controller.leadership import lead
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.reconciler import Reconciler
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.workers import Workers
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.resources.environment import EnvironmentResource

log = logging.getLogger(__name__)

GRACE_SECONDS = 3.0
"""How long passes that are under way may go on after SIGTERM. What is cut off then is taken up again by the next process."""


class Process:
    """One operator process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store()
        self._queue: WorkQueue[Key] = WorkQueue()
        self._metrics = Metrics(self._store, self._queue)
        self._stop = asyncio.Event()
        self._connected = asyncio.Event()
        self._standing_by = False

    async def run(self) -> int:
        """Run until told to stop; gives the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        server = HttpServer(
            registry=self._metrics.registry,
            longest_wait=self._queue.oldest_wait,
            ready=lambda: self._connected.is_set() or self._standing_by,
        )
        port = await server.start(self._settings.http_host, self._settings.http_port)
        log.info("mwaa-operator %s", __version__, extra={"httpPort": port})
        api = await api_client(connections=self._settings.workers + 4)
        try:
            return await self._lead_or_work(Kubernetes(api), api)
        finally:
            await api.close()
            await server.close()

    async def _lead_or_work(self, kubernetes: Kubernetes, api: object) -> int:
        async def work() -> None:
            await self._work(kubernetes)

        if not self._settings.leader_election:
            await work()
            return 0
        self._standing_by = True
        identity = f"{socket.gethostname()}-{os.getpid()}"
        leading = asyncio.create_task(lead(api, namespace=self._settings.namespace, identity=identity, work=work))
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({leading, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not leading.done() and not self._connected.is_set():
            leading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return 0 if await leading else 1
        return 0

    async def _work(self, kubernetes: Kubernetes) -> None:
        settings = self._settings
        key = FingerprintKey(await kubernetes.fingerprint_key(settings.namespace))
        cluster = settings.cluster_name or await kubernetes.cluster_uid()
        pacing = Pacing(
            scale=settings.time_scale,
            resync_seconds=settings.resync_seconds,
            clock=time.monotonic,
            hurry=self._queue.add_after,
            randomness=random.Random(),  # noqa: S311 - spreads polls
        )
        executor = ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="aws")
        reconciler = Reconciler(
            store=self._store,
            kubernetes=kubernetes,
            resource=EnvironmentResource(Clients(connections=settings.workers, observer=self._metrics.aws_call)),
            events=EventRecorder(kubernetes, clock=time.monotonic, instance=socket.gethostname()),
            pacing=pacing,
            executor=executor,
            key=key,
            cluster=cluster,
            time_scale=settings.time_scale,
        )
        workers = Workers(self._queue, reconciler.reconcile, self._metrics, count=settings.workers)
        watching = asyncio.create_task(self._watch(), name="watch")
        working = asyncio.create_task(workers.run(), name="workers")
        try:
            await asyncio.wait({watching, working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stop.set()
            await workers.stop(GRACE_SECONDS)
            executor.shutdown(wait=False, cancel_futures=True)
            for task in (watching, working):
                task.cancel()
            for result in await asyncio.gather(watching, working, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result

    async def _watch(self) -> None:
        await kopf.operator(
            registry=registry_for(self._store, self._queue, login=login),
            settings=kopf_settings(),
            standalone=True,
            clusterwide=not self._settings.watch_namespaces,
            namespaces=self._settings.watch_namespaces,
            stop_flag=self._stop,
            ready_flag=self._connected,
        )
