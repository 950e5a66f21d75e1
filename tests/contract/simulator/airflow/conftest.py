"""Environments of both majors with DAG files of their own, and the ways into their Airflow."""

from __future__ import annotations

import base64
import dataclasses
import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from .dags import ETL, PUBLIC

A_DAY = 86400.0
VERSIONS = {2: "2.11.2", 3: "3.3.1"}


@dataclasses.dataclass(frozen=True)
class Answered:
    """An answer of a web server."""

    status: int
    headers: Any
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclasses.dataclass
class Inhabited:
    """An AVAILABLE environment with a web server, and what a client does with it."""

    aws: Any
    mwaa: Any
    s3: Any
    name: str
    major: int
    bucket: str

    def put(self, file: str, source: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=f"{self.name}/dags/{file}", Body=source.encode())

    def remove(self, file: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=f"{self.name}/dags/{file}")

    def pass_time(self, seconds: float) -> None:
        """Move AWS-time."""
        self.aws.admin.advance(seconds)

    def rest(self, method: str, path: str, body: Any = None, client: Any = None, **query: Any) -> Any:
        """Call InvokeRestApi as Airflow's amazon provider does, and return what Airflow answered."""
        answered = (client or self.mwaa).invoke_rest_api(
            Name=self.name, Path=path, Method=method, QueryParameters=query, Body=body or {}
        )
        return answered["RestApiResponse"]

    def trigger(self, dag_id: str = "etl", **body: Any) -> Any:
        needed = {} if self.major == 2 else {"logical_date": None}
        return self.rest("POST", f"/dags/{dag_id}/dagRuns", {**needed, **body})

    def unpause(self, dag_id: str = "etl") -> Any:
        return self.rest("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    @property
    def hostname(self) -> str:
        return str(self.mwaa.get_environment(Name=self.name)["Environment"]["WebserverUrl"])

    def web(self, method: str, path: str, body: str = "", host: str | None = None, **headers: str) -> Answered:
        """Ask the web server, by connecting to the simulator and naming the host that AWS gives out."""
        parts = urlsplit(self.aws.endpoint)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body.encode(), headers={"Host": host or self.hostname, **named})
            answer = connection.getresponse()
            return Answered(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    @property
    def login_path(self) -> str:
        return "/aws_mwaa/login" if self.major == 2 else "/pluginsv2/aws_mwaa/login"

    @property
    def api(self) -> str:
        return "/api/v1" if self.major == 2 else "/api/v2"

    def exchange(self, token: str) -> Answered:
        """Exchange a web login token for a session."""
        return self.web(
            "POST", self.login_path, urlencode({"token": token}), Content_Type="application/x-www-form-urlencoded"
        )

    def cookie(self) -> str:
        """Sign in and return the cookie."""
        answered = self.exchange(self.mwaa.create_web_login_token(Name=self.name)["WebToken"])
        assert answered.status == 200
        return str(answered.headers["Set-Cookie"]).partition(";")[0]

    def cli(self, command: str, *, token: str | None = None, content_type: str = "text/plain") -> Answered:
        token = token or self.mwaa.create_cli_token(Name=self.name)["CliToken"]
        return self.web("POST", "/aws_mwaa/cli", command, Authorization=f"Bearer {token}", Content_Type=content_type)

    def output(self, command: str, stream: str = "stdout") -> str:
        return base64.b64decode(self.cli(command).content[stream]).decode()


@pytest.fixture
def inhabit(aws, mwaa, clients, name, request_for, prerequisites):
    """Make an environment of a major version, with `etl.py` in its DAG folder."""

    def make(major: int, **members: Any) -> Inhabited:
        made = Inhabited(aws, mwaa, clients("s3"), name, major, prerequisites.bucket_arn.rpartition(":")[2])
        made.put("etl.py", ETL)
        wanted = {"DagS3Path": f"{name}/dags", "AirflowVersion": VERSIONS[major], **PUBLIC, **members}
        mwaa.create_environment(**request_for(name, **wanted))
        aws.admin.advance(A_DAY)
        return made

    return make


@pytest.fixture(params=[2, 3], ids=["airflow2", "airflow3"])
def inhabited(inhabit, request):
    return inhabit(request.param)


@pytest.fixture(autouse=True)
def _callers_are_outside_again(aws):
    yield
    aws.admin.set_callers_in_vpc(False)
    aws.admin.set_token_seconds(60)
    aws.admin.enforce(None)
