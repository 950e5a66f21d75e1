"""Amazon CloudWatch: metrics of many environments with few calls (API version 2010-08-01)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mwaa_operator.aws.errors import translated
from mwaa_operator.planning.sizing.questions import Question, Series

MOST_QUERIES = 500
MOST_POINTS = 100_800
"""Of one call of GetMetricData (API reference)."""


def series(client: Any, asked: Mapping[str, Sequence[Question]], *, now: datetime) -> dict[str, Series]:
    """The points of all questions of each environment, by its name; in as few calls as it takes. Raises AwsError.

    Ask questions of one rhythm at a time: CloudWatch answers all questions of a call for the longest of their reaches.
    """
    found: dict[str, dict[str, list[tuple[datetime, float]]]] = {name: {} for name in asked}
    questions = [(name, question) for name, several in asked.items() for question in several]
    for batch in _batches(questions):
        for position, points in _answered(client, [question for _, question in batch], now=now).items():
            name, question = batch[position]
            found[name].setdefault(question.label, []).extend(points)
    return {
        name: {label: sorted(points) for label, points in by_label.items() if points}
        for name, by_label in found.items()
    }


def _batches(questions: Sequence[tuple[str, Question]]) -> Iterator[list[tuple[str, Question]]]:
    """As many questions at a time as one call takes, all of which reach as far back as the farthest."""
    batch: list[tuple[str, Question]] = []
    points = 0
    reach = max((question.reach for _, question in questions), default=timedelta())
    for one in questions:
        more = int(reach.total_seconds()) // one[1].period + 1
        if batch and (len(batch) == MOST_QUERIES or points + more > MOST_POINTS):
            yield batch
            batch, points = [], 0
        batch.append(one)
        points += more
    if batch:
        yield batch


def _answered(client: Any, batch: Sequence[Question], *, now: datetime) -> dict[int, list[tuple[datetime, float]]]:
    """The points of a batch by position, without those that are too old for their question and those of periods that are not over."""
    found: dict[int, list[tuple[datetime, float]]] = {}
    token: dict[str, str] = {}
    while True:
        with translated("GetMetricData", service="cloudwatch"):
            answer = client.get_metric_data(
                MetricDataQueries=[_query(position, question) for position, question in enumerate(batch)],
                StartTime=now - max(question.reach for question in batch),
                EndTime=now,
                ScanBy="TimestampAscending",
                **token,
            )
            for result in answer["MetricDataResults"]:
                position = int(result["Id"][1:])
                oldest, newest = now - batch[position].reach, now - timedelta(seconds=batch[position].period)
                points = zip(result["Timestamps"], result["Values"], strict=True)
                found.setdefault(position, []).extend((at, value) for at, value in points if oldest <= at <= newest)
        if not answer.get("NextToken"):
            return found
        token = {"NextToken": str(answer["NextToken"])}


def _query(position: int, question: Question) -> dict[str, Any]:
    return {
        "Id": f"q{position}",
        "MetricStat": {
            "Metric": {
                "Namespace": question.namespace,
                "MetricName": question.metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in question.dimensions.items()],
            },
            "Period": question.period,
            "Stat": question.statistic,
        },
    }
