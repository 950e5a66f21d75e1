"""The environments of an account in a Region, as far as a call asks for them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_sandbox.aws.fleet.fleets import Fleets
from mwaa_sandbox.aws.fleet.history import History
from mwaa_sandbox.aws.metrics.catalogue import Metric, metrics_of
from mwaa_sandbox.aws.metrics.queries import Query
from mwaa_sandbox.aws.metrics.series import SAMPLE_SECONDS, Series, by_period
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

_NOTHING: Series = Series(None)


class OfAccount:
    """Made for one call: what an environment has been through is worked out once for all that the call asks of it."""

    def __init__(self, backends: MwaaBackends, fleets: Fleets, *, account: str, region: str) -> None:
        clock = backends.simulation.clock
        self._fleets = fleets
        with backends.lock:
            self._environments = {one.name: one for one in backends.of(account, region).present()}
            aws_now, self.now = clock.now(), clock.wall()
        self.shift = self.now - aws_now
        self._histories: dict[str, History] = {}

    def metric(self, query: Query) -> Metric | None:
        """Return the metric that is meant, if there is one. CloudWatch wants all of its dimensions, and no other."""
        name = dict(query.dimensions).get("Environment", "")
        if name not in self._environments:
            return None
        return _known(name).get((query.namespace, query.name, query.dimensions))

    def series(self, query: Query) -> Series:
        """Return a metric's samples; there are none of a metric that does not exist, or in another unit."""
        metric = self.metric(query)
        if metric is None or query.unit not in {None, metric.unit}:
            return _NOTHING
        return self._series(metric, dict(query.dimensions)["Environment"])

    def listed(self, members: Mapping[str, Any], lately: float) -> Iterator[Metric]:
        """Yield the metrics that ListMetrics is asked for and that have had samples in the last so many seconds."""
        for name in sorted(self._environments):
            for metric in metrics_of(name):
                if _fits(metric, members) and self._is_active(metric, name, lately):
                    yield metric

    def _is_active(self, metric: Metric, name: str, lately: float) -> bool:
        begin = self.now - lately
        period = int(lately) + 2 * SAMPLE_SECONDS
        return bool(by_period(self._series(metric, name), begin=begin, end=self.now, period=period, shift=self.shift))

    def _series(self, metric: Metric, name: str) -> Series:
        environment = self._environments[name]
        if name not in self._histories:
            self._histories[name] = self._fleets.history(environment)
        return metric.series(self._histories[name], lambda: self._dag_counts(environment))

    def _dag_counts(self, environment: Environment) -> Any:
        return self._fleets.dag_counts(environment)


@functools.lru_cache(maxsize=256)
def _known(environment: str) -> dict[tuple[str, str, frozenset[tuple[str, str]]], Metric]:
    return {(one.namespace, one.name, frozenset(one.dimensions)): one for one in metrics_of(environment)}


def _fits(metric: Metric, members: Mapping[str, Any]) -> bool:
    if members.get("Namespace") not in {None, metric.namespace} or members.get("MetricName") not in {None, metric.name}:
        return False
    has = dict(metric.dimensions)
    wanted = members.get("Dimensions") or ()
    return all(one["Name"] in has and one.get("Value") in {None, has[one["Name"]]} for one in wanted)
