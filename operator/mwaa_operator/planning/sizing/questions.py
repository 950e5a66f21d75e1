"""What is asked of CloudWatch about an environment (mwaa-behaviour.md §8, names, dimensions and how workers are counted).

Asked in two rhythms, since each metric that is asked for has its price: the queue and the workers of the last day often, CPU and memory
of two weeks seldom.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)
LATELY = DAY
"""As far back as is looked for tasks that had to wait: longer than the night in which most DAGs run."""
LATELY_PERIOD = 300
LONG = timedelta(days=14)
LONG_PERIOD = 3600
BUSY = timedelta(days=7)
"""Over so much time the mean of CPU and memory is taken."""

RUNNING, QUEUED, WORKERS = "running", "queued", "additional-workers"
DATABASE = "Database"
CLUSTERS = ("Scheduler", "BaseWorker", "AdditionalWorker", "WebServer")
Points = Sequence[tuple[datetime, float]]
Series = Mapping[str, Points]
"""Points of time and values by the name of the question, the oldest first."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One statistic of one metric of one environment. `label` names it in the answer."""

    label: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    period: int
    reach: timedelta


def lately(environment: str) -> Iterator[Question]:
    """Tasks and workers of the last day, in periods of five minutes."""
    executor = {"Function": "Executor", "Environment": environment}
    for label, metric in ((RUNNING, "RunningTasks"), (QUEUED, "QueuedTasks")):
        yield Question(
            label=label,
            namespace="AmazonMWAA",
            metric=metric,
            dimensions=executor,
            statistic="Average",
            period=LATELY_PERIOD,
            reach=LATELY,
        )
    yield _additional_workers(environment, LATELY_PERIOD, LATELY)


def over_weeks(environment: str) -> Iterator[Question]:
    """CPU and memory of a week and workers of two, in periods of an hour."""
    yield _additional_workers(environment, LONG_PERIOD, LONG)
    for cluster in CLUSTERS:
        for metric in ("CPUUtilization", "MemoryUtilization"):
            yield _mean(environment, cluster, metric, {"Cluster": cluster})
    yield _mean(environment, DATABASE, "CPUUtilization", {"DatabaseRole": "WRITER"})


def label_of(part: str, metric: str) -> str:
    """The label of the mean of a part's CPUUtilization or MemoryUtilization."""
    return f"{part}/{metric}"


def _mean(environment: str, part: str, metric: str, dimension: Mapping[str, str]) -> Question:
    return Question(
        label=label_of(part, metric),
        namespace="AWS/MWAA",
        metric=metric,
        dimensions={"Environment": environment, **dimension},
        statistic="Average",
        period=LONG_PERIOD,
        reach=BUSY,
    )


def _additional_workers(environment: str, period: int, reach: timedelta) -> Question:
    """Each worker sends one sample a minute: the number of samples of one minute is that of the workers."""
    return Question(
        label=WORKERS,
        namespace="AWS/MWAA",
        metric="CPUUtilization",
        dimensions={"Environment": environment, "Cluster": "AdditionalWorker"},
        statistic="SampleCount",
        period=period,
        reach=reach,
    )
