"""The policy of the example function: all that the function does, and nothing else. tests/e2e/airflow runs the function with it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from mwaa_sandbox.aws.accounts import SECRET_ACCESS_KEY
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import DEFAULT_REGION

POLICY = Path(__file__).parents[3] / "examples" / "lambda" / "policy.json"
NAME, FUNCTION = "started", "start-dag"
GROUP = f"/aws/lambda/{FUNCTION}"
RUN = {"Method": "POST", "Path": "/dags/nonesuch/dagRuns", "Body": {"logical_date": None}}


@pytest.fixture
def holder_of(simulated_aws):
    """Gives clients of somebody who may do what these statements allow, in an account with the environment and the function's log."""
    bucket = f"airflow-{simulated_aws.account}"
    made = make_prerequisites(simulated_aws.client, name=NAME, bucket=bucket, role_name=NAME)
    simulated_aws.admin.script_outcome(
        "create", "success", environment=NAME, account=simulated_aws.account, duration_seconds=0
    )
    simulated_aws.client("mwaa").create_environment(
        Name=NAME,
        AirflowVersion="3.3.1",
        DagS3Path="dags",
        SourceBucketArn=made.bucket_arn,
        ExecutionRoleArn=made.role_arn,
        WebserverAccessMode="PUBLIC_ONLY",
        NetworkConfiguration={"SubnetIds": made.subnet_ids, "SecurityGroupIds": made.security_group_ids},
    )
    for group in (GROUP, f"{GROUP}-of-another"):
        simulated_aws.client("logs").create_log_group(logGroupName=group)
    key = simulated_aws.account  # the second access key of the account: docs/sandbox.md

    def clients(*statements):
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        simulated_aws.admin.enforce(key, document, role_arn=f"arn:aws:iam::{key}:role/{FUNCTION}")
        session = boto3.Session(
            aws_access_key_id=key, aws_secret_access_key=SECRET_ACCESS_KEY, region_name=DEFAULT_REGION
        )
        config = Config(inject_host_prefix=False, proxies={})
        return partial(session.client, endpoint_url=simulated_aws.endpoint, config=config)

    return clients


def refusal(call, **parameters):
    """How AWS refuses a call, or with which status Airflow does."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response.get("RestApiStatusCode") or caught.value.response["Error"]["Code"]


def test_function_may_start_runs_and_write_its_log_and_do_nothing_else(simulated_aws, holder_of):
    text = POLICY.read_text(encoding="utf-8")
    for placeholder, name in {
        "REGION": DEFAULT_REGION,
        "ACCOUNT": simulated_aws.account,
        "ENVIRONMENT": NAME,
        "FUNCTION": FUNCTION,
    }.items():
        text = text.replace(placeholder, name)
    start, log = json.loads(text)["Statement"]
    client = holder_of(start, log)
    mwaa, logs = client("mwaa"), client("logs")

    assert refusal(mwaa.invoke_rest_api, Name=NAME, **RUN) == 404  # it is asked, and has no such DAG
    logs.create_log_stream(logGroupName=GROUP, logStreamName="today")
    logs.put_log_events(
        logGroupName=GROUP, logStreamName="today", logEvents=[{"timestamp": 1_764_000_000_000, "message": "Started"}]
    )
    denied = "AccessDeniedException"
    assert refusal(mwaa.invoke_rest_api, Name="another", **RUN) == denied
    for call in (mwaa.get_environment, mwaa.create_cli_token, mwaa.create_web_login_token):
        assert refusal(call, Name=NAME) == denied
    assert refusal(logs.create_log_stream, logGroupName=f"{GROUP}-of-another", logStreamName="today") == denied
    assert refusal(logs.create_log_group, logGroupName=f"{GROUP}-new") == denied

    as_viewer = {**start, "Resource": start["Resource"].replace("/User", "/Viewer")}
    assert refusal(holder_of(as_viewer)("mwaa").invoke_rest_api, Name=NAME, **RUN) == 403
    assert refusal(holder_of(log)("mwaa").invoke_rest_api, Name=NAME, **RUN) == denied
    unlogged = holder_of(start)("logs")
    assert refusal(unlogged.create_log_stream, logGroupName=GROUP, logStreamName="tomorrow") == denied
