"""Workers that follow the load, and the metrics that show it, as boto3 reads them."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from botocore.exceptions import ClientError
from mwaa_sandbox.aws.load_client import LoadStep

from .conftest import ACCOUNT, REGION

MINUTE, HOUR, DAY = 60, 3600, 86400
SMALL = {"EnvironmentClass": "mw1.small", "MinWorkers": 1, "MaxWorkers": 5, "WebserverAccessMode": "PUBLIC_ONLY"}
BUSY = """
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("busy"):
    BashOperator(task_id="only", bash_command="sleep 1800")
"""


@pytest.fixture
def cloudwatch(clients):
    return clients("cloudwatch")


@pytest.fixture
def environment(aws, mwaa, clients, name, request_for, prerequisites):
    """One of mw1.small, so with five tasks a worker, and one to five workers; it has one DAG."""
    bucket = prerequisites.bucket_arn.rpartition(":")[2]
    clients("s3").put_object(Bucket=bucket, Key=f"{name}/dags/busy.py", Body=BUSY.encode())
    mwaa.create_environment(**request_for(name, **SMALL, DagS3Path=f"{name}/dags"))
    aws.admin.advance(DAY)
    mwaa.get_environment(Name=name)
    return name


@pytest.fixture
def load(aws, environment):
    def put(*steps, begins_ago=0.0):
        aws.admin.script_load(ACCOUNT, REGION, environment, *steps, begins_ago=begins_ago)

    return put


@pytest.fixture
def fleet(aws, environment):
    return lambda: aws.admin.fleet(ACCOUNT, REGION, environment)


@pytest.fixture
def read(cloudwatch, environment):
    """Read a metric of the last hours: values, oldest first."""

    def values(namespace, metric, stat="Average", *, hours=3.0, period=MINUTE, **dimensions):
        now = time.time()
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=[_query("m", namespace, metric, stat, period, Environment=environment, **dimensions)],
            StartTime=now - hours * HOUR,
            EndTime=now,
            ScanBy="TimestampAscending",
        )
        return answer["MetricDataResults"][0]["Values"]

    return values


def test_workers_follow_the_tasks_up_and_down_again(aws, load, fleet):
    load(LoadStep(tasks=18))
    assert fleet().workers == 1
    aws.admin.advance(5 * MINUTE)
    up = fleet()
    assert (up.workers, up.running_tasks, up.queued_tasks) == (4, 18, 0)
    load(LoadStep(tasks=0))
    aws.admin.advance(1 * MINUTE)
    assert fleet().workers == 4, "workers are kept for a while"
    aws.admin.advance(5 * MINUTE)
    down = fleet()
    assert (down.workers, down.running_tasks) == (1, 0)
    assert [(one.component, one.before, one.after) for one in down.events] == [("workers", 1, 4), ("workers", 4, 1)]


def test_there_are_never_more_workers_than_the_most_and_the_other_tasks_wait(aws, load, fleet):
    load(LoadStep(tasks=40))
    aws.admin.advance(5 * MINUTE)
    found = fleet()
    assert (found.workers, found.running_tasks, found.queued_tasks) == (5, 25, 15)


def test_an_update_of_the_sizes_changes_how_far_workers_go(aws, mwaa, environment, load, fleet):
    load(LoadStep(tasks=100))
    aws.admin.advance(5 * MINUTE)
    mwaa.update_environment(Name=environment, MaxWorkers=8, EnvironmentClass="mw1.medium")
    aws.admin.advance(5 * MINUTE)
    assert (fleet().workers, fleet().queued_tasks) == (5, 75)
    aws.admin.advance(DAY)
    assert (fleet().workers, fleet().running_tasks) == (8, 80)


def test_what_celery_is_told_is_the_number_of_tasks_a_worker_runs(aws, mwaa, environment, load, fleet):
    options = {"celery.worker_autoscale": "2,2", "celery.worker_concurrency": "50"}
    mwaa.update_environment(Name=environment, AirflowConfigurationOptions=options)
    aws.admin.advance(DAY)
    load(LoadStep(tasks=6))
    aws.admin.advance(5 * MINUTE)
    assert fleet().workers == 3


def test_web_servers_are_added_while_many_are_connected(aws, mwaa, environment, load, fleet, read):
    mwaa.update_environment(Name=environment, MinWebservers=2, MaxWebservers=4)
    aws.admin.advance(DAY)
    load(LoadStep(connections=16, seconds=HOUR))
    aws.admin.advance(30 * MINUTE)
    assert fleet().webservers == 4
    assert read("AWS/MWAA", "CPUUtilization", "SampleCount", Cluster="AdditionalWebservers")[-1] == 2
    assert read("AWS/MWAA", "ActiveConnectionCount", "Maximum")[-1] == 16
    aws.admin.advance(HOUR)
    assert fleet().webservers == 2


def test_tasks_of_airflow_are_load_too(aws, mwaa, environment, fleet, read):
    aws.admin.script_runs(ACCOUNT, REGION, environment, task_seconds=1800, count=7)
    mwaa.invoke_rest_api(Name=environment, Path="/dags/busy", Method="PATCH", Body={"is_paused": False})
    for number in range(7):
        body = {"logical_date": None, "dag_run_id": f"run-{number}"}
        mwaa.invoke_rest_api(Name=environment, Path="/dags/busy/dagRuns", Method="POST", Body=body)
    aws.admin.advance(10 * MINUTE)
    assert (fleet().workers, fleet().running_tasks) == (2, 7)
    assert read("AmazonMWAA", "RunningTasks", "Maximum", Function="Executor")[-1] == 7
    assert read("AmazonMWAA", "DagBagSize", "Maximum", Function="DAG Processing")[-1] == 1
    aws.admin.advance(HOUR)
    assert (fleet().workers, fleet().running_tasks) == (1, 0)


def test_metrics_show_the_queue_and_the_workers(aws, load, read):
    load(LoadStep(tasks=40, seconds=2 * HOUR))
    aws.admin.advance(HOUR)
    for namespace, function in (("AmazonMWAA", {"Function": "Executor"}), ("AWS/MWAA", {})):
        assert read(namespace, "RunningTasks", "Maximum", **function)[-1] == 25
        assert read(namespace, "QueuedTasks", "Minimum", **function)[-1] == 15
    assert read("AWS/MWAA", "CPUUtilization", "SampleCount", Cluster="BaseWorker")[-1] == 1
    extra = read("AWS/MWAA", "CPUUtilization", "SampleCount", Cluster="AdditionalWorker")
    assert extra[-1] == 4
    assert 55 <= len(extra) <= 60, "extra workers have no samples while there are none"
    assert read("AWS/MWAA", "ApproximateAgeOfOldestTask", "Maximum")[-1] == pytest.approx(HOUR, abs=2 * MINUTE)
    assert read("AWS/MWAA", "CPUUtilization", DatabaseRole="WRITER")[-1] > 0
    aws.admin.advance(2 * HOUR)
    assert read("AWS/MWAA", "QueuedTasks", "Maximum")[-1] == 0
    assert read("AWS/MWAA", "ApproximateAgeOfOldestTask", "Maximum")[-1] == 0


def test_utilisation_can_be_scripted(load, aws, read):
    load(LoadStep(cpu={"Scheduler": 96.5}, memory={"BaseWorker": 91}))
    aws.admin.advance(30 * MINUTE)
    assert read("AWS/MWAA", "CPUUtilization", Cluster="Scheduler", hours=0.25)[-1] == 96.5
    assert read("AWS/MWAA", "MemoryUtilization", "Maximum", Cluster="BaseWorker", hours=0.25)[-1] == 91


def test_two_weeks_of_the_past_can_be_scripted(load, read, fleet):
    a_day = (LoadStep(tasks=10, seconds=8 * HOUR), LoadStep(tasks=0, seconds=16 * HOUR))
    load(*a_day * 14, LoadStep(), begins_ago=14 * DAY)
    running = read("AmazonMWAA", "RunningTasks", "Average", hours=14 * 24, period=HOUR, Function="Executor")
    assert len(running) in {14 * 24, 14 * 24 + 1}
    assert sum(running) / len(running) == pytest.approx(10 / 3, rel=0.05)
    extra = read("AWS/MWAA", "CPUUtilization", "SampleCount", hours=14 * 24, period=DAY, Cluster="AdditionalWorker")
    assert sum(extra) == pytest.approx(14 * 8 * 60, rel=0.02), "one extra worker, eight hours a day"
    assert len(fleet().events) == 28


def test_the_past_begins_with_the_environment_if_none_was_scripted(read):
    found = read("AmazonMWAA", "SchedulerHeartbeat", "Sum", hours=14 * 24, period=HOUR, Function="Scheduler")
    assert 20 <= len(found) <= 25


def test_dimensions_have_to_be_all_of_a_metric(read):
    assert read("AWS/MWAA", "CPUUtilization") == []
    assert read("AWS/MWAA", "CPUUtilization", Cluster="NoSuch") == []
    assert read("AmazonMWAA", "QueuedTasks") == []


def test_one_call_reads_many_metrics_of_many_namespaces(cloudwatch, environment):
    cloudwatch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "m", "Value": 7.0}])
    now = time.time()
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            _query(
                "tasks", "AmazonMWAA", "RunningTasks", "Average", HOUR, Function="Executor", Environment=environment
            ),
            _query("own", "Own", "m", "Sum", HOUR),
            _query("gone", "AWS/MWAA", "RunningTasks", "Average", HOUR, Environment="no-such-environment"),
        ],
        StartTime=now - HOUR,
        EndTime=now + 5,
    )
    found = {one["Id"]: one["Values"] for one in answer["MetricDataResults"]}
    assert set(found["tasks"]) == {0.0}
    assert found["own"] == [7.0]
    assert found["gone"] == []


def test_pages_of_metric_data_make_a_whole(cloudwatch, environment):
    now = time.time()
    wanted = {
        "MetricDataQueries": [
            _query("a", "AWS/MWAA", "RunningTasks", "Sum", MINUTE, Environment=environment),
            _query("b", "AWS/MWAA", "QueuedTasks", "Sum", MINUTE, Environment=environment),
        ],
        "StartTime": now - HOUR,
        "EndTime": now,
    }
    whole = {one["Id"]: one["Timestamps"] for one in cloudwatch.get_metric_data(**wanted)["MetricDataResults"]}
    paged: dict[str, list[dt.datetime]] = {"a": [], "b": []}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(**wanted, PaginationConfig={"PageSize": 25})
    for page in pages:
        assert sum(len(one["Values"]) for one in page["MetricDataResults"]) <= 25
        for one in page["MetricDataResults"]:
            paged[one["Id"]] += one["Timestamps"]
    assert paged == whole
    assert len(whole["a"]) == 60


def test_metrics_are_listed_with_their_dimensions(cloudwatch, environment, load, aws):
    def listed(**more):
        pages = cloudwatch.get_paginator("list_metrics").paginate(
            Dimensions=[{"Name": "Environment", "Value": environment}], **more
        )
        metrics = [metric for page in pages for metric in page["Metrics"]]
        return {(one["Namespace"], one["MetricName"], _dimensions(one)) for one in metrics}

    quiet = listed()
    assert ("AmazonMWAA", "QueuedTasks", _pairs(Function="Executor", Environment=environment)) in quiet
    assert ("AWS/MWAA", "MemoryUtilization", _pairs(Cluster="BaseWorker", Environment=environment)) in quiet
    assert {namespace for namespace, *_ in listed(Namespace="AWS/MWAA")} == {"AWS/MWAA"}
    extra = ("AWS/MWAA", "CPUUtilization", _pairs(Cluster="AdditionalWorker", Environment=environment))
    assert extra not in quiet, "what has had no sample is not listed"
    load(LoadStep(tasks=20, seconds=HOUR))
    aws.admin.advance(5 * HOUR)
    assert extra in listed(MetricName="CPUUtilization")
    assert extra not in listed(MetricName="CPUUtilization", RecentlyActive="PT3H")


def test_statistics_of_one_metric_are_answered_too(cloudwatch, environment, load, aws):
    load(LoadStep(tasks=12))
    aws.admin.advance(HOUR)
    now = dt.datetime.now(dt.UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/MWAA",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "Environment", "Value": environment}, {"Name": "Cluster", "Value": "AdditionalWorker"}],
        StartTime=now - dt.timedelta(minutes=30),
        EndTime=now,
        Period=300,
        Statistics=["SampleCount", "Average"],
    )["Datapoints"]
    whole = [point for point in points if point["SampleCount"] == 10]
    assert len(whole) >= 5, "two extra workers, five minutes"
    assert {point["Unit"] for point in points} == {"Percent"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"period": 90}, "multiple of 60"),
        ({"stat": "p95"}, "use SampleCount, Sum, Average, Minimum, Maximum"),
        ({"queries": 501}, "size greater than 500"),
        ({"hours": 0}, "EndTime must be greater"),
    ],
)
def test_what_cloudwatch_does_not_take_is_refused(cloudwatch, environment, change, text):
    now = time.time()
    period, stat = change.get("period", MINUTE), change.get("stat", "Sum")
    queries = [
        _query(f"q{number}", "AWS/MWAA", "RunningTasks", stat, period, Environment=environment)
        for number in range(change.get("queries", 1))
    ]
    with pytest.raises(ClientError, match=text) as refused:
        cloudwatch.get_metric_data(
            MetricDataQueries=queries, StartTime=now - change.get("hours", 1) * HOUR, EndTime=now
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_caller_without_permission_reads_no_metrics(aws, environment):
    only_s3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    aws.admin.enforce(f"AKIASBOX{ACCOUNT}", only_s3)
    try:
        client = aws.client("cloudwatch", account=ACCOUNT, region=REGION)
        with pytest.raises(ClientError) as refused:
            client.list_metrics(Namespace="AWS/MWAA")
    finally:
        aws.admin.enforce(None)
    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")
    assert "cloudwatch:ListMetrics" in refused.value.response["Error"]["Message"]


def _query(name, namespace, metric, stat, period, **dimensions):
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": named},
            "Period": period,
            "Stat": stat,
        },
    }


def _dimensions(metric):
    return frozenset((one["Name"], one["Value"]) for one in metric["Dimensions"])


def _pairs(**dimensions):
    return frozenset(dimensions.items())
