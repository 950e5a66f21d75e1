"""What GetEnvironment says, AWS's names with the first letter lowered (botocore `Environment`).

Everything is optional, and no form is asked for: this is read from AWS, and AWS may say anything.
`AirflowConfigurationOptions` is left out on purpose: its values may be passwords, and AWS masks only some of them.
"""

from pydantic import Field

from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.texts import Text
from mwaa_operator.api.timestamps import Timestamp


class ObservedNetworkConfiguration(StatusModel):
    """Where in a VPC the environment lives."""

    subnet_ids: tuple[Text, ...] | None = Field(default=None, max_length=16)
    """The subnets."""
    security_group_ids: tuple[Text, ...] | None = Field(default=None, max_length=16)
    """The security groups."""


class ObservedModuleLogging(StatusModel):
    """What of one kind of Airflow's logs goes to CloudWatch Logs."""

    enabled: bool | None = None
    """Whether these logs are sent."""
    log_level: Text | None = None
    """The least severe messages that are sent."""
    cloud_watch_log_group_arn: Text | None = None
    """The log group they are sent to."""


class ObservedLoggingConfiguration(StatusModel):
    """What of Airflow's logs goes to CloudWatch Logs."""

    dag_processing_logs: ObservedModuleLogging | None = None
    """The logs of the process that reads DAG files."""
    scheduler_logs: ObservedModuleLogging | None = None
    """The logs of the schedulers."""
    task_logs: ObservedModuleLogging | None = None
    """The logs of the tasks."""
    webserver_logs: ObservedModuleLogging | None = None
    """The logs of the web servers."""
    worker_logs: ObservedModuleLogging | None = None
    """The logs of the workers."""


class ObservedError(StatusModel):
    """Why the last update failed."""

    error_code: Text | None = None
    """AWS's error code."""
    error_message: Text | None = None
    """AWS's message."""


class ObservedLastUpdate(StatusModel):
    """The last update of the environment, whoever made it. AWS fills it in for a failed creation, too."""

    status: Text | None = None
    """How it ended: SUCCESS, FAILED, or PENDING while it has not."""
    created_at: Timestamp | None = None
    """When it began."""
    error: ObservedError | None = None
    """Why it failed."""
    source: Text | None = None
    """Who made it: internal processes of AWS are named here as well."""
    worker_replacement_strategy: Text | None = None
    """What it did to workers with running tasks."""


class ObservedIdentityCenterConfiguration(StatusModel):
    """The IAM Identity Center instance whose users log in to the Airflow UI."""

    start_url: Text | None = None
    """The address of the AWS access portal."""
    identity_store_id: Text | None = None
    """The identity store of the instance."""


class ObservedTeam(StatusModel):
    """Where the code of one team is."""

    source_bucket_arn: Text | None = None
    """The bucket."""
    dag_s3_path: Text | None = None
    """The folder of its DAGs."""


class ObservedEnvironment(StatusModel):
    """What AWS says about the environment (GetEnvironment), without Airflow's options."""

    name: Text | None = None
    """The name."""
    status: Text | None = None
    """AWS's status, for example CREATING or AVAILABLE."""
    arn: Text | None = None
    """The ARN."""
    created_at: Timestamp | None = None
    """When it was created."""
    webserver_url: Text | None = None
    """Where the Airflow UI is."""
    airflow_version: Text | None = None
    """The Airflow version that runs."""
    environment_class: Text | None = None
    """The size."""
    min_workers: int | None = None
    """How many workers are always there."""
    max_workers: int | None = None
    """How many workers there may be."""
    min_webservers: int | None = None
    """How many web servers are always there."""
    max_webservers: int | None = None
    """How many web servers there may be."""
    schedulers: int | None = None
    """How many schedulers there are."""
    webserver_access_mode: Text | None = None
    """Who can reach the Airflow web server."""
    endpoint_management: Text | None = None
    """Who makes the VPC endpoints."""
    weekly_maintenance_window_start: Text | None = None
    """When AWS may begin its weekly maintenance, in UTC."""
    kms_key: Text | None = None
    """The KMS key. Absent for a key that AWS owns."""
    source_bucket_arn: Text | None = None
    """The bucket with DAGs, plugins and requirements."""
    dag_s3_path: Text | None = None
    """The folder of the DAGs."""
    plugins_s3_path: Text | None = None
    """The plugins archive."""
    plugins_s3_object_version: Text | None = None
    """Its S3 version."""
    requirements_s3_path: Text | None = None
    """The requirements file."""
    requirements_s3_object_version: Text | None = None
    """Its S3 version."""
    startup_script_s3_path: Text | None = None
    """The startup script."""
    startup_script_s3_object_version: Text | None = None
    """Its S3 version."""
    execution_role_arn: Text | None = None
    """The role that Airflow and its tasks run as."""
    service_role_arn: Text | None = None
    """The role that MWAA itself uses in the account."""
    network_configuration: ObservedNetworkConfiguration | None = None
    """Where in a VPC it lives."""
    logging_configuration: ObservedLoggingConfiguration | None = None
    """What of Airflow's logs goes to CloudWatch Logs, and where to."""
    last_update: ObservedLastUpdate | None = None
    """The last update."""
    tags: dict[str, Text] | None = Field(default=None, max_length=64)
    """The tags."""
    celery_executor_queue: Text | None = None
    """The queue that tasks wait in. In a shared VPC, access to it must be given."""
    database_vpc_endpoint_service: Text | None = None
    """With endpointManagement CUSTOMER: the service to make an endpoint for, for the database."""
    webserver_vpc_endpoint_service: Text | None = None
    """With endpointManagement CUSTOMER: the service to make an endpoint for, for the web server."""
    identity_center_configuration: ObservedIdentityCenterConfiguration | None = None
    """The IAM Identity Center instance."""
    teams: dict[str, ObservedTeam] | None = Field(default=None, max_length=64)
    """The teams."""
