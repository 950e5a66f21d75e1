"""Metrics of many environments with few calls, from CloudWatch as the sandbox plays it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.aws import metrics
from mwaa_operator.planning.companion import Accompanied
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.sizing.load import load_of, weeks_of
from mwaa_operator.planning.sizing.questions import QUEUED, lately, over_weeks
from mwaa_sandbox.aws.accounts import access_key_of
from mwaa_sandbox.aws.load_client import LoadStep
from mwaa_sandbox.aws.prerequisites import make_prerequisites

REGION = "eu-west-1"
HOUR = 3600.0


def now():
    return datetime.now(UTC)


@pytest.fixture
def cloudwatch(clients):
    return clients.client("cloudwatch", REGION)


@pytest.fixture
def environments(in_account):
    """Make AVAILABLE environments of one to five workers, with a load that has lasted for some hours."""
    made = make_prerequisites(in_account.client, name="m", bucket=f"airflow-{in_account.account}", role_name="airflow")

    def make(count, *steps):
        names = [f"m{secrets.token_hex(3)}" for _ in range(count)]
        for name in names:
            in_account.client("mwaa").create_environment(
                Name=name,
                ExecutionRoleArn=made.role_arn,
                SourceBucketArn=made.bucket_arn,
                DagS3Path="dags",
                EnvironmentClass="mw1.small",
                MinWorkers=1,
                MaxWorkers=5,
                NetworkConfiguration={
                    "SubnetIds": list(made.subnet_ids),
                    "SecurityGroupIds": list(made.security_group_ids),
                },
            )
            in_account.admin.patch_environment(in_account.account, REGION, name, Status="AVAILABLE")
            in_account.admin.script_load(in_account.account, REGION, name, *steps, begins_ago=6 * HOUR)
        return names

    return make


def calls(account):
    return len(account.admin.calls(account=account.account, operation="GetMetricData"))


def test_one_call_tells_the_load_of_many_environments(cloudwatch, environments, in_account):
    busy, *others = environments(3, LoadStep(tasks=100))
    in_account.admin.script_load(in_account.account, REGION, others[0], LoadStep(tasks=0), begins_ago=6 * HOUR)
    found = metrics.series(cloudwatch, {name: list(lately(name)) for name in (busy, *others)}, now=now())
    assert calls(in_account) == 1
    weeks = metrics.series(cloudwatch, {busy: list(over_weeks(busy))}, now=now())
    about = Accompanied(
        environment=busy,
        region=REGION,
        version="3.3.1",
        environment_class="mw1.small",
        min_workers=1,
        max_workers=5,
        schedulers=2,
    )
    load = load_of(about, found[busy], weeks_of(weeks[busy]))
    assert (load.running, load.queued, load.workers) == (25, 75, 5)
    assert load.waited_minutes > 5 * 60
    assert load.extra_workers_used
    assert {"Scheduler", "BaseWorker", "AdditionalWorker", "WebServer", "Database"} <= load.usage.keys()
    assert found[others[0]][QUEUED][-1][1] == 0


def test_periods_that_are_not_over_and_points_that_are_too_old_are_left_out(cloudwatch, environments):
    [name] = environments(1, LoadStep(tasks=3))
    moment = now()
    found = metrics.series(cloudwatch, {name: list(lately(name))}, now=moment)[name]
    times = [at for points in found.values() for at, _ in points]
    assert max(times) <= moment - timedelta(minutes=5)
    assert all(list(points) == sorted(points) for points in found.values())


def test_more_than_one_call_takes_is_asked_in_several(cloudwatch, environments, in_account):
    [name] = environments(1, LoadStep(tasks=100))
    fleet = {f"none-{number}": list(lately(f"none-{number}")) for number in range(200)}
    found = metrics.series(cloudwatch, {**fleet, name: list(lately(name))}, now=now())
    assert 2 <= calls(in_account) <= 3
    assert found[name][QUEUED][-1][1] == 75
    assert all(found[other] == {} for other in fleet)


def test_pages_of_one_answer_are_put_together(cloudwatch, environments, in_account, monkeypatch):
    [name] = environments(1, LoadStep(tasks=100))
    asked = {name: list(lately(name))}
    whole = metrics.series(cloudwatch, asked, now=now())[name]
    before = calls(in_account)
    few = cloudwatch.meta.events
    few.register("provide-client-params.cloudwatch.GetMetricData", lambda params, **_: {**params, "MaxDatapoints": 100})
    paged = metrics.series(cloudwatch, asked, now=now())[name]
    assert calls(in_account) > before + 1
    assert {label: len(points) for label, points in paged.items()} == {
        label: pytest.approx(len(points), abs=1) for label, points in whole.items()
    }


def test_a_refusal_names_the_action(cloudwatch, in_account):
    statement = {"Effect": "Allow", "Action": "airflow:*", "Resource": "*"}
    key = access_key_of(in_account.account)
    in_account.admin.enforce(key, {"Version": "2012-10-17", "Statement": [statement]})
    try:
        with pytest.raises(AwsError) as caught:
            metrics.series(cloudwatch, {"env": list(lately("env"))}, now=now())
    finally:
        in_account.admin.enforce(key)
    assert (caught.value.kind, caught.value.action) == (FailureKind.DENIED, "cloudwatch:GetMetricData")
