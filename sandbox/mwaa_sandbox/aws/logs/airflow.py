"""What Airflow's parts write when they start, and when something keeps them from it. Few lines each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from mwaa_sandbox.aws.mwaa import messages

Line = tuple[str, str, str]
"""Level, source file and line, text."""


def rendered(lines: Sequence[Line], *, airflow_version: str, at: float) -> list[str]:
    """Put lines into Airflow's format: the one of 2.x, or the structured one of 3.x. `at`: epoch seconds of the first."""
    structured = airflow_version.startswith("3.")
    form: Callable[[Line, datetime], str] = _structured if structured else _classic
    return [form(line, datetime.fromtimestamp(at + number / 10, UTC)) for number, line in enumerate(lines)]


def _classic(line: Line, at: datetime) -> str:
    level, source, text = line
    return f"[{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000] {{{source}}} {level} - {text}"


def _structured(line: Line, at: datetime) -> str:
    level, source, text = line
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z [{level.lower():<9}] {text} loc={source}"


def scheduler() -> list[Line]:
    return [
        ("INFO", "executor_loader.py:281", "Loaded executor: CeleryExecutor"),
        ("INFO", "scheduler_job_runner.py:975", "Starting the scheduler"),
        ("INFO", "scheduler_job_runner.py:2124", "Adopting or resetting orphaned tasks for active dag runs"),
        ("INFO", "scheduler_job_runner.py:2147", "Marked 0 SchedulerJob instances as failed"),
    ]


def dag_processor(files: int) -> list[Line]:
    folder = "/usr/local/airflow/dags"
    return [
        ("INFO", "manager.py:409", "Processing files using up to 2 processes at a time"),
        ("INFO", "manager.py:410", "Process each file at most once every 30 seconds"),
        ("INFO", "manager.py:583", f"Searching for files in {folder}"),
        ("INFO", "manager.py:586", f"There are {files} files in {folder}"),
    ]


def worker(host: str, queue: str) -> list[Line]:
    return [
        ("INFO", "connection.py:22", f"Connected to sqs://localhost// ({queue})"),
        ("INFO", "worker.py:175", f"celery@{host} ready."),
    ]


def webserver() -> list[Line]:
    return [
        ("INFO", "server.py:84", "Started server process [47]"),
        ("INFO", "on.py:62", "Application startup complete."),
        ("INFO", "server.py:216", "Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)"),
    ]


def no_task_api(webserver_host: str) -> list[Line]:
    """§3.6: from Airflow 3 on workers call the web server, and a public one cannot be reached without the internet."""
    call = "Starting call to 'airflow.sdk.api.client.Client.request', this is the {} time calling it."
    return [
        ("INFO", "strategy.py:161", "Task execute_workload[6f0f7c9a-9b0e-4d0c-8f3a-3d1f5f7b2c11] received"),
        *(("WARNING", "before.py:42", call.format(which)) for which in ("1st", "2nd", "3rd", "4th")),
        ("ERROR", "client.py:152", f"PATCH https://{webserver_host}/execution/task-instances/run"),
        ("ERROR", "trace.py:285", "Task execute_workload raised unexpected: ConnectTimeout('timed out')"),
        ("ERROR", "default.py:118", "httpx.ConnectTimeout: timed out"),
    ]


def no_database() -> list[Line]:
    """§5: a security group that does not admit itself on 5432."""
    return [
        (
            "ERROR",
            "base.py:146",
            (
                "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "
                '"database.internal", port 5432 failed: Connection timed out'
            ),
        ),
        ("INFO", "", "        Is the server running on that host and accepting TCP/IP connections?"),
    ]


def access_denied(role_arn: str, action: str, resource: str) -> list[Line]:
    """§6: what the execution role does not allow, as boto3 tells it."""
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    operation = action.partition(":")[2]
    user = f"arn:aws:sts::{account}:assumed-role/{role}/AmazonMWAA-airflow"
    return [
        (
            "ERROR",
            "client.py:1078",
            (
                f"botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the {operation} operation: "
                f"{messages.not_authorized(user, action.lower(), resource)} because no identity-based policy allows the "
                f"{action} action"
            ),
        )
    ]


def unhealthy() -> list[Line]:
    """IMG, mwaa/entrypoint.py."""
    return [
        (
            "ERROR",
            "entrypoint.py:318",
            (
                "Fatal error in entrypoint: Failed to access customer environment variables file: Service was unable to create "
                "or locate /tmp/customer_env_vars.json"
            ),
        ),
        ("ERROR", "entrypoint.py:83", "Marked container as unhealthy via /tmp/mwaa/container_unhealthy"),
    ]
