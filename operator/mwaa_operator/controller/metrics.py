"""Prometheus metrics. Names follow its conventions: base units, `_total` for counters; no label can hold a value of the user's options."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mwaa_operator import __version__
from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.controller.metrics_beside import Beside, of_each
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key, Store


class Metrics:
    """All metrics of one process, in a registry of their own."""

    def __init__(self, store: Store, queue: WorkQueue[Key]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Gauge(
            "mwaa_operator_build_info", "The version that runs, as a label.", ["version"], registry=self.registry
        ).labels(__version__).set(1)
        self.working = Gauge(
            "mwaa_operator_working",
            "1 for the replica that looks after the objects, 0 for those that stand by.",
            registry=self.registry,
        )
        self.passes = Counter(
            "mwaa_operator_reconcile_passes",
            "Passes over objects, by how they ended.",
            ["result"],
            registry=self.registry,
        )
        begin_at_zero(self.passes, ("done", "again", "error"))
        self.pass_seconds = Histogram(
            "mwaa_operator_reconcile_pass_duration_seconds",
            "How long a pass took, AWS's answers included.",
            buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
            registry=self.registry,
        )
        self.aws_calls = Counter(
            "mwaa_operator_aws_calls",
            "Calls to AWS, by operation and outcome (ok, or AWS's error code).",
            ["service", "operation", "outcome"],
            registry=self.registry,
        )
        self.aws_seconds = Histogram(
            "mwaa_operator_aws_call_duration_seconds",
            "How long AWS took to answer, boto3's own retries included.",
            ["service", "operation"],
            buckets=(0.03, 0.1, 0.3, 1, 3, 10, 30),
            registry=self.registry,
        )
        self.registry.register(_State(store, queue))

    def aws_call(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """Count a call. Called from any thread."""
        self.aws_calls.labels(service, operation, outcome).inc()
        self.aws_seconds.labels(service, operation).observe(seconds)


class _State(Collector):
    """What can be read off the store and the queue when somebody asks."""

    def __init__(self, store: Store, queue: WorkQueue[Key]) -> None:
        self._store = store
        self._queue = queue

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        yield gauge("mwaa_operator_queue_depth", "Objects that are due and wait for a worker.", len(self._queue))
        yield gauge(
            "mwaa_operator_queue_oldest_wait_seconds", "How long the first of them waits.", self._queue.oldest_wait()
        )
        beside = Beside()
        ready = of_each("ready", "Whether an environment is Ready.")
        synced = of_each("synced", "Whether AWS runs the current spec.")
        stalled = of_each(
            "stalled", "1 where nothing goes on until somebody acts, and why; absent elsewhere.", "reason"
        )
        code = of_each("code_delivered", "Whether the bucket holds what `artifacts` names; absent without any.")
        statuses: Tally[str] = Tally()
        for key, body in self._store:
            status = body.get("status") or {}
            found = {entry["type"]: entry for entry in status.get("conditions", ())}
            conditions = {kind: entry["status"] for kind, entry in found.items()}
            of = [key.namespace, key.name]
            ready.add_metric(of, float(conditions.get(ConditionType.READY) == "True"))
            synced.add_metric(of, float(conditions.get(ConditionType.SYNCED) == "True"))
            if conditions.get(ConditionType.STALLED) == "True":
                stalled.add_metric([*of, str(found[ConditionType.STALLED]["reason"])], 1.0)
            if ConditionType.ARTIFACTS_READY in conditions:
                code.add_metric(of, float(conditions[ConditionType.ARTIFACTS_READY] == "True"))
            beside.add(key, status, conditions)
            statuses[(status.get("environment") or {}).get("status", "NONE")] += 1
        yield from (ready, synced, stalled, code)
        yield from beside.families
        yield counted("mwaa_environments", "Environments, by AWS's status.", "status", statuses)


def begin_at_zero(counter: Counter, words: Iterable[str]) -> None:
    """Have a counter by words show each at once: Prometheus' `increase` does not see the first of what comes out of nothing."""
    for word in words:
        counter.labels(word)


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    """A metric that is one number."""
    family = GaugeMetricFamily(name, help_text)
    family.add_metric([], value)
    return family


def counted(name: str, help_text: str, label: str, numbers: Mapping[str, int]) -> GaugeMetricFamily:
    """How many there are of each of some words, which are the values of the label."""
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for word, count in numbers.items():
        family.add_metric([word], count)
    return family
