"""One simulated AWS with a real Airflow of each major version in it, which all tests here share: they take long to start."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import http.client
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from botocore.exceptions import ClientError
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws

from .files import DAG, PLUGIN, STARTUP_SCRIPT

VERSIONS = {2: "2.11.2", 3: "3.3.1"}
PATIENCE = 240.0
TO_INSTALL = 900.0
"""Seconds: nothing needs nearly as many, but a machine that has never had this Airflow, and much else to do."""

LOGS = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
MAX_WORKERS = 3
OPTIONS = {
    "celery.worker_autoscale": "1,1",  # so that a few tasks take several workers
    "core.default_timezone": "Europe/Dublin",
    "core.load_examples": "True",
    "mwaa.triggerer_enabled": "False",
}
REQUIREMENT = "iniconfig==2.1.0"  # small, and needs nothing itself


@pytest.fixture
def _no_fault_is_left():
    """The simulator of the other tests is not needed here."""


@pytest.fixture
def _callers_are_outside_again():
    """The same."""


@dataclass
class Environment:
    """An environment whose Airflow is real."""

    aws: SimulatedAws
    made: Prerequisites
    name: str
    major: int

    @functools.cached_property
    def mwaa(self) -> Any:
        return self.aws.client("mwaa")

    def put(self, key: str, content: bytes) -> str:
        """Put an object below the environment's own prefix and return its version."""
        bucket = self.made.bucket_arn.rpartition(":")[2]
        answered = self.aws.client("s3").put_object(Bucket=bucket, Key=f"{self.name}/{key}", Body=content)
        return str(answered["VersionId"])

    def remove(self, key: str) -> None:
        bucket = self.made.bucket_arn.rpartition(":")[2]
        self.aws.client("s3").delete_object(Bucket=bucket, Key=f"{self.name}/{key}")

    def create(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("from_plugins.py", PLUGIN)
        files = {
            "Requirements": ("requirements.txt", REQUIREMENT.encode()),
            "Plugins": ("plugins.zip", archive.getvalue()),
            "StartupScript": ("startup.sh", STARTUP_SCRIPT.encode()),
        }
        members: dict[str, Any] = {}
        for file, (key, content) in files.items():
            members[f"{file}S3Path"] = f"{self.name}/{key}"
            members[f"{file}S3ObjectVersion"] = self.put(key, content)
        self.put("dags/etl.py", DAG.encode())
        self.mwaa.create_environment(
            Name=self.name,
            AirflowVersion=VERSIONS[self.major],
            ExecutionRoleArn=self.made.role_arn,
            SourceBucketArn=self.made.bucket_arn,
            DagS3Path=f"{self.name}/dags",
            NetworkConfiguration={
                "SubnetIds": list(self.made.subnet_ids),
                "SecurityGroupIds": list(self.made.security_group_ids),
            },
            WebserverAccessMode="PUBLIC_ONLY",
            MaxWorkers=MAX_WORKERS,
            AirflowConfigurationOptions=OPTIONS,
            LoggingConfiguration={module: {"Enabled": True, "LogLevel": "INFO"} for module in LOGS},
            **members,
        )

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        answered = self.mwaa.invoke_rest_api(Name=self.name, Path=path, Method=method, Body=body or {})
        return answered["RestApiResponse"]

    def is_up(self) -> bool:
        try:
            return bool(self.rest("GET", "/version"))
        except ClientError:
            return False

    def web(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Any, bytes]:
        parts = urlsplit(self.aws.endpoint)
        host = self.mwaa.get_environment(Name=self.name)["Environment"]["WebserverUrl"]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body.encode(), headers={"Host": host, **named})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def cookie(self) -> str:
        token = self.mwaa.create_web_login_token(Name=self.name)["WebToken"]
        path = "/aws_mwaa/login" if self.major == 2 else "/pluginsv2/aws_mwaa/login"
        form = urlencode({"token": token})
        status, headers, _ = self.web("POST", path, form, Content_Type="application/x-www-form-urlencoded")
        assert status == 200
        return str(headers["Set-Cookie"]).partition(";")[0]

    def cli(self, command: str) -> tuple[int, str]:
        token = self.mwaa.create_cli_token(Name=self.name)["CliToken"]
        status, _, body = self.web(
            "POST", "/aws_mwaa/cli", command, Authorization=f"Bearer {token}", Content_Type="text/plain"
        )
        return status, base64.b64decode(json.loads(body)["stdout"]).decode() if status == 200 else ""

    def metric(self, name: str, statistic: str, *, minutes: float, **dimensions: str) -> list[float]:
        """Return what CloudWatch has of a metric of each of the last minutes of AWS-time, the newest first."""
        wanted = {"Environment": self.name, **dimensions}
        metric = {
            "Namespace": "AWS/MWAA" if "Cluster" in dimensions else "AmazonMWAA",
            "MetricName": name,
            "Dimensions": [{"Name": one, "Value": value} for one, value in wanted.items()],
        }
        now = dt.datetime.now(dt.UTC)
        [result] = self.aws.client("cloudwatch").get_metric_data(
            StartTime=now - dt.timedelta(minutes=minutes),
            EndTime=now,
            MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}],
        )["MetricDataResults"]
        return list(result["Values"])

    def log(self, group: str, prefix: str = "") -> str:
        """Return what is in the streams of a group whose names start so."""
        logs, name = self.aws.client("logs"), f"airflow-{self.name}-{group}"
        streams = logs.describe_log_streams(logGroupName=name)["logStreams"]
        return "\n".join(
            event["message"]
            for stream in streams
            if stream["logStreamName"].startswith(prefix)
            for event in logs.get_log_events(
                logGroupName=name, logStreamName=stream["logStreamName"], startFromHead=True
            )["events"]
        )


def eventually(what: str, probe: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Return what the probe returns as soon as that is true. An Airflow that does not answer in time is not there yet."""
    deadline = time.monotonic() + seconds
    while not (found := _or_not_yet(probe)):
        assert time.monotonic() < deadline, f"it did not come to this: {what}"
        time.sleep(0.5)
    return found


def _or_not_yet(probe: Callable[[], Any]) -> Any:
    try:
        return probe()
    except ClientError as error:
        if error.response["Error"]["Code"] != "RestApiServerException":
            raise
        return None


@pytest.fixture(scope="module")
def environments():
    """An environment of each major version, with code, and with its Airflow running."""
    with SimulatedAws.start(time_scale=600, airflow=True) as aws:
        made = make_prerequisites(aws.client, name="real", bucket="airflow-real", role_name="airflow")
        running = {major: Environment(aws, made, f"real{major}", major) for major in VERSIONS}
        for environment in running.values():
            environment.create()
        for environment in running.values():
            eventually("an Airflow that answers", environment.is_up, seconds=TO_INSTALL)
        yield running


@pytest.fixture(params=[2, 3], ids=["airflow2", "airflow3"])
def environment(environments, request):
    return environments[request.param]
