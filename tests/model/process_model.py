"""One operator process: its store, queue, workers, pacing, events and reconciler as they are, between two replaced edges."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import TYPE_CHECKING, Any

from mwaa_operator.controller.artifacts.artifacts import Artifacts
from mwaa_operator.controller.companions import Companions
from mwaa_operator.controller.diagnosis import Diagnosis
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.handlers import registry_for
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.object_versions import Kind
from mwaa_operator.controller.object_watches import ObjectWatches
from mwaa_operator.controller.objects import Objects
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.controller.process import QUIET_SECONDS
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.reconciler import Reconciler
from mwaa_operator.controller.row import Row
from mwaa_operator.controller.secret_options import SecretOptions
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import Turns
from mwaa_operator.controller.workers import Workers
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.resources.environment import EnvironmentResource

from .death import Fate
from .edges import Clients, KubernetesEdge
from .journal import CURRENT, Pass
from .truth import CLUSTER
from .virtual_time import VirtualExecutor

if TYPE_CHECKING:
    from .world import World

WORKERS = 4
RESYNC_SECONDS = 1800.0
"""Longer than the default, because a sequence waits through many of them."""


def no_artifacts() -> Artifacts:
    """What keeps the code of objects: the model's name none, so it is never asked for anything."""
    nobody: Any = None
    return Artifacts(
        clients=nobody,
        config_maps=nobody,
        git_secrets=nobody,
        verify=nobody,
        failures=nobody,
        told=nobody,
        rest_seconds=nobody,
        scale=1.0,
        most_bytes=0,
    )


class OperatorModel:
    """Starts with an empty memory, as a process does, and can die at any of its calls."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.fate = Fate()
        self.passes = 0
        self._store = Store()
        self._queue: WorkQueue[Key] = WorkQueue()
        self._lagging: deque[tuple[str | None, dict[str, Any]]] = deque()
        loop = world.loop
        kubernetes: Any = KubernetesEdge(world, self.fate)
        clients: Any = Clients(world, self.fate)
        self._events = EventRecorder(kubernetes, clock=loop.time, quiet_seconds=QUIET_SECONDS)
        self._secret_watches = ObjectWatches(
            Kind.SECRET,
            kubernetes.secret_versions,
            changed=self._queue.add,
            time_scale=1.0,
            randomness=random.Random(world.seed),
        )
        preflight = Preflight(clients, {})
        turns = Turns(self._queue, lane_of=lambda _: CLUSTER, count=WORKERS)
        self._reconciler = Reconciler(
            store=self._store,
            objects=Objects(self._store, kubernetes, self._events),
            secret_options=SecretOptions(kubernetes, self._secret_watches),
            resource=EnvironmentResource(clients),
            row=Row(clients, (), scale=1.0, clock=loop.time),
            artifacts=no_artifacts(),
            preflight=preflight,
            diagnosis=Diagnosis(clients, preflight),
            companions=Companions(),
            events=self._events,
            pacing=Pacing(
                scale=1.0,
                resync_seconds=RESYNC_SECONDS,
                clock=loop.time,
                hurry=self._queue.add_after,
                randomness=random.Random(world.seed),
            ),
            turns=turns,
            executor=VirtualExecutor(loop, seconds=lambda: world.aws_seconds, alive=lambda: not self.fate.dead),
            key=FingerprintKey(b"0123456789abcdef"),
            cluster=CLUSTER,
            time_scale=1.0,
            randomness=random.Random(world.seed),
            now=loop.moment,
        )
        workers = Workers(
            self._queue,
            self._reconcile,
            Metrics(self._store, self._queue),
            turns=turns,
            count=WORKERS,
            randomness=random.Random(world.seed),
        )
        registry = registry_for(self._store, self._queue, login=lambda: None, loop=loop)
        (handler,) = registry._watching.get_all_handlers()
        self._seen: Any = handler.fn
        world.api.watchers.append(self._watch)
        for body in world.api.objects.values():
            self._watch(None, world.api.get(Key(body["metadata"]["namespace"], body["metadata"]["name"])) or {})
        self._tasks = [loop.create_task(workers.run()), loop.create_task(self._events.run())]
        self._workers = workers

    def stop(self) -> None:
        """The process ends here and now: no last words, nothing remembered."""
        self.fate.dead = True
        self._world.api.watchers.remove(self._watch)
        self._lagging.clear()
        tasks = [*self._tasks, *self._workers._busy]
        for task in tasks:
            task.cancel()
        self._world.loop.now_do(asyncio.gather(*tasks, self._secret_watches.stop(), return_exceptions=True))
        if self._queue._timer is not None:
            self._queue._timer.cancel()

    async def _reconcile(self, key: Key) -> float | None:
        self.passes += 1
        body = self._store.get(key)
        CURRENT.set(Pass(key, dict(body)) if body is not None else None)
        return await self._reconciler.reconcile(key)

    def _watch(self, kind: str | None, body: dict[str, Any]) -> None:
        self._lagging.append((kind, body))
        self._world.loop.call_later(self._world.watch_lag, self._deliver)

    def _deliver(self) -> None:
        if self.fate.dead or not self._lagging:
            return
        kind, body = self._lagging.popleft()
        self._world.loop.create_task(self._seen(event={"type": kind, "object": body}))
