"""All that looks after MwaaDagRuns, put together."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kopf

from mwaa_operator.api.names import DAG_RUN_PLURAL
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.controller.dag_runs.environments import Environments
from mwaa_operator.controller.dag_runs.followed import Followed
from mwaa_operator.controller.dag_runs.metrics import DagRunMetrics
from mwaa_operator.controller.dag_runs.objects import DagRunObjects
from mwaa_operator.controller.dag_runs.reconciler import DagRunReconciler
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.handlers import watch
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.store import Key, Store, key_of
from mwaa_operator.controller.turns import Turns
from mwaa_operator.controller.workers import Workers
from mwaa_operator.resources.dag_run import DagRunResource

log = logging.getLogger(__name__)

KIND_LOOK_SECONDS = 5.0
"""Between two looks for the kind, where its CRD is not installed: environments are looked after without it."""
THREADS_PER_WORKER = 4


class DagRuns:
    """Watches are registered by `register`; `assemble` comes before `run`."""

    def __init__(self, metrics: Metrics, environments: Store) -> None:
        self.queue: WorkQueue[Key] = WorkQueue()
        self._store = Store()
        self._environments = environments
        self._passes = metrics
        self._metrics = DagRunMetrics(metrics.registry, self._store, self.queue)
        self._followed = Followed()

    def assemble(
        self,
        *,
        kubernetes: Kubernetes,
        airflows: Airflows,
        region: str | None,
        events: EventRecorder,
        cluster: str,
        settings: Settings,
        randomness: random.Random,
    ) -> None:
        """Make what works."""
        count = max(settings.workers // 2, 2)
        self._executor = ThreadPoolExecutor(max_workers=THREADS_PER_WORKER * count, thread_name_prefix="airflow")
        # All calls to one environment share a rate, so more passes at once would end no sooner, and keep workers from the others.
        share = max(count // 2, 1)
        turns = Turns(self.queue, lane_of=self._home_of, count=count, scale=settings.time_scale, at_once=share)
        reconciler = DagRunReconciler(
            store=self._store,
            environments=Environments(self._environments, kubernetes),
            objects=DagRunObjects(self._store, kubernetes.of(DAG_RUN_PLURAL), events),
            resource=DagRunResource(airflows, region=region),
            followed=self._followed,
            turns=turns,
            executor=self._executor,
            cluster=cluster,
            time_scale=settings.time_scale,
            randomness=randomness,
            finished=self._metrics.finished,
        )
        self._workers = Workers(
            self.queue, reconciler.reconcile, self._passes, turns=turns, count=count, randomness=randomness
        )

    def register(self, registry: kopf.OperatorRegistry, *, loop: asyncio.AbstractEventLoop) -> None:
        """Have kopf watch the kind."""
        watch(registry, DAG_RUN_PLURAL, self._store, self.queue, loop=loop)

    def environment_seen(self, body: Mapping[str, Any]) -> None:
        """There is news of an environment: those who wait for it look again."""
        for run in self._followed.waiting_for(key_of(body)):
            self.queue.add(run)

    async def run(self) -> None:
        """Work until stopped."""
        await self._workers.run()

    async def stop(self, seconds: float) -> None:
        """Take up no more, and give what is under way so long to end."""
        await self._workers.stop(seconds)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _home_of(self, key: Key) -> Key:
        """Runs of one environment share a lane: one that hangs, or is throttled, keeps no other waiting."""
        spec = (self._store.get(key) or {}).get("spec") or {}
        return Key(key.namespace, str((spec.get("environmentRef") or {}).get("name", "")))


async def kind_appears(kubernetes: Kubernetes) -> None:
    """Return once the kind is installed. It may come after the operator has started."""
    runs, told = kubernetes.of(DAG_RUN_PLURAL), False
    while True:
        with contextlib.suppress(KubernetesError):
            if await runs.serves_kind():
                return
            if not told:
                log.warning("the CRD of MwaaDagRuns is not installed: they are looked after once it is")
                told = True
        await asyncio.sleep(KIND_LOOK_SECONDS)
