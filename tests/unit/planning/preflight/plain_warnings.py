"""Worlds in which something is not certain to fail, and the check that finds it."""

from __future__ import annotations

from mwaa_operator.planning.preflight.facts_bucket import Encryption
from mwaa_operator.planning.preflight.facts_files import PLUGINS, REQUIREMENTS
from mwaa_operator.planning.preflight.snapshot import Subject

from .plain_breaking import (
    ALIAS,
    HALF,
    IDENTITY_CENTER,
    OTHER_HALF,
    Broken,
    lazy,
    may_list_buckets,
    options,
    requirements,
    script,
    team,
)
from .plain_world import CONSTRAINED

WARNINGS: dict[str, tuple[str, Broken]] = {
    "a class that is not on record": (
        "EnvironmentClassKnown",
        lambda world: world.asking(EnvironmentClass="mw1.4xlarge"),
    ),
    "a micro that is to scale": (
        "WorkersFitClass",
        lambda world: world.asking(EnvironmentClass="mw1.micro", Schedulers=1),
    ),
    "a version that is not on record": (
        "AirflowVersionKnown",
        lambda world: world.asking(AirflowVersion="3.9.0").with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.9.0")
        ),
    ),
    "another Python under requirements": (
        "PythonStays",
        lambda world: (
            world.asking(AirflowVersion="2.11.2", **lazy("False"))
            .running(AirflowVersion="2.10.3")
            .with_file(REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.11.2"))
        ),
    ),
    "teams of a version that may have none": (
        "TeamsFitVersion",
        lambda world: world.asking(
            AirflowVersion="3.2.1",
            DagS3Path="dags/",
            Teams=team("blue/"),
            IdentityCenterConfiguration=IDENTITY_CENTER,
        ).with_file(REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.2.1")),
    ),
    "an option that MWAA overrides": ("OptionsHonoured", options(core__executor="LocalExecutor")),
    "an option of the worker that MWAA ignores": (
        "WorkerConcurrencyHonoured",
        options(celery__worker_concurrency="4"),
    ),
    "more parsing processes than processors": (
        "ParsingProcessesFitClass",
        options(dag_processor__parsing_processes="2"),
    ),
    "plugins that are loaded late": (
        "PluginsLoaded",
        lambda world: world.asking(AirflowVersion="2.11.2", **lazy("True")).with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.11.2")
        ),
    ),
    "a quota that nobody knows": (
        "EnvironmentsWithinQuota",
        lambda world: world.where(Subject.QUOTAS, environments=tuple(f"e{i}" for i in range(10))),
    ),
    "a caller who may not create": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:CreateEnvironment"),
    ),
    "a caller who is forbidden to delete": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:DeleteEnvironment", forbidden=True),
    ),
    "a caller who may not make the linked role": (
        "CallerMakesLinkedRole",
        lambda world: world.caller_lacks("iam:CreateServiceLinkedRole"),
    ),
    "a caller who may not see subnets": ("CallerSeesNetwork", lambda world: world.caller_lacks("ec2:DescribeSubnets")),
    "a caller who may not see encryption": (
        "CallerSeesEncryption",
        lambda world: world.caller_lacks("s3:GetEncryptionConfiguration"),
    ),
    "a caller who may not grant the key": ("CallerUsesKey", lambda world: world.caller_lacks("kms:CreateGrant")),
    "blocks of bucket and account that only together are all": (
        "BucketBlocksPublicAccess",
        lambda world: world.where(Subject.BUCKET, blocks=HALF, account_blocks=OTHER_HALF),
    ),
    "a bucket that names its key by an alias": (
        "BucketKeySame",
        lambda world: world.where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key=ALIAS)),
    ),
    "plugins of two gigabytes": ("FilesSmall", lambda world: world.with_file(PLUGINS, size=2 * 10**9)),
    "plugins that are a tar": ("PluginsZipped", lambda world: world.with_file(PLUGINS, beginning=b"\x1f\x8b\x08\x00")),
    "requirements without constraints": ("RequirementsConstrained", requirements(b"pandas\n")),
    "requirements with constraints as a comment": ("ConstraintInForce", requirements(b"# --constraint x\npandas\n")),
    "constraints of another Airflow": (
        "ConstraintsFitVersion",
        requirements(CONSTRAINED.replace(b"3.3.1", b"2.10.3")),
    ),
    "constraints of another Python": ("ConstraintsFitVersion", requirements(CONSTRAINED.replace(b"-3.12", b"-3.11"))),
    "requirements that pin Airflow": (
        "RequirementsLeaveAirflow",
        requirements(CONSTRAINED + b"apache_airflow[celery] == 3.3.1\n"),
    ),
    "a private web server that is to download": (
        "RequirementsAreWheels",
        lambda world: world.asking(WebserverAccessMode="PRIVATE_ONLY"),
    ),
    "a script from Windows": ("StartupScriptUnix", script(b"#!/bin/sh\r\nexport A=1\r\n")),
    "a script that downloads on a private web server": (
        "StartupScriptOffline",
        script(b"#!/bin/sh\nsudo yum install -y libaio\n"),
    ),
    "a role whose policies ask for the unknown": (
        "RoleReadsBucket",
        lambda world: world.role_lacks("s3:ListBucket", missing=("aws:SourceVpc",)),
    ),
    "a role that cannot read logs back": ("RoleWritesLogs", lambda world: world.role_lacks("logs:GetLogEvents")),
    "a role that cannot encrypt": ("RoleUsesKey", lambda world: world.role_lacks("kms:Encrypt")),
    "a role that may list all buckets": ("RoleListsNoBuckets", may_list_buckets),
}
