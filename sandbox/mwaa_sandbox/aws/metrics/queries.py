"""What is asked of one metric, read from a request and answered from a history. Pure, but for the metrics themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws.metrics.catalogue import AIRFLOW, INFRASTRUCTURE
from mwaa_sandbox.aws.metrics.series import SAMPLE_SECONDS, STATISTICS, Series, by_period
from mwaa_sandbox.aws.metrics.wire import Refusal

NAMESPACES = frozenset({AIRFLOW, INFRASTRUCTURE})

_DAY = 86400.0
_KEPT = ((3600, 455 * _DAY), (300, 63 * _DAY), (SAMPLE_SECONDS, 15 * _DAY))
"""How long CloudWatch keeps points of a length (GetMetricStatistics, API reference)."""


@dataclass(frozen=True)
class Query:
    """One statistic of one metric over a stretch of the caller's clock."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistics: tuple[str, ...]
    period: int
    begin: float
    end: float
    unit: str | None = None


Points = list[tuple[int, dict[str, float]]]
"""Beginnings of periods on the caller's clock, oldest first, and the statistics asked for."""


def dimensions_of(members: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((str(one["Name"]), str(one["Value"])) for one in members.get("Dimensions") or ())


def query_of(
    metric: Mapping[str, Any],
    *,
    statistics: tuple[str, ...],
    period: Any,
    begin: dt.datetime,
    end: dt.datetime,
    unit: str | None,
) -> Query:
    """Read what is asked.

    Raises:
        Refusal: as CloudWatch refuses periods and times that cannot be; and statistics that are not simulated.
    """
    unknown = [one for one in statistics if one not in STATISTICS]
    if unknown:
        raise Refusal(
            "ValidationError", f"The simulated CloudWatch has no {unknown[0]} of MWAA: use {', '.join(STATISTICS)}."
        )
    if int(period) <= 0 or int(period) % SAMPLE_SECONDS:
        raise Refusal("ValidationError", "The value for parameter Period must be a multiple of 60.")
    if begin >= end:
        raise Refusal("ValidationError", "The parameter EndTime must be greater than StartTime.")
    return Query(
        namespace=str(metric["Namespace"]),
        name=str(metric["MetricName"]),
        dimensions=dimensions_of(metric),
        statistics=statistics,
        period=int(period),
        begin=_epoch(begin),
        end=_epoch(end),
        unit=unit,
    )


def answered(query: Query, series: Series, *, now: float, shift: float) -> Points:
    """Return what a metric shows. `now` is on the caller's clock, which is `shift` ahead of AWS-time; nobody sees what is to come."""
    kept = next(seconds for length, seconds in _KEPT if query.period >= length)
    periods = by_period(
        series, begin=max(query.begin, now - kept), end=min(query.end, now), period=query.period, shift=shift
    )
    return [
        (beginning, {name: STATISTICS[name](found) for name in query.statistics})
        for beginning, found in sorted(periods.items())
    ]


def _epoch(moment: dt.datetime) -> float:
    """Moto's times are in UTC and do not say so."""
    return moment.replace(tzinfo=dt.UTC).timestamp()
