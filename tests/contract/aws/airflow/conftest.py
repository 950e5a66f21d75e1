"""Environments with an Airflow, asked by the operator's own client; their time passes sixty times as fast as ours."""

from __future__ import annotations

import dataclasses
import random
import secrets
from typing import Any

import pytest
from mwaa_operator.aws.airflow_api import AirflowApi
from mwaa_operator.aws.airflow_session import ENDPOINT_VARIABLE
from mwaa_operator.aws.call_rate import CallRate
from mwaa_operator.aws.sessions import Clients
from mwaa_sandbox.aws.accounts import access_key_of
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.pytest_plugin import SimulatedAccount

REGION, SCALE, BUCKET = "eu-west-1", 60.0, "airflow-of-the-api"
VERSIONS = {2: "2.11.2", 3: "3.3.1"}
ETL = """
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("{dag_id}", schedule=None) as dag:
    BashOperator(task_id="only", bash_command="true")
"""


@dataclasses.dataclass
class Inhabited:
    """An AVAILABLE environment, and the operator's way to its Airflow."""

    aws: Any
    name: str
    api: AirflowApi
    clients: Clients

    @property
    def where(self):
        return self.aws.account, REGION, self.name

    def put(self, file: str, source: str) -> None:
        key = f"{self.name}/dags/{file}"
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=source.encode())

    def calls(self, operation: str) -> int:
        return len(self.aws.admin.calls(account=self.aws.account, operation=operation))

    def web_calls(self) -> list[str]:
        return [call.operation for call in self.aws.admin.calls(service="webserver", environment=self.name)]

    def allow(self, *actions: str) -> None:
        """Let the operator do this, and nothing else."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        key = access_key_of(self.aws.account)
        self.aws.admin.enforce(key, {"Version": "2012-10-17", "Statement": [statement]} if actions else [_NOTHING])


_NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "airflow:*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def home(simulated_aws_server):
    """The account that all tests here share, with what environments stand on, which takes a while to make."""
    account = SimulatedAccount(simulated_aws_server, f"{random.randrange(10**11, 10**12)}")
    return account, make_prerequisites(account.client, name="shared", bucket=BUCKET, role_name="airflow")


@pytest.fixture
def inhabit(home, monkeypatch):
    """Make an AVAILABLE environment of a major version, with the DAG `etl` in its folder and no other."""
    account, made = home
    for name, value in {**account.environment(), ENDPOINT_VARIABLE: account.endpoint}.items():
        monkeypatch.setenv(name, value)
    clients = Clients(connections=4)

    def make(major: int, **members: Any) -> Inhabited:
        name = f"e{secrets.token_hex(4)}"
        api = AirflowApi(clients, region=REGION, environment=name, version=VERSIONS[major], rate=CallRate(scale=SCALE))
        inhabited = Inhabited(account, name, api, clients)
        inhabited.put("etl.py", ETL.format(dag_id="etl"))
        account.client("mwaa").create_environment(
            **{
                "Name": name,
                "AirflowVersion": VERSIONS[major],
                "ExecutionRoleArn": made.role_arn,
                "SourceBucketArn": made.bucket_arn,
                "DagS3Path": f"{name}/dags",
                "NetworkConfiguration": {
                    "SubnetIds": list(made.subnet_ids),
                    "SecurityGroupIds": list(made.security_group_ids),
                },
                "WebserverAccessMode": "PUBLIC_ONLY",
                **members,
            }
        )
        account.admin.patch_environment(account.account, REGION, name, Status="AVAILABLE")
        return inhabited

    yield make
    account.admin.set_callers_in_vpc(False)
    account.admin.enforce(access_key_of(account.account))
    account.admin.reset(account=account.account)


@pytest.fixture(params=[2, 3], ids=["airflow2", "airflow3"])
def inhabited(inhabit, request):
    return inhabit(request.param)
