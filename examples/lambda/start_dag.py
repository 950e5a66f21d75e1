"""An AWS Lambda function that starts a DAG for each object that arrives in S3.

The DAG is told where the object is: {"bucket": ..., "key": ...} is the conf of its run. Variables of the function: ENVIRONMENT, the
environment's name, and DAG_ID.

S3 tells of an object at least once, and Lambda tries again what has failed. So the run's id follows from what has arrived: a run that
is there already is no error, and each object has one run.
"""

import functools
import hashlib
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# Made once and kept while the function stays warm. MWAA takes ten calls a second for each environment: when many objects arrive at
# once, some are tried again here, and the rest by Lambda.
mwaa = boto3.client("mwaa", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, list[str]]:
    """Start a run for each record of the event, and return the runs' ids."""
    # When a notification is set up, S3 sends a test, which has no records.
    return {"runs": [start(record["s3"]) for record in event.get("Records", [])]}


def start(arrived: Mapping[str, Any]) -> str:
    """Start the run for one object, and return its id."""
    bucket = arrived["bucket"]["name"]
    key = unquote_plus(arrived["object"]["key"])  # in events, keys are encoded as in forms
    run_id = run_id_for(bucket, key, arrived["object"])
    body: dict[str, Any] = {"dag_run_id": run_id, "conf": {"bucket": bucket, "key": key}}
    try:
        if not airflow_version().startswith("2."):
            body["logical_date"] = None  # Airflow 3 wants one, which may be none
        call("POST", f"/dags/{os.environ['DAG_ID']}/dagRuns", body)
    except ClientError as error:
        # RestApiClientException: Airflow itself has said no, with this status.
        if error.response.get("RestApiStatusCode") != 409:
            airflow_version.cache_clear()  # it may have been upgraded
            raise  # Lambda tries it again, twice
        print(f"{run_id} is there already")
    else:
        print(f"Started {run_id} for s3://{bucket}/{key}")
    return run_id


def call(method: str, path: str, body: Mapping[str, Any]) -> Any:
    """Call Airflow's REST API and return its answer."""
    answer = mwaa.invoke_rest_api(Name=os.environ["ENVIRONMENT"], Method=method, Path=path, Body=body)
    return answer["RestApiResponse"]


@functools.cache
def airflow_version() -> str:
    """Return the version, which is asked for once while the function stays warm."""
    return str(call("GET", "/version", {})["version"])


def run_id_for(bucket: str, key: str, told: Mapping[str, Any]) -> str:
    """Return an id that is the same whenever S3 tells of the same arrival."""
    # The sequencer orders what happened to one key. Without one, the content tells the arrivals apart.
    which = told.get("sequencer") or told.get("versionId") or told.get("eTag", "")
    return f"s3__{hashlib.sha256(f'{bucket}/{key}/{which}'.encode()).hexdigest()[:20]}"
