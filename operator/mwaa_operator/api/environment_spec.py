"""What people write: the spec of a MwaaEnvironment.

What the AWS API has keeps AWS's own name, first letter lowered, in the same place, and AWS's own limits (mwaa-
behaviour.md §1.2, §3). Only what AWS documents, or was seen to answer, is refused here; AWS has the last word on the
rest. The schema sets no defaults, so that the object in the cluster stays what its author wrote.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator

from mwaa_operator.api.enums import EndpointManagement, WebserverAccessMode, WorkerReplacementStrategy
from mwaa_operator.api.environment_parts import (
    IdentityCenterConfiguration,
    LoggingConfiguration,
    NetworkConfiguration,
    SecretKeyReference,
    Team,
)
from mwaa_operator.api.model import Rule, immutable, rule
from mwaa_operator.api.names import OWNERSHIP_TAGS, TAG_PREFIX
from mwaa_operator.api.policies import Policies
from mwaa_operator.api.provision import Provision
from mwaa_operator.api.sizes import Sizes
from mwaa_operator.api.source_code import SourceCode
from mwaa_operator.api.types import (
    AirflowVersion,
    EnvironmentName,
    KmsKey,
    MaintenanceWindowStart,
    OptionName,
    OptionValue,
    Region,
    RoleArn,
    TagKey,
    TagValue,
    TeamName,
)

MAX_OPTIONS = 512
"""AWS sets no limit. The API server wants one, to know what a rule may cost; Airflow itself has fewer options than
this.
"""
MAX_TAGS = 50 - len(OWNERSHIP_TAGS)
"""AWS allows 50 tags, of which the operator needs some."""
MAX_TAGS_OF_PARTS = MAX_TAGS - 1
"""What the operator makes itself carries one more, which says what it is there for."""
MAX_TEAMS = 20


_TOO_OLD_FOR_BOTH_ACCESS_MODES = r"^(1|2|3\.[01])(\..*)?$"
_TOO_OLD_FOR_GRACEFUL = r"^(1|2\.[0-3]|2\.4\.[0-2])(\..*)?$"


class EnvironmentSpec(Sizes, SourceCode):
    """The environment as it should be. A field that is left out stays as AWS has it."""

    __more_rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            cel="has(self.networkConfiguration) == has(oldSelf.networkConfiguration)",
            message="The subnets of an environment cannot be changed in AWS, so networkConfiguration and provision.network cannot take "
            "one another's place. Put it back as it was, or delete this object and create another one.",
            field="networkConfiguration",
            reason="FieldValueForbidden",
        ),
        Rule(
            cel="!has(oldSelf.provision) || !has(oldSelf.provision.customerEndpoints) || "
            "(has(self.provision) && has(self.provision.customerEndpoints))",
            message="The environment lives on the endpoints of provision.customerEndpoints. Put it back; they go with the environment.",
            field="provision.customerEndpoints",
            reason="FieldValueForbidden",
        ),
    )

    name: EnvironmentName | None = Field(default=None, json_schema_extra=immutable(rule_elsewhere=True))
    """The name of the environment in AWS. Left out: the name of this object."""
    region: Region | None = Field(default=None, json_schema_extra=immutable())
    """The AWS Region, for example eu-west-1. Left out: the operator's own."""
    airflow_version: AirflowVersion | None = None
    """The Airflow version, for example 3.3.1. Left out: the latest that AWS has when the environment is created.

    A change of it takes up to two hours, during which the environment is down.
    """
    webserver_access_mode: WebserverAccessMode | None = None
    """Who can reach the Airflow web server: from the VPC only, from the internet, or both (Airflow 3.2 and later)."""
    endpoint_management: EndpointManagement | None = Field(
        default=None, json_schema_extra=immutable(left_out_means="SERVICE")
    )
    """Who makes the environment's VPC endpoints: AWS (SERVICE), or you (CUSTOMER, needed in a shared VPC)."""
    weekly_maintenance_window_start: MaintenanceWindowStart | None = None
    """When AWS may begin its weekly maintenance, in UTC, at a full or half hour, as DAY:HH:MM: for example SUN:14:00.
    """
    kms_key: KmsKey | None = Field(default=None, json_schema_extra=immutable())
    """The KMS key that encrypts the environment: its ARN or id, no alias. Left out: a key that AWS owns."""
    execution_role_arn: RoleArn | None = None
    """The role that Airflow and its tasks run as, as an ARN. Left out where provision.executionRole makes it."""
    network_configuration: NetworkConfiguration | None = None
    """Where in a VPC the environment lives. Left out where provision.network makes the VPC."""
    logging_configuration: LoggingConfiguration | None = None
    """What of Airflow's logs goes to CloudWatch Logs."""
    airflow_configuration_options: dict[OptionName, OptionValue] | None = Field(
        default=None, max_length=MAX_OPTIONS, repr=False
    )
    """Airflow options, as section.option: value. Anyone who may read this object reads them: put passwords into a
    Secret
    and name it in airflowConfigurationSecrets."""
    airflow_configuration_secrets: dict[OptionName, SecretKeyReference] | None = Field(
        default=None, max_length=MAX_OPTIONS
    )
    """Airflow options whose values come from Secrets in the same namespace."""
    identity_center_configuration: IdentityCenterConfiguration | None = None
    """The IAM Identity Center instance whose users log in to the Airflow UI."""
    teams: dict[TeamName, Team] | None = Field(default=None, max_length=MAX_TEAMS)
    """The teams of a multi-team Airflow. Each is named as its IAM Identity Center group is displayed."""
    tags: dict[TagKey, TagValue] | None = Field(default=None, max_length=MAX_TAGS)
    """Tags of the environment in AWS. The operator adds four of its own, which say whose the environment is."""
    provision: Provision = Field(default_factory=Provision)
    """What the operator makes itself, owns and cleans up: bucket, network, role, log groups, endpoints."""
    policies: Policies = Field(default_factory=Policies)
    """What the operator may do, and when."""

    @field_validator("airflow_configuration_options", "airflow_configuration_secrets", "teams", "tags", mode="before")
    @classmethod
    def _null_entry_is_left_out(cls, entries: Any) -> Any:
        if isinstance(entries, Mapping):
            return {key: value for key, value in entries.items() if value is not None}
        return entries

    @rule(
        "has(self.sourceBucketArn) != (has(self.provision) && has(self.provision.bucket))",
        field="sourceBucketArn",
        message="Give either sourceBucketArn, a bucket that exists, or provision.bucket, to have one made.",
        reason="FieldValueRequired",
    )
    def _bucket_comes_from_one_place(self) -> bool:
        return (self.source_bucket_arn is None) != (self.provision.bucket is None)

    @rule(
        "has(self.dagS3Path) || (has(self.provision) && has(self.provision.bucket))",
        field="dagS3Path",
        message="dagS3Path is missing: the folder of the DAGs in the bucket, for example dags.",
        reason="FieldValueRequired",
    )
    def _dags_have_a_folder(self) -> bool:
        return self.dag_s3_path is not None or self.provision.bucket is not None

    @rule(
        "has(self.executionRoleArn) != (has(self.provision) && has(self.provision.executionRole))",
        field="executionRoleArn",
        message="Give either executionRoleArn, a role that exists, or provision.executionRole, to have one made.",
        reason="FieldValueRequired",
    )
    def _role_comes_from_one_place(self) -> bool:
        return (self.execution_role_arn is None) != (self.provision.execution_role is None)

    @rule(
        "has(self.networkConfiguration) != (has(self.provision) && has(self.provision.network))",
        field="networkConfiguration",
        message="Give either networkConfiguration, subnets and security groups that exist, or provision.network, to have them made.",
        reason="FieldValueRequired",
    )
    def _network_comes_from_one_place(self) -> bool:
        return (self.network_configuration is None) != (self.provision.network is None)

    @rule(
        "!has(self.provision) || !has(self.provision.customerEndpoints) || "
        "(has(self.endpointManagement) && self.endpointManagement == 'CUSTOMER')",
        field="provision.customerEndpoints",
        message="With endpointManagement SERVICE, which is the default, AWS makes the endpoints itself. Remove "
        "provision.customerEndpoints, or set endpointManagement to CUSTOMER.",
    )
    def _endpoints_are_the_customers(self) -> bool:
        return self.provision.customer_endpoints is None or self.endpoint_management is EndpointManagement.CUSTOMER

    @rule(
        "!has(self.airflowVersion) || !has(self.webserverAccessMode) || "
        "self.webserverAccessMode != 'PUBLIC_AND_PRIVATE' || "
        f"!self.airflowVersion.matches(r'{_TOO_OLD_FOR_BOTH_ACCESS_MODES}')",
        field="webserverAccessMode",
        message="PUBLIC_AND_PRIVATE needs Airflow 3.2 or later. Raise airflowVersion, or choose PUBLIC_ONLY or "
        "PRIVATE_ONLY.",
    )
    def _version_knows_the_access_mode(self) -> bool:
        return self.webserver_access_mode is not WebserverAccessMode.PUBLIC_AND_PRIVATE or not _is_version(
            self.airflow_version, _TOO_OLD_FOR_BOTH_ACCESS_MODES
        )

    @rule(
        "!has(self.airflowVersion) || !has(self.policies) || !has(self.policies.update) || "
        "!has(self.policies.update.workerReplacementStrategy) || "
        "self.policies.update.workerReplacementStrategy != 'GRACEFUL' || "
        f"!self.airflowVersion.matches(r'{_TOO_OLD_FOR_GRACEFUL}')",
        field="policies.update.workerReplacementStrategy",
        message="GRACEFUL needs Airflow 2.4.3 or later. Raise airflowVersion, or choose FORCED.",
    )
    def _version_knows_the_strategy(self) -> bool:
        return (
            # Where it is only the default, updates are FORCED for such a version.
            "worker_replacement_strategy" not in self.policies.update.model_fields_set
            or self.policies.update.worker_replacement_strategy is not WorkerReplacementStrategy.GRACEFUL
            or not _is_version(self.airflow_version, _TOO_OLD_FOR_GRACEFUL)
        )

    @rule(
        "!has(self.airflowConfigurationOptions) || !has(self.airflowConfigurationSecrets) || "
        "self.airflowConfigurationSecrets.all(option, !(option in self.airflowConfigurationOptions))",
        field="airflowConfigurationSecrets",
        message="The same option is in airflowConfigurationOptions and in airflowConfigurationSecrets. Remove it "
        "from one of them.",
    )
    def _options_come_from_one_place(self) -> bool:
        return not (self.airflow_configuration_options or {}).keys() & (self.airflow_configuration_secrets or {}).keys()

    @rule(
        "!has(self.teams) || self.teams.size() == 0 || has(self.identityCenterConfiguration)",
        field="teams",
        message="Teams are groups of IAM Identity Center. Set identityCenterConfiguration as well, or remove teams.",
    )
    def _teams_have_an_identity_center(self) -> bool:
        return not self.teams or self.identity_center_configuration is not None

    @rule(
        "!has(self.teams) || self.teams.all(a, self.teams.all(b, a == b || "
        "self.teams[a].sourceBucketArn != self.teams[b].sourceBucketArn || "
        "!self.teams[a].dagS3Path.startsWith(self.teams[b].dagS3Path)))",
        field="teams",
        message="The DAG folder of one team lies within that of another. Folders are compared as S3 prefixes, so "
        "dags and dags-blue overlap, and dags/ and dags-blue/ do not. Give each team a folder of its own.",
    )
    def _team_folders_are_apart(self) -> bool:
        folders = [(team.source_bucket_arn, team.dag_s3_path) for team in (self.teams or {}).values()]
        return not any(_overlap(a, b) for i, a in enumerate(folders) for b in folders[i + 1 :])

    @rule(
        "!has(self.teams) || !has(self.sourceBucketArn) || !has(self.dagS3Path) || "
        "self.teams.all(t, self.teams[t].sourceBucketArn != self.sourceBucketArn || "
        "!(self.teams[t].dagS3Path.startsWith(self.dagS3Path) || self.dagS3Path.startsWith(self.teams[t].dagS3Path)))",
        field="teams",
        message="The DAG folder of a team and dagS3Path lie within each other. Folders are compared as S3 prefixes, "
        "so dags and dags-blue overlap, and dags/ and dags-blue/ do not. Give the team a folder of its own.",
    )
    def _team_folders_are_apart_from_the_global_one(self) -> bool:
        if self.source_bucket_arn is None or self.dag_s3_path is None:
            return True
        common = (self.source_bucket_arn, self.dag_s3_path)
        return not any(
            _overlap(common, (team.source_bucket_arn, team.dag_s3_path)) for team in (self.teams or {}).values()
        )

    @rule(
        f"!has(self.tags) || self.tags.size() <= {MAX_TAGS_OF_PARTS} || !has(self.provision) || "
        "(!has(self.provision.network) && !has(self.provision.executionRole) && !has(self.provision.customerEndpoints))",
        field="tags",
        message=f"What provision makes gets these tags as well, and there AWS has room for {MAX_TAGS_OF_PARTS} of them. Remove one.",
    )
    def _parts_have_room_for_the_tags(self) -> bool:
        provision = self.provision
        parts = (provision.network, provision.execution_role, provision.customer_endpoints)
        return len(self.tags or {}) <= MAX_TAGS_OF_PARTS or parts == (None, None, None)

    @rule(
        "!has(self.tags) || self.tags.all(key, !key.startsWith('aws:'))",
        field="tags",
        message="Tag keys that begin with aws: are reserved by AWS. Rename the tag.",
    )
    def _tags_leave_out_those_of_aws(self) -> bool:
        return not any(key.startswith("aws:") for key in self.tags or {})

    @rule(
        f"!has(self.tags) || self.tags.all(key, !key.startsWith('{TAG_PREFIX}'))",
        field="tags",
        message=f"Tag keys that begin with {TAG_PREFIX} say which object owns an environment, and only the operator "
        "sets them. Rename the tag.",
    )
    def _tags_leave_out_those_of_ownership(self) -> bool:
        return not any(key.startswith(TAG_PREFIX) for key in self.tags or {})


def _is_version(version: str | None, pattern: str) -> bool:
    return version is not None and re.match(pattern, version) is not None


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and (one[1].startswith(other[1]) or other[1].startswith(one[1]))
