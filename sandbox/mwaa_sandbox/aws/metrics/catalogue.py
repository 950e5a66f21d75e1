"""The metrics that an environment has: namespaces, names, dimensions and units of mwaa-behaviour.md §8, and what they show.

What follows from the tasks (queue, workers) is exact. CPU, memory and the database are invented: they rise with the load, so that there is
something to look at, and can be scripted. Names of the dimensions are those that AWS's own dashboards use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mwaa_sandbox.airflow.seam import DagCounts
from mwaa_sandbox.aws.fleet.history import History, Moment, web_cpu
from mwaa_sandbox.aws.fleet.timeline import combined
from mwaa_sandbox.aws.metrics.series import Samples, Series

AIRFLOW = "AmazonMWAA"
"""What Airflow itself counts."""

INFRASTRUCTURE = "AWS/MWAA"
"""What AWS counts about containers, queue, database and load balancer."""

_GIBIBYTE = 1024.0**3
_EPHEMERAL_MEGABYTES = 20 * 1024.0


@dataclass(frozen=True)
class Metric:
    """One metric of one environment. `dag_counts` says whether it needs Airflow's DAGs, which cost more to count."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    sampled: Callable[[History], Series]
    of_dags: Callable[[DagCounts], int] | None = None

    def series(self, history: History, dag_counts: Callable[[], DagCounts]) -> Series:
        """Return its samples. The number of DAGs is that of today throughout: nobody remembers another one."""
        if self.of_dags is None:
            return self.sampled(history)
        count = self.of_dags(dag_counts())
        return _each(lambda _: Samples(count))(history)


def metrics_of(environment: str) -> Iterator[Metric]:
    """Yield all metrics of an environment, also those without samples."""
    for name, dimension, unit, value in _OF_AIRFLOW:
        yield Metric(AIRFLOW, name, (dimension, ("Environment", environment)), unit, _each(value))
    for name, count in _OF_DAGS:
        yield Metric(AIRFLOW, name, (_PROCESSING, ("Environment", environment)), "Count", _each(_zero), count)
    for cluster, (containers, cpu, memory) in _CLUSTERS.items():
        dimensions = (("Environment", environment), ("Cluster", cluster))
        for name, unit, reading in _of_containers(cluster, cpu, memory):
            yield Metric(INFRASTRUCTURE, name, dimensions, unit, _each(_times(containers, reading)))
    for role in ("WRITER", "READER"):
        dimensions = (("Environment", environment), ("DatabaseRole", role))
        for name, unit, reading in _OF_DATABASE:
            yield Metric(INFRASTRUCTURE, name, dimensions, unit, _each(_alone(reading)))
    of_environment = (("Environment", environment),)
    yield Metric(INFRASTRUCTURE, "RunningTasks", of_environment, "Count", _each(_running))
    yield Metric(INFRASTRUCTURE, "QueuedTasks", of_environment, "Count", _each(_queued))
    yield Metric(INFRASTRUCTURE, "ApproximateAgeOfOldestTask", of_environment, "Seconds", _age_of_oldest_task)
    yield Metric(INFRASTRUCTURE, "ActiveConnectionCount", of_environment, "Count", _each(_connections))


Reading = Callable[[Moment], float]


def _each(of: Callable[[Moment], Samples | None]) -> Callable[[History], Series]:
    return lambda history: combined(lambda moment: None if moment is None else of(moment), history)


def _times(containers: Callable[[Moment], int], reading: Reading) -> Callable[[Moment], Samples | None]:
    """One sample for each container, so that the number of samples in a minute is that of the containers (§8)."""

    def samples(moment: Moment) -> Samples | None:
        count = containers(moment)
        return Samples(reading(moment), count) if count > 0 else None

    return samples


def _alone(reading: Reading) -> Callable[[Moment], Samples | None]:
    return lambda moment: Samples(reading(moment))


def _running(moment: Moment) -> Samples:
    return Samples(moment.running)


def _queued(moment: Moment) -> Samples:
    return Samples(moment.queued)


def _heartbeats(moment: Moment) -> Samples:
    return Samples(1.0, moment.sizes.schedulers)


def _connections(moment: Moment) -> Samples:
    return Samples(moment.load.connections)


def _zero(_: Moment) -> Samples:
    return Samples(0.0)


def _age_of_oldest_task(history: History) -> Series:
    """The oldest task has waited since tasks began to wait: the sandbox does not know them one by one."""
    changes: list[tuple[float, Samples | None]] = []
    since: float | None = None
    for at, moment in history.changes():
        waiting = moment is not None and moment.queued > 0
        since = (at if since is None else since) if waiting else None
        changes.append((at, None if moment is None else Samples(0.0, since=since)))
    return Series(None, changes)


def _busy(moment: Moment) -> float:
    return moment.running / moment.capacity if moment.capacity else 0.0


def _worker_cpu(moment: Moment) -> float:
    return 4.0 + 70.0 * _busy(moment)


def _worker_memory(moment: Moment) -> float:
    return 30.0 + 40.0 * _busy(moment)


def _scheduler_cpu(moment: Moment) -> float:
    return min(12.0 + 0.2 * moment.wanted, 95.0)


_CLUSTERS: dict[str, tuple[Callable[[Moment], int], Reading, Reading]] = {
    "Scheduler": (lambda moment: moment.sizes.schedulers, _scheduler_cpu, lambda _: 35.0),
    "BaseWorker": (lambda moment: moment.base_workers, _worker_cpu, _worker_memory),
    "AdditionalWorker": (lambda moment: moment.workers - moment.base_workers, _worker_cpu, _worker_memory),
    "WebServer": (lambda moment: moment.base_webservers, lambda moment: web_cpu(moment.load), lambda _: 45.0),
    "AdditionalWebservers": (
        lambda moment: moment.webservers - moment.base_webservers,
        lambda moment: web_cpu(moment.load),
        lambda _: 45.0,
    ),
}
"""By the values of the dimension Cluster: how many containers there are, their CPU and their memory in percent."""


def _of_containers(cluster: str, cpu: Reading, memory: Reading) -> Iterator[tuple[str, str, Reading]]:
    yield "CPUUtilization", "Percent", lambda moment: moment.load.cpu.get(cluster, cpu(moment))
    yield "MemoryUtilization", "Percent", lambda moment: moment.load.memory.get(cluster, memory(moment))
    yield "EphemeralStorageUtilized", "Megabytes", lambda _: 1200.0
    yield "EphemeralStorageReserved", "Megabytes", lambda _: _EPHEMERAL_MEGABYTES
    yield "NetworkTxBytes", "Bytes/Second", lambda moment: 2000.0 + 500.0 * moment.running
    yield "NetworkRxBytes", "Bytes/Second", lambda moment: 4000.0 + 1500.0 * moment.running


_OF_DATABASE: tuple[tuple[str, str, Reading], ...] = (
    ("CPUUtilization", "Percent", lambda moment: min(6.0 + 0.15 * moment.wanted, 95.0)),
    ("FreeableMemory", "Bytes", lambda moment: 0.55 * moment.sizes.database_gibibytes * _GIBIBYTE),
    ("DatabaseConnections", "Count", lambda moment: 12.0 + 4 * moment.workers + moment.running),
    ("DiskQueueDepth", "Count", lambda _: 0.0),
    ("WriteIOPS", "Count/Second", lambda moment: 4.0 + 0.5 * moment.running),
    ("VolumeWriteIOPS", "Count", lambda moment: 300 * (4.0 + 0.5 * moment.running)),
    ("WriteLatency", "Seconds", lambda _: 0.002),
    ("WriteThroughput", "Bytes/Second", lambda moment: 40000.0 + 3000.0 * moment.running),
)

_EXECUTOR = ("Function", "Executor")
_SCHEDULER = ("Function", "Scheduler")
_PROCESSING = ("Function", "DAG Processing")
_CELERY = ("Function", "Celery")
_POOL = ("Pool", "default_pool")
_POOL_SLOTS = 128

_OF_AIRFLOW: tuple[tuple[str, tuple[str, str], str, Callable[[Moment], Samples]], ...] = (
    ("RunningTasks", _EXECUTOR, "Count", _running),
    ("QueuedTasks", _EXECUTOR, "Count", _queued),
    ("OpenSlots", _EXECUTOR, "Count", lambda moment: Samples(moment.capacity - moment.running)),
    ("SchedulerHeartbeat", _SCHEDULER, "Count", _heartbeats),
    ("TasksExecutable", _SCHEDULER, "Count", _queued),
    ("TasksStarving", _SCHEDULER, "Count", _zero),
    ("CriticalSectionDuration", _SCHEDULER, "Milliseconds", lambda moment: Samples(8.0 + 0.1 * moment.wanted)),
    ("SchedulerLoopDuration", _SCHEDULER, "Milliseconds", lambda moment: Samples(90.0 + 0.5 * moment.wanted)),
    ("TotalParseTime", _PROCESSING, "Seconds", lambda _: Samples(1.5)),
    ("ProcessorTimeouts", _PROCESSING, "Count", _zero),
    ("DAGFileRefreshError", _PROCESSING, "Count", _zero),
    ("TriggerHeartbeat", ("Function", "Triggerer"), "Count", _heartbeats),
    ("CeleryWorkerHeartbeat", _CELERY, "Count", lambda moment: Samples(1.0, moment.workers)),
    ("FailedCeleryTaskExecution", _CELERY, "Count", _zero),
    ("TaskTimeoutError", _CELERY, "Count", _zero),
    ("PoolRunningSlots", _POOL, "Count", _running),
    ("PoolQueuedSlots", _POOL, "Count", _queued),
    ("PoolOpenSlots", _POOL, "Count", lambda moment: Samples(max(_POOL_SLOTS - moment.wanted, 0))),
)
"""Name, dimension, unit and samples. How often a heart beats within a minute is invented, and so are the durations."""

_OF_DAGS: tuple[tuple[str, Callable[[DagCounts], int]], ...] = (
    ("DagBagSize", lambda counts: counts.dags),
    ("ImportErrors", lambda counts: counts.import_errors),
)
