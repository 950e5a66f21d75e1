"""Metrics of runs. No label holds anything of a run's `conf`."""

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from mwaa_operator.api.dag_run_conditions import DagRunConditionType, DagRunReason
from mwaa_operator.controller.metrics import begin_at_zero, counted, gauge
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.dag_run.model import Outcome

_ENDINGS = (
    DagRunReason.SUCCEEDED,
    DagRunReason.RUN_FAILED,
    DagRunReason.DEADLINE_EXCEEDED,
    DagRunReason.DAG_NOT_FOUND,
    DagRunReason.DAG_BROKEN,
    DagRunReason.RUN_REFUSED,
    DagRunReason.RUN_VANISHED,
)
"""The reasons for which a run becomes Complete or Failed."""


class DagRunMetrics:
    """Registers itself."""

    def __init__(self, registry: CollectorRegistry, store: Store, queue: WorkQueue[Key]) -> None:
        self._ended = Counter(
            "mwaa_dag_runs_finished",
            "MwaaDagRuns that became Complete or Failed, by the reason.",
            ["reason"],
            registry=registry,
        )
        begin_at_zero(self._ended, _ENDINGS)
        self._seconds = Histogram(
            "mwaa_dag_run_duration_seconds",
            "How long runs took, from Airflow's own dates.",
            buckets=(10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600),
            registry=registry,
        )
        registry.register(_State(store, queue))

    def finished(self, decided: Outcome) -> None:
        """Count a run that has come to its end."""
        status = decided.status
        final = {DagRunConditionType.COMPLETE, DagRunConditionType.FAILED}
        for condition in status.conditions:
            if condition.type in final:
                self._ended.labels(condition.reason).inc()
        if status.started_at is not None and status.ended_at is not None:
            self._seconds.observe(max((status.ended_at - status.started_at).total_seconds(), 0.0))


class _State(Collector):
    def __init__(self, store: Store, queue: WorkQueue[Key]) -> None:
        self._store = store
        self._queue = queue

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        due = "MwaaDagRuns that are due and wait for a worker."
        yield gauge("mwaa_operator_dag_run_queue_depth", due, len(self._queue))
        states = Tally((body.get("status") or {}).get("state") or "waiting" for _, body in self._store)
        yield counted("mwaa_dag_runs", "MwaaDagRuns, by the state of their run.", "state", states)
