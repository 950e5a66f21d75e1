"""Worlds in which AWS would refuse or fail the call, and the check that finds it."""

from __future__ import annotations

from mwaa_operator.planning.preflight.facts_bucket import Encryption
from mwaa_operator.planning.preflight.facts_files import PLUGINS, REQUIREMENTS
from mwaa_operator.planning.preflight.snapshot import Subject

from .plain_breaking import (
    ALIAS,
    BUCKET_ARN,
    HALF,
    IDENTITY_CENTER,
    OTHER_HALF,
    OTHER_KEY,
    Broken,
    logs,
    options,
    refused_dry_run,
    team,
    trust,
)
from .plain_world import ACCOUNT, CONSTRAINED, KEY, KEY_POLICY

ERRORS: dict[str, tuple[str, Broken]] = {
    "two schedulers of a micro that AWS has": (
        "SchedulersFitClass",
        lambda world: world.running(Schedulers=2).asking(EnvironmentClass="mw1.micro", Schedulers=None, MaxWorkers=1),
    ),
    "six web servers": ("WebserversFitClass", lambda world: world.asking(MaxWebservers=6)),
    "a micro with two web servers": (
        "WebserversFitClass",
        lambda world: world.asking(EnvironmentClass="mw1.micro", Schedulers=1, MaxWorkers=1, MinWebservers=2),
    ),
    "fewer web servers at most than at least": (
        "WebserversFitClass",
        lambda world: world.running(MaxWebservers=2).asking(MinWebservers=3),
    ),
    "fewer workers at most than at least": ("WorkersFitClass", lambda world: world.asking(MinWorkers=6)),
    "an empty tag": ("TagsComplete", lambda world: world.on(tags={"team": ""})),
    "a tag of AWS's": ("TagsComplete", lambda world: world.on(tags={"aws:team": "data"})),
    "51 tags": ("TagsFew", lambda world: world.on(tags={f"tag{i}": "x" for i in range(51)})),
    "teams without an identity centre": (
        "TeamsHaveIdentityCenter",
        lambda world: world.asking(DagS3Path="dags/", Teams=team("blue/")),
    ),
    "a team within the common folder": (
        "TeamFoldersApart",
        lambda world: world.asking(Teams=team("dags-blue/"), IdentityCenterConfiguration=IDENTITY_CENTER),
    ),
    "a folder in the bucket's ARN": (
        "BucketArnPlain",
        lambda world: world.asking(SourceBucketArn=f"{BUCKET_ARN}/"),
    ),
    "an alias": ("KeyByName", lambda world: world.asking(KmsKey=ALIAS)),
    "the id of a multi-Region key": (
        "KeyByName",
        lambda world: world.asking(KmsKey=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/mrk-0123456789abcdef"),
    ),
    "a file without a version": ("FilesByVersion", lambda world: world.asking(PluginsS3ObjectVersion=None)),
    "a version without support": (
        "AirflowVersionSupported",
        lambda world: world.asking(AirflowVersion="2.6.3", PluginsS3Path=None, PluginsS3ObjectVersion=None).with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.6.3")
        ),
    ),
    "from 2 to 3 in one step": (
        "VersionWithinReach",
        lambda world: world.running(AirflowVersion="2.11.0"),
    ),
    "both access modes of a version that has one": (
        "AccessModeFitsVersion",
        lambda world: world.asking(AirflowVersion="3.0.6", WebserverAccessMode="PUBLIC_AND_PRIVATE").with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.0.6")
        ),
    ),
    "a line break at a secret's end": ("OptionsWellFormed", options(smtp__smtp_password="geheim\n")),
    "an option that is no option": ("OptionsWellFormed", options(Core__x="1")),
    "an option that MWAA does not support": ("OptionsSupported", options(core__multi_team="True")),
    "ten environments of ten": (
        "EnvironmentsWithinQuota",
        lambda world: world.where(
            Subject.QUOTAS, environments=tuple(f"e{i}" for i in range(10)), environments_quota=10
        ),
    ),
    "thirty workers of twenty-five": (
        "WorkersWithinQuota",
        lambda world: world.asking(MaxWorkers=30).where(Subject.QUOTAS, workers_quota=25),
    ),
    "a caller who is forbidden to pass the role": (
        "CallerPassesRole",
        lambda world: world.caller_lacks("iam:PassRole", forbidden=True),
    ),
    "a caller whom EC2 refuses": ("CallerMakesEndpoints", refused_dry_run),
    "a caller who is forbidden to create": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:CreateEnvironment", forbidden=True),
    ),
    "no bucket": ("BucketExists", lambda world: world.where(Subject.BUCKET, exists=False)),
    "a bucket elsewhere": ("BucketInRegion", lambda world: world.where(Subject.BUCKET, region="us-east-1")),
    "a bucket without versions": ("BucketVersioned", lambda world: world.where(Subject.BUCKET, versioning=None)),
    "a bucket with old versions only": (
        "BucketVersioned",
        lambda world: world.where(Subject.BUCKET, versioning="Suspended"),
    ),
    "an open bucket": ("BucketBlocksPublicAccess", lambda world: world.where(Subject.BUCKET, blocks=HALF)),
    "a bucket with another key": (
        "BucketKeySame",
        lambda world: world.where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key=OTHER_KEY)),
    ),
    "a bucket with a key and an environment without": (
        "BucketKeySame",
        lambda world: (
            world.asking(KmsKey=None)
            .seeing(Subject.KEY, None)
            .where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms:dsse", key=KEY))
        ),
    ),
    "no DAGs": (
        "DagFolderExists",
        lambda world: world.where(Subject.BUCKET, dag_folders={("airflow-mybucket", "dags"): False}),
    ),
    "a file that is not there": ("FilesExist", lambda world: world.with_file(PLUGINS, exists=False)),
    "a role of another account": (
        "RoleInAccount",
        lambda world: world.asking(ExecutionRoleArn="arn:aws:iam::999999999999:role/airflow-demo"),
    ),
    "no role": ("RoleExists", lambda world: world.where(Subject.ROLE, exists=False)),
    "a role that trusts half of MWAA": (
        "RoleTrustsMwaa",
        lambda world: world.where(Subject.ROLE, trust=trust(Principal={"Service": "airflow.amazonaws.com"})),
    ),
    "a role that trusts nobody that can be read": (
        "RoleTrustsMwaa",
        lambda world: world.where(Subject.ROLE, trust=None),
    ),
    "a role of another environment": (
        "RoleTrustsThisEnvironment",
        lambda world: world.where(
            Subject.ROLE,
            trust=trust(
                Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:airflow:eu-west-1:{ACCOUNT}:environment/other"}}
            ),
        ),
    ),
    "a role that cannot read DAGs": ("RoleReadsBucket", lambda world: world.role_lacks("s3:GetObject")),
    "a role that cannot see the account's block": (
        "RoleReadsAccountBlock",
        lambda world: world.role_lacks("s3:GetAccountPublicAccessBlock").where(
            Subject.BUCKET, blocks={}, account_blocks=HALF | OTHER_HALF
        ),
    ),
    "a role that cannot write logs": ("RoleWritesLogs", lambda world: world.role_lacks("logs:PutLogEvents")),
    "a role without the queue": ("RoleUsesQueue", lambda world: world.role_lacks("sqs:SendMessage", forbidden=True)),
    "a role without the key": ("RoleUsesKey", lambda world: world.role_lacks("kms:Decrypt")),
    "a role without metrics": ("RolePutsMetrics", lambda world: world.role_lacks("cloudwatch:PutMetricData")),
    "a key elsewhere": (
        "KeyInRegion",
        lambda world: world.asking(KmsKey=KEY.replace("eu-west-1", "us-east-1")),
    ),
    "no key": ("KeyExists", lambda world: world.where(Subject.KEY, exists=False)),
    "a key that is disabled": ("KeyEnabled", lambda world: world.where(Subject.KEY, state="Disabled")),
    "a key to be deleted": ("KeyEnabled", lambda world: world.where(Subject.KEY, state="PendingDeletion")),
    "a key for signatures": (
        "KeySymmetric",
        lambda world: world.where(Subject.KEY, spec="RSA_2048", usage="SIGN_VERIFY"),
    ),
    "a key of many Regions": ("KeyOfOneRegion", lambda world: world.where(Subject.KEY, multi_region=True)),
    "a key without CloudWatch Logs": (
        "KeyAdmitsLogs",
        lambda world: world.where(Subject.KEY, policy={"Statement": KEY_POLICY["Statement"][:1]}),
    ),
    "a key for somebody else's log groups": (
        "KeyAdmitsLogs",
        lambda world: world.where(
            Subject.KEY,
            policy=logs(
                Condition={
                    "StringLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:x*"
                    }
                }
            ),
        ),
    ),
    "a key that only speaks of airflow and aws:logs:arn": (
        "KeyAdmitsLogs",
        lambda world: world.where(Subject.KEY, policy=logs(Sid="airflow aws:logs:arn", Action="kms:Describe*")),
    ),
}
