"""What Airflow's parts write when something keeps them from starting: an excerpt for each known cause."""

from mwaa_operator.planning.diagnosis.model import Stream

_ROLE = "arn:aws:sts::123456789012:assumed-role/airflow-demo/AmazonMWAA-airflow"
_SITE = "/usr/local/airflow/.local/lib/python3.11/site-packages"


def _denied(code: str, operation: str, action: str, resource: str) -> str:
    return (
        "[2026-11-24T12:10:02.118+0000] {scheduler_job_runner.py:975} INFO - Starting the scheduler\n"
        "Traceback (most recent call last):\n"
        f'  File "{_SITE}/botocore/client.py", line 1023, in _make_api_call\n'
        "    raise error_class(parsed_response, operation_name)\n"
        f"botocore.exceptions.ClientError: An error occurred ({code}) when calling the {operation} operation: User: {_ROLE} is not "
        f"authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action"
    )


EXCERPTS = {
    "QueueDenied": (
        Stream.WORKER,
        _denied(
            "AccessDenied",
            "ReceiveMessage",
            "sqs:receivemessage",
            "arn:aws:sqs:eu-west-1:111122223333:airflow-celery-0c2f",
        )
        + "\n[2026-11-24 12:10:05,301: ERROR/MainProcess] consumer: Cannot connect to sqs://localhost//: AccessDenied.",
    ),
    "QueueUnreachable": (
        Stream.WORKER,
        """\
[2026-11-24 12:31:00,002: INFO/MainProcess] Task queue: airflow-celery-0c2f
[2026-11-24 12:31:31,329: ERROR/MainProcess] consumer: Cannot connect to sqs://localhost//: Could not connect to the endpoint URL: \
"https://sqs.eu-west-1.amazonaws.com/".
Trying again in 2.00 seconds... (1/100)""",
    ),
    "KeyDenied": (
        Stream.SCHEDULER,
        _denied(
            "KMS.AccessDeniedException",
            "SendMessage",
            "kms:GenerateDataKey",
            "arn:aws:kms:eu-west-1:123456789012:key/1111",
        ),
    ),
    "BucketDenied": (
        Stream.SCHEDULER,
        _denied("AccessDenied", "GetObject", "s3:GetObject", '"arn:aws:s3:::airflow-mybucket/dags/hello.py"'),
    ),
    "LogsDenied": (
        Stream.SCHEDULER,
        _denied(
            "AccessDeniedException",
            "CreateLogStream",
            "logs:CreateLogStream",
            "arn:aws:logs:eu-west-1:123456789012:log-group:airflow-env-Task:log-stream:x",
        ),
    ),
    "MetricsDenied": (
        Stream.SCHEDULER,
        _denied("AccessDenied", "PutMetricData", "cloudwatch:PutMetricData", "*"),
    ),
    "SecretsDenied": (
        Stream.SCHEDULER,
        _denied(
            "AccessDeniedException",
            "GetSecretValue",
            "secretsmanager:GetSecretValue",
            "airflow/connections/warehouse",
        ),
    ),
    "SecretsUnreachable": (
        Stream.WORKER,
        """\
[2026-11-24T12:14:11.020+0000] {secrets_manager.py:240} ERROR - Could not read the secret
botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://secretsmanager.eu-west-1.amazonaws.com/"
[2026-11-24T12:14:11.022+0000] {connection.py:476} INFO - Retrieving connection 'warehouse'""",
    ),
    "SecretsBackendInvalid": (
        Stream.SCHEDULER,
        """\
[2026-11-24T12:10:00.100+0000] {configuration.py:2187} WARNING - Failed to parse [secrets] backend_kwargs into JSON, using defaults.
[2026-11-24T12:10:01.500+0000] {executor_loader.py:281} INFO - Loaded executor: CeleryExecutor""",
    ),
    "AwsUnreachable": (
        Stream.SCHEDULER,
        """\
[2026-11-24T12:12:41.309+0000] {client.py:88} WARNING - Retrying
botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://monitoring.eu-west-1.amazonaws.com/"
[2026-11-24T12:12:42.000+0000] {scheduler_job_runner.py:975} INFO - Starting the scheduler""",
    ),
    "TaskApiUnreachable": (
        Stream.WORKER,
        """\
2026-11-24T12:40:10.113204Z [info     ] Task execute_workload[6f0f7c9a-9b0e-4d0c-8f3a-3d1f5f7b2c11] received loc=strategy.py:161
2026-11-24T12:40:15.213204Z [warning  ] Starting call to 'airflow.sdk.api.client.Client.request', this is the 4th time calling it.
2026-11-24T12:40:25.313204Z [error    ] Task execute_workload raised unexpected: ConnectTimeout('timed out') loc=trace.py:285
httpx.ConnectTimeout: timed out""",
    ),
    "DatabaseFull": (
        Stream.WEBSERVER,
        """\
[2026-11-24T12:20:00.000+0000] {app.py:1744} ERROR - Exception on /home [GET]
sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "database.internal" (10.0.1.9), port 5432 failed: \
FATAL:  remaining connection slots are reserved for non-replication superuser connections
(Background on this error at: https://sqlalche.me/e/14/e3q8)""",
    ),
    "DatabaseUnreachable": (
        Stream.SCHEDULER,
        """\
[2026-11-24T12:20:00.000+0000] {process.py:301} INFO - Performing health check on Airflow DB.
sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "database.internal" (10.0.1.9), port 5432 failed: \
Connection timed out
        Is the server running on that host and accepting TCP/IP connections?""",
    ),
    "MigrationFailed": (
        Stream.SCHEDULER,
        """\
INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.
INFO  [alembic.runtime.migration] Will assume transactional DDL.
ERROR [alembic.util.messaging] Can't locate revision identified by 'ec3471c1e067'
alembic.util.exc.CommandError: Can't locate revision identified by 'ec3471c1e067'""",
    ),
    "FernetKeyChanged": (
        Stream.SCHEDULER,
        f"""\
  File "{_SITE}/airflow/models/connection.py", line 275, in get_password
    return fernet.decrypt(bytes(self._password, "utf-8")).decode()
cryptography.fernet.InvalidToken""",
    ),
    "OptionInvalid": (
        Stream.SCHEDULER,
        f"""\
  File "{_SITE}/airflow/configuration.py", line 1220, in getint
    return int(val)
ValueError: invalid literal for int() with base 10: 'many'
airflow.exceptions.AirflowConfigException: Failed to convert value to int. Please check "parallelism" key in "core" section. \
Current value: "many".""",
    ),
    "PluginFailed": (
        Stream.WEBSERVER,
        """\
[2026-11-24T12:11:26.406+0000] {plugins_manager.py:285} ERROR - Failed to import plugin /usr/local/airflow/plugins/audit/__init__.py
Traceback (most recent call last):
  File "/usr/local/airflow/plugins/audit/__init__.py", line 3, in <module>
    import structlog_sentry
ModuleNotFoundError: No module named 'structlog_sentry'""",
    ),
    "ProviderBroken": (
        Stream.WEBSERVER,
        """\
[2026-11-24T12:11:32.250+0000] {providers_manager.py:237} WARNING - Exception when importing \
'airflow.providers.google.cloud.hooks.cloud_sql.CloudSQLHook' from 'apache-airflow-providers-google' package
Traceback (most recent call last):
ModuleNotFoundError: No module named 'airflow.providers.mysql'""",
    ),
    "BlueprintClash": (
        Stream.WEBSERVER,
        """\
[2026-11-24T12:11:40.250+0000] {plugins_manager.py:300} INFO - Loading 2 plugin(s) took 0.1 seconds
ValueError: The name 'reports' is already registered for a different blueprint. Use 'name=' to provide a unique name.""",
    ),
    "PythonSyntax": (
        Stream.SCHEDULER,
        """\
  File "/usr/local/airflow/plugins/airflow_local_settings.py", line 8
    def policy(task)
                    ^
SyntaxError: expected ':'""",
    ),
    "ModuleMissing": (
        Stream.SCHEDULER,
        f"""\
Traceback (most recent call last):
  File "{_SITE}/airflow/settings.py", line 557, in import_local_settings
    import airflow_local_settings
ImportError: cannot import name 'AirflowClusterPolicyViolation' from 'airflow.exceptions'""",
    ),
    "DiskFull": (
        Stream.REQUIREMENTS,
        """\
  Downloading torch-2.5.1-cp311-cp311-manylinux1_x86_64.whl (906.4 MB)
ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
ERROR: pip installation exited with a non-zero error code. This could be the result of package conflict.""",
    ),
    "ProcessKilled": (
        Stream.WORKER,
        """\
[2026-11-24 12:22:12,972: ERROR/MainProcess] Process 'ForkPoolWorker-4' pid:19 exited with 'signal 9 (SIGKILL)'
[2026-11-24 12:22:13,375: ERROR/MainProcess] Task handler raised error: WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL) \
Job: 10.')""",
    ),
    "WebserverDidNotStart": (
        Stream.WEBSERVER,
        """\
[2026-11-24T12:11:00.000+0000] {webserver_command.py:430} INFO - Starting gunicorn
[2026-11-24T12:13:00.001+0000] {webserver_command.py:225} ERROR - No response from gunicorn master within 120 seconds
[2026-11-24T12:13:00.002+0000] {webserver_command.py:226} ERROR - Shutting down webserver""",
    ),
}
