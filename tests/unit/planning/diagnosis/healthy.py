"""What the containers of an environment write that comes up and works."""

from mwaa_operator.planning.diagnosis.model import Stream

LOGS = {
    Stream.REQUIREMENTS: """\
WARNING: Constraints should be specified for requirements.txt. Please see https://docs.aws.amazon.com/mwaa/latest/userguide/\
working-dags-dependencies.html#working-dags-dependencies-test-create
Forcing local constraints
Looking in indexes: https://pypi.org/simple
WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ReadTimeoutError("Read \
timed out.")': /simple/pandas/
Requirement already satisfied: requests in /usr/local/lib/python3.11/site-packages (from -r /usr/local/airflow/requirements/\
requirements.txt (line 1)) (2.32.3)
Collecting pandas==2.2.0 (from -r /usr/local/airflow/requirements/requirements.txt (line 2))
  Downloading pandas-2.2.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl (13.0 MB)
     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 13.0/13.0 MB 97.1 MB/s eta 0:00:00
  Building wheel for ours (pyproject.toml): finished with status 'done'
WARNING: The script ours is installed in '/usr/local/airflow/.local/bin' which is not on PATH.
Successfully installed ours-1.0.0 pandas-2.2.0
[notice] A new release of pip is available: 24.0 -> 25.2""",
    Stream.STARTUP_SCRIPT: """\
Printing Apache Airflow component
webserver
Last metadata expiration check: 0:00:11 ago on Tue Nov 24 12:00:00 2026.
Package unixODBC-2.3.9-5.amzn2023.x86_64 is already installed.
Complete!
  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
100  1520  100  1520    0     0  12160      0 --:--:-- --:--:-- --:--:-- 12160
Startup script execution time: 12.40 seconds.
Executing post startup script verification
Post startup script verification completed""",
    Stream.SCHEDULER: """\
[2026-11-24T12:10:00.100+0000] {executor_loader.py:281} INFO - Loaded executor: CeleryExecutor
[2026-11-24T12:10:01.500+0000] {scheduler_job_runner.py:975} INFO - Starting the scheduler
[2026-11-24T12:10:01.600+0000] {scheduler_job_runner.py:2147} INFO - Marked 0 SchedulerJob instances as failed
[2026-11-24T12:10:02.000+0000] {configuration.py:2170} FutureWarning: section/key [core/sql_alchemy_conn] has been deprecated
[2026-11-24T12:10:03.000+0000] {process.py:301} INFO - Performing health check on Airflow DB.
[2026-11-24T12:10:03.100+0000] {process.py:310} INFO - Successfully connected to database.
[2026-11-24T12:10:09.000+0000] {scheduler_job_runner.py:812} INFO - TaskInstance Finished: dag_id=hello, task_id=hello, \
executor_state=success, try_number=1, max_tries=0, pool=default_pool, queue=default, priority_weight=1
[2026-11-24T12:10:10.000+0000] {scheduler_job_runner.py:820} ERROR - The executor reported that the task instance <TaskInstance: a.b> \
finished with state failed, but the task instance's state attribute is queued.
[2026-11-24T12:11:00.000+0000] {scheduler_job_runner.py:240} INFO - Exiting gracefully upon receiving signal 15
INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.""",
    Stream.WORKER: """\
[2026-11-24 12:10:04,100: INFO/MainProcess] Connected to sqs://localhost//
[2026-11-24 12:10:04,200: INFO/MainProcess] celery@ip-10-192-20-11.eu-west-1.compute.internal ready.
[2026-11-24 12:10:09,000: INFO/MainProcess] Task airflow.providers.celery.executors.celery_executor_utils.execute_command[0d51] received
[2026-11-24 12:10:12,000: INFO/ForkPoolWorker-1] Task airflow.providers.celery.executors.celery_executor_utils.execute_command[0d51] \
succeeded in 3.1s: None
2026-11-24T12:40:10.113204Z [info     ] Task execute_workload[6f0f7c9a] received loc=strategy.py:161
2026-11-24T12:40:11.113204Z [warning  ] Starting call to 'airflow.sdk.api.client.Client.request', this is the 1st time calling it.
Worker process is either NOT idle or has not been marked for termination. No action is needed.
worker: Warm shutdown (MainProcess)""",
    Stream.WEBSERVER: """\
[2026-11-24 12:10:20 +0000] [47] [INFO] Starting gunicorn 23.0.0
[2026-11-24 12:10:20 +0000] [47] [INFO] Listening at: http://0.0.0.0:8080 (47)
[2026-11-24 12:10:21 +0000] [53] [INFO] Booting worker with pid: 53
10.192.20.40 - - [24/Nov/2026:12:11:02 +0000] "GET /health HTTP/1.1" 200 318 "-" "ELB-HealthChecker/2.0"
10.192.20.41 - - [24/Nov/2026:12:11:03 +0000] "GET /api/v1/dags/absent HTTP/1.1" 404 192 "-" "python-requests/2.32.3"
2026-11-24T12:12:00.000000Z [info     ] Application startup complete. loc=on.py:62
[2026-11-24 12:40:20 +0000] [47] [INFO] Handling signal: ttou
[2026-11-24 12:40:21 +0000] [53] [INFO] Worker exiting (pid: 53)""",
}
