"""The parts that the spec of a MwaaEnvironment is made of, where AWS groups several fields under one name."""

from pydantic import Field

from mwaa_operator.api.enums import LogLevel
from mwaa_operator.api.model import SpecModel, immutable, rule
from mwaa_operator.api.types import (
    BucketArn,
    Flag,
    IdentityStoreId,
    ObjectName,
    S3Path,
    SecretKey,
    SecurityGroupId,
    StartUrl,
    SubnetId,
)


class NetworkConfiguration(SpecModel):
    """Where in a VPC the environment lives."""

    subnet_ids: tuple[SubnetId, ...] = Field(min_length=2, max_length=2, json_schema_extra=immutable())
    """Two private subnets of one VPC, in different Availability Zones. Their order does not matter."""
    security_group_ids: tuple[SecurityGroupId, ...] = Field(min_length=1, max_length=5)
    """One to five security groups of that VPC. One of them must let in what comes from itself."""

    @rule(
        "self.subnetIds.size() != 2 || self.subnetIds[0] != self.subnetIds[1]",
        field="subnetIds",
        message="MWAA needs two subnets in different Availability Zones, and this is the same one twice. Give two "
        "different ones.",
    )
    def _subnets_differ(self) -> bool:
        return len(set(self.subnet_ids)) == len(self.subnet_ids)


class ModuleLogging(SpecModel):
    """What of one kind of Airflow's logs goes to CloudWatch Logs."""

    enabled: Flag
    """Whether these logs are sent."""
    log_level: LogLevel
    """The least severe messages that are sent."""


class LoggingConfiguration(SpecModel):
    """What of Airflow's logs goes to CloudWatch Logs. What is left out stays as AWS has it."""

    dag_processing_logs: ModuleLogging | None = None
    """The logs of the process that reads DAG files."""
    scheduler_logs: ModuleLogging | None = None
    """The logs of the schedulers."""
    task_logs: ModuleLogging | None = None
    """The logs of the tasks, as the Airflow UI shows them."""
    webserver_logs: ModuleLogging | None = None
    """The logs of the web servers."""
    worker_logs: ModuleLogging | None = None
    """The logs of the workers."""


class SecretKeyReference(SpecModel):
    """A key of a Secret in the same namespace."""

    name: ObjectName
    """The name of the Secret."""
    key: SecretKey
    """The key in its data."""


class IdentityCenterConfiguration(SpecModel):
    """The IAM Identity Center instance whose users log in to the Airflow UI."""

    start_url: StartUrl | None = None
    """The address of the AWS access portal, for example https://my-portal.awsapps.com/start."""
    identity_store_id: IdentityStoreId | None = None
    """The identity store of the instance: d- and ten hexadecimal digits, or a UUID."""


class Team(SpecModel):
    """Where the code of one team of a multi-team Airflow is."""

    source_bucket_arn: BucketArn
    """The bucket that holds the team's code, as an ARN."""
    dag_s3_path: S3Path = Field(alias="dagS3Path")
    """The folder of the team's DAGs in that bucket."""
