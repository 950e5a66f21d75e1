"""The running process, put together: what is started in which order, and how it ends."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import kopf
from kubernetes.aio.config import ConfigException

from mwaa_operator import __version__
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.accompaniment import companions_of
from mwaa_operator.controller.artifacts.assembly import Code
from mwaa_operator.controller.connection import api_client, login, login_for_any_depth
from mwaa_operator.controller.dag_runs.service import DagRuns, kind_appears
from mwaa_operator.controller.diagnosis import Diagnosis
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.handlers import empty_registry, registry_for
from mwaa_operator.controller.http import HttpServer
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.leadership import lead
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.object_versions import Kind, object_versions
from mwaa_operator.controller.object_watches import ObjectWatches
from mwaa_operator.controller.objects import Objects
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.reconciler import Reconciler
from mwaa_operator.controller.row import Row
from mwaa_operator.controller.secret_options import SecretOptions
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import Turns
from mwaa_operator.controller.watching import Watching
from mwaa_operator.controller.workers import Workers
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.resources.environment import EnvironmentResource
from mwaa_operator.resources.preflight.gather import looks
from mwaa_operator.resources.row import PARTS

log = logging.getLogger(__name__)

GRACE_SECONDS = 3.0
"""How long passes that are under way may go on after SIGTERM. What is cut off then is taken up again by the next process."""

QUIET_SECONDS = 60.0
"""For how long the same event about the same object is not sent again."""

THREADS_PER_WORKER = 16
"""Threads for calls to AWS: started when needed, and most of them never are, for only those of passes that hang are beside the workers'."""

CRD_LOOK_SECONDS = 1.0
"""Between two looks for the CRD, where the operator was installed before it."""

RUNS_AGAIN_SECONDS = 30.0
"""Before MwaaDagRuns are watched again, where they could not be."""

LAST_WORDS_SECONDS = 1.0
"""How long events may still be sent then."""


class WatchingEndedError(RuntimeError):
    """kopf has ended by itself, which it has logged: without it nothing is seen any more, so the process ends too."""


class Process:
    """One operator process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store()
        self._queue: WorkQueue[Key] = WorkQueue()
        self._metrics = Metrics(self._store, self._queue)
        self._dag_runs = DagRuns(self._metrics, self._store)
        self._stop = asyncio.Event()
        self._connected = asyncio.Event()
        self._standing_by = False
        self._working = False

    async def run(self) -> int:
        """Run until told to stop; gives the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        server = HttpServer(
            registry=self._metrics.registry,
            longest_wait=lambda: max(self._queue.oldest_wait(), self._dag_runs.queue.oldest_wait()),
            ready=lambda: self._connected.is_set() or self._standing_by,
        )
        port = await server.start(self._settings.http_host, self._settings.http_port)
        log.info("mwaa-operator %s", __version__, extra={"httpPort": port})
        try:
            api = await api_client(connections=self._settings.workers + 4)
        except ConfigException as error:
            log.error("no way to the Kubernetes API: %s. Set KUBECONFIG, or run in a pod", error)  # noqa: TRY400
            return 1
        try:
            return await self._lead_or_work(Kubernetes(api), api)
        except (KubernetesError, WatchingEndedError) as error:
            log.error("cannot go on, ending: %s", error)  # noqa: TRY400 - the message says it all
            return 1
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
        stopped.cancel()
        if not self._working:
            # Standing by: nothing is under way that would have to end first.
            leading.cancel()
        try:
            return 0 if await leading else 1
        except asyncio.CancelledError:
            return 0

    async def _kind_is_there(self, kubernetes: Kubernetes) -> bool:
        """Wait for the CRD, for kopf looks for it only once. Tells whether it came before the process was told to stop."""
        told = False
        while not await kubernetes.serves_kind():
            if not told:
                log.warning("the CRD of MwaaEnvironments is not installed yet: waiting for it")
                told = True
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), CRD_LOOK_SECONDS)
                return False
        return True

    async def _work(self, kubernetes: Kubernetes) -> None:
        self._working = True
        settings = self._settings
        if not await self._kind_is_there(kubernetes):
            return
        key = FingerprintKey(await kubernetes.fingerprint_key(settings.namespace))
        cluster = settings.cluster_name or await kubernetes.cluster_uid()
        executor = ThreadPoolExecutor(max_workers=THREADS_PER_WORKER * settings.workers, thread_name_prefix="aws")
        # Passes that hang hold a connection each, beside those of the workers: see `turns`. So do those over runs of DAGs.
        clients = Clients(connections=5 * settings.workers, observer=self._metrics.aws_call)
        resource = EnvironmentResource(clients)
        preflight = Preflight(clients, looks(), scale=settings.time_scale)
        turns = Turns(
            self._queue,
            lane_of=lambda key: resource.region(_region_of(self._store.get(key))),
            count=settings.workers,
            scale=settings.time_scale,
        )
        randomness = random.Random()  # noqa: S311 - spreads tries and looks
        events = EventRecorder(
            kubernetes,
            clock=time.monotonic,
            quiet_seconds=QUIET_SECONDS / settings.time_scale,
            instance=socket.gethostname(),
        )
        # A watch holds its connection: those that passes wait for are others.
        watch_api = await api_client(connections=0)
        secret_watches = ObjectWatches(
            Kind.SECRET,
            partial(object_versions, watch_api, Kind.SECRET),
            changed=self._queue.add,
            time_scale=settings.time_scale,
            randomness=randomness,
        )
        code = Code(
            clients=clients,
            kubernetes=kubernetes,
            watch_api=watch_api,
            told=self._queue.add,
            settings=settings,
            randomness=randomness,
        )
        airflows = Airflows(clients, scale=settings.time_scale)
        companions = companions_of(
            settings,
            clients=clients,
            airflows=airflows,
            kick=self._queue.add,
            executor=executor,
            randomness=randomness,
        )
        reconciler = Reconciler(
            store=self._store,
            objects=Objects(self._store, kubernetes, events),
            secret_options=SecretOptions(kubernetes, secret_watches),
            resource=resource,
            row=Row(clients, PARTS, scale=settings.time_scale, clock=time.monotonic),
            artifacts=code.artifacts,
            preflight=preflight,
            diagnosis=Diagnosis(clients, preflight),
            companions=companions,
            events=events,
            pacing=Pacing(
                scale=settings.time_scale,
                resync_seconds=settings.resync_seconds,
                clock=time.monotonic,
                hurry=self._queue.add_after,
                randomness=randomness,
            ),
            turns=turns,
            executor=executor,
            key=key,
            cluster=cluster,
            time_scale=settings.time_scale,
            randomness=randomness,
        )
        workers = Workers(
            self._queue,
            reconciler.reconcile,
            self._metrics,
            turns=turns,
            count=settings.workers,
            randomness=randomness,
        )
        self._dag_runs.assemble(
            kubernetes=kubernetes,
            airflows=airflows,
            region=clients.region,
            events=events,
            cluster=cluster,
            settings=settings,
            randomness=randomness,
        )
        loop = asyncio.get_running_loop()
        registry = registry_for(self._store, self._queue, login=login, loop=loop, told=self._dag_runs.environment_seen)
        watching = self._watching(registry, connected=self._connected.set)
        watching.start()
        self._metrics.working.set(1)
        tasks = [
            asyncio.create_task(workers.run(), name="workers"),
            asyncio.create_task(self._dag_runs.run(), name="dag runs"),
            asyncio.create_task(companions.run(), name="companions"),
            asyncio.create_task(events.run(), name="events"),
            asyncio.create_task(watching.failed.wait(), name="watching"),
            asyncio.create_task(self._watch_dag_runs(kubernetes, loop), name="watching dag runs"),
            asyncio.create_task(self._stop.wait(), name="stop"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await asyncio.gather(workers.stop(GRACE_SECONDS), self._dag_runs.stop(GRACE_SECONDS))
            await code.stop()
            await secret_watches.stop()
            await watch_api.close()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(events.sent(), LAST_WORDS_SECONDS)
            executor.shutdown(wait=False, cancel_futures=True)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result
        if not self._stop.is_set():
            raise WatchingEndedError("kopf has stopped watching")

    def _watching(self, registry: kopf.OperatorRegistry, *, connected: Callable[[], None]) -> Watching:
        return Watching(registry, namespaces=self._settings.watch_namespaces, connected=connected)

    async def _watch_dag_runs(self, kubernetes: Kubernetes, loop: asyncio.AbstractEventLoop) -> None:
        """By a kopf of its own, begun anew whenever it ends: one that may not watch a kind ends with all that it watches, and an older
        role or a CRD that is missing is no reason to leave environments alone.
        """
        while True:
            await kind_appears(kubernetes)
            registry = empty_registry(login=login_for_any_depth)
            self._dag_runs.register(registry, loop=loop)
            watching = self._watching(registry, connected=lambda: log.info("watching MwaaDagRuns"))
            watching.start()
            await watching.failed.wait()
            log.error(
                "MwaaDagRuns cannot be watched, and are not looked after until they can: the log says why. Roles and CRDs of the version "
                "that runs may be missing. Environments are looked after; this is tried again"
            )
            await asyncio.sleep(RUNS_AGAIN_SECONDS / self._settings.time_scale)


def _region_of(body: Mapping[str, Any] | None) -> str | None:
    region = (body or {}).get("spec", {}).get("region")
    return None if region is None else str(region)
