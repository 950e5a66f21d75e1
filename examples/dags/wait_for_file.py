"""A sensor that waits for a file in S3, and a hook that reads it.

A run takes a bucket and a key, {"bucket": "airflow-mybucket", "key": "incoming/orders.csv"}, as its conf. The environment's
execution role must be allowed to read there; what it may do in its own bucket is enough for a file beside the DAGs.
"""

from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

try:  # Airflow 3
    from airflow.sdk import DAG, task
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task

with DAG(
    "wait_for_file",
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["example"],
    params={"bucket": "airflow-mybucket", "key": "incoming/orders.csv"},
) as dag:
    wait = S3KeySensor(
        task_id="wait",
        bucket_name="{{ params.bucket }}",
        bucket_key="{{ params.key }}",
        poke_interval=10,  # seconds between two looks; a minute is often enough
        timeout=60 * 60,  # after an hour it fails
        mode="reschedule",  # between two looks it is off its worker, which can do something else
    )

    @task
    def count_lines(params: dict[str, Any] | None = None) -> int:
        # A hook is a client that knows Airflow's connections. On MWAA this one acts as the execution role.
        given = params or {}
        text = S3Hook().read_key(key=given["key"], bucket_name=given["bucket"])
        return len(text.splitlines())

    wait >> count_lines()
