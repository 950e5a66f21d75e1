"""Starts a DAG with boto3 alone, by InvokeRestApi, and follows its run to the end.

    python by_boto3.py ricsue-dublin etl --conf '{"day": "2026-11-22"}'

The way to go for programs that have AWS credentials: no token, no session. Paths may have 64 characters, so that of an XCom, with its
DAG, run and task, is mostly too long: see by_rest.py. Where the web server is private, the caller has to be in its VPC. Needs
airflow:InvokeRestApi on arn:aws:airflow:REGION:ACCOUNT:role/ENVIRONMENT/User.
"""

import argparse
import json
import sys
import time
import uuid
from typing import Any

import boto3

mwaa = boto3.client("mwaa")


def call(environment: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call Airflow's REST API and return its answer. MWAA puts /api/v1 or /api/v2 before the path, as the version has it."""
    pauses = iter((2, 4, 8, 16))  # seconds
    while True:
        try:
            answer = mwaa.invoke_rest_api(Name=environment, Method=method, Path=path, Body=body or {})
            return answer["RestApiResponse"]
        except mwaa.exceptions.RestApiServerException:  # Airflow has failed, or not answered within ten seconds
            if (pause := next(pauses, None)) is None:
                raise
            time.sleep(pause)


def start(environment: str, dag: str, run: str, conf: dict[str, Any]) -> None:
    """Start a run with an id of our own, so that a second try after a lost answer does not start another one."""
    body: dict[str, Any] = {"dag_run_id": run, "conf": conf}
    if not call(environment, "GET", "/version")["version"].startswith("2."):
        body["logical_date"] = None  # Airflow 3 wants one, which may be none; Airflow 2 takes the time it is
    try:
        call(environment, "POST", f"/dags/{dag}/dagRuns", body)
    except mwaa.exceptions.RestApiClientException as error:
        if error.response["RestApiStatusCode"] != 409:  # 409: it is there already
            raise


def main() -> None:
    """Start a run and follow it; end with 1 if it fails."""
    parser = argparse.ArgumentParser(description="Start a DAG by InvokeRestApi.")
    parser.add_argument("environment")
    parser.add_argument("dag")
    parser.add_argument("--conf", type=json.loads, default={}, help="JSON that the run is given")
    wanted = parser.parse_args()

    run = f"boto3__{uuid.uuid4().hex[:12]}"
    start(wanted.environment, wanted.dag, run, wanted.conf)
    print(f"Started {run}")
    path = f"/dags/{wanted.dag}/dagRuns/{run}"
    while (state := call(wanted.environment, "GET", path)["state"]) not in {"success", "failed"}:
        time.sleep(5)
    print(f"It ended in {state}")
    sys.exit(state != "success")


if __name__ == "__main__":
    main()
