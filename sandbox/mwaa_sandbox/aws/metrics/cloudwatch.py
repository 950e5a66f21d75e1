"""GetMetricData, GetMetricStatistics and ListMetrics, answered in moto's place where they are about MWAA.

moto keeps each sample as an object and looks at all of them for each point that it returns, which two weeks of one environment bring to
minutes. What is asked of other namespaces is still moto's: in the same call, too.

Time stamps are on the caller's clock and as long ago as the moment is in AWS-time: whoever asks for the last three hours, in periods of
five minutes, gets the last three hours of AWS-time, however fast that passes.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.fleet.fleets import Fleets
from mwaa_sandbox.aws.metrics.environments import OfAccount
from mwaa_sandbox.aws.metrics.paging import LIST_PAGE, page_of, paged_results
from mwaa_sandbox.aws.metrics.queries import NAMESPACES, answered, query_of
from mwaa_sandbox.aws.metrics.wire import SERVICE, Message, Refusal
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends

_MOST_QUERIES = 500
_MOST_STATISTICS = 1440
_LATELY_SECONDS = 3 * 3600.0
_LISTED_SECONDS = 14 * 86400.0
"""How long ListMetrics shows a metric without new samples (API reference): with RecentlyActive three hours."""

Result = Mapping[str, Any]


class CloudWatchFront:
    """Stands before moto's CloudWatch."""

    def __init__(self, backends: MwaaBackends, fleets: Fleets, moto_lock: threading.RLock) -> None:
        self._backends = backends
        self._fleets = fleets
        self._moto_lock = moto_lock
        self._operations: Mapping[str, Callable[[Call, Result], Result | None]] = {
            "GetMetricData": self._metric_data,
            "GetMetricStatistics": self._metric_statistics,
            "ListMetrics": self._list,
        }

    def answer(self, call: Call, environ: Mapping[str, Any], body: bytes) -> Answer | None:
        """Return an answer, or None if the call is moto's alone. Must not be called under the lock that guards moto."""
        operation = self._operations.get(call.operation) if call.service == SERVICE else None
        if operation is None:
            return None
        message = Message(call.operation, environ, body)
        try:
            found = operation(call, message.members)
        except Refusal as refusal:
            return message.answer(refusal)
        return None if found is None else message.answer(found)

    def _metric_data(self, call: Call, members: Result) -> Result | None:
        asked = members.get("MetricDataQueries") or []
        ours = [one for one in asked if _namespace(one) in NAMESPACES]
        if not ours:
            return None
        if len(asked) > _MOST_QUERIES:
            raise Refusal(
                "ValidationError",
                f"The collection MetricDataQueries must not have a size greater than {_MOST_QUERIES}.",
            )
        if any("MetricStat" not in one for one in asked):
            raise Refusal("ValidationError", "The simulated CloudWatch has no expressions over metrics of MWAA.")
        account = self._account(call)
        results = {one["Id"]: self._result(account, one, members) for one in ours}
        results |= {one["id"]: _result_of_moto(one) for one in self._by_moto(call, asked, members)}
        shown = [results[one["Id"]] for one in asked if one.get("ReturnData", True)]
        page, token = paged_results(shown, limit=members.get("MaxDatapoints"), token=members.get("NextToken"))
        return {"MetricDataResults": page, "NextToken": token, "Messages": []}

    def _result(self, account: OfAccount, asked: Result, members: Result) -> dict[str, Any]:
        stat = asked["MetricStat"]
        query = query_of(
            stat["Metric"],
            statistics=(str(stat["Stat"]),),
            period=stat["Period"],
            begin=members["StartTime"],
            end=members["EndTime"],
            unit=stat.get("Unit"),
        )
        points = answered(query, account.series(query), now=account.now, shift=account.shift)
        if members.get("ScanBy") != "TimestampAscending":
            points.reverse()
        return {
            "Id": asked["Id"],
            "Label": asked.get("Label") or query.name,
            "Timestamps": [_time(at) for at, _ in points],
            "Values": [values[query.statistics[0]] for _, values in points],
            "StatusCode": "Complete",
        }

    def _by_moto(self, call: Call, asked: Iterable[Result], members: Result) -> list[dict[str, Any]]:
        others = [one for one in asked if _namespace(one) not in NAMESPACES]
        if not others:
            return []
        with self._moto_lock:
            found: list[dict[str, Any]] = get_backend("cloudwatch")[call.account][call.region].get_metric_data(
                others, members["StartTime"], members["EndTime"], members.get("ScanBy") or "TimestampDescending"
            )
        return found

    def _metric_statistics(self, call: Call, members: Result) -> Result | None:
        if members.get("Namespace") not in NAMESPACES:
            return None
        query = query_of(
            members,
            statistics=tuple(members.get("Statistics") or members.get("ExtendedStatistics") or ()),
            period=members["Period"],
            begin=members["StartTime"],
            end=members["EndTime"],
            unit=members.get("Unit"),
        )
        if not query.statistics:
            raise Refusal("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
        if (query.end - query.begin) / query.period > _MOST_STATISTICS:
            raise Refusal(
                "InvalidParameterCombination",
                f"You have requested more than {_MOST_STATISTICS} datapoints: use a longer Period or a shorter time range.",
            )
        account = self._account(call)
        metric = account.metric(query)
        points = answered(query, account.series(query), now=account.now, shift=account.shift)
        unit = "None" if metric is None else metric.unit
        datapoints = [{"Timestamp": _time(at), "Unit": unit, **values} for at, values in points]
        return {"Label": query.name, "Datapoints": datapoints}

    def _list(self, call: Call, members: Result) -> Result | None:
        namespace = members.get("Namespace")
        if namespace is not None and namespace not in NAMESPACES:
            return None
        found = [*self._ours(call, members), *self._metrics_of_moto(call, members)]
        page, token = page_of(found, LIST_PAGE, members.get("NextToken"))
        return {"Metrics": page, "NextToken": token}

    def _ours(self, call: Call, members: Result) -> Iterator[Result]:
        lately = _LATELY_SECONDS if members.get("RecentlyActive") == "PT3H" else _LISTED_SECONDS
        for metric in self._account(call).listed(members, lately):
            dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
            yield {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}

    def _metrics_of_moto(self, call: Call, members: Result) -> list[Result]:
        with self._moto_lock:
            metrics = get_backend("cloudwatch")[call.account][call.region].get_filtered_metrics(
                members.get("MetricName"), members.get("Namespace"), members.get("Dimensions") or []
            )
        return [
            {
                "Namespace": one.namespace,
                "MetricName": one.name,
                "Dimensions": [{"Name": dimension.name, "Value": dimension.value} for dimension in one.dimensions],
            }
            for one in metrics
        ]

    def _account(self, call: Call) -> OfAccount:
        return OfAccount(self._backends, self._fleets, account=call.account, region=call.region)


def _namespace(asked: Result) -> str | None:
    namespace: str | None = asked.get("MetricStat", {}).get("Metric", {}).get("Namespace")
    return namespace


def _time(moment: float) -> dt.datetime:
    """Moto's serialisers take times in UTC that do not say so."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).replace(tzinfo=None)


def _result_of_moto(one: Result) -> dict[str, Any]:
    return {
        "Id": one["id"],
        "Label": one["label"],
        "Timestamps": one["timestamps"],
        "Values": one["values"],
        "StatusCode": "Complete",
    }
