"""What the operator reads to say beforehand what will fail, and afterwards what has. All of it is optional: where it may not look, a
check says `unknown`, and that never stops anything.
"""

from mwaa_operator.planning.permissions.environment import BUCKETS, EXECUTION_ROLES, KEY, NO_RESOURCES, OBJECTS
from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy

OPERATOR_ROLE = f"arn:aws:iam::{ACCOUNT}:role/mwaa-operator"
"""The role of manifests/overlays/irsa."""

GRANTS = (
    Grant(
        sid="ChecksOfBuckets",
        policy=Policy.OPERATOR,
        subject="Checks",
        why="The bucket, its versioning and its public access block; and to tell a file that is missing from one that is not to be read.",
        calls=("s3:HeadBucket", "s3:ListObjectsV2", "s3:GetBucketVersioning", "s3:GetPublicAccessBlock"),
        resources=(BUCKETS,),
        optional=True,
    ),
    Grant(
        sid="ChecksOfFiles",
        policy=Policy.OPERATOR,
        subject="Checks",
        why="How requirements, plugins and startup script begin, in the version that is pinned (HeadObject, GetObject).",
        beside=("s3:GetObjectVersion",),
        resources=(OBJECTS,),
        optional=True,
    ),
    Grant(
        sid="ChecksOfRoles",
        policy=Policy.OPERATOR,
        subject="Checks",
        why="What the execution role trusts and may do, and what the operator's own may do.",
        calls=("iam:GetRole", "iam:SimulatePrincipalPolicy"),
        resources=(EXECUTION_ROLES, OPERATOR_ROLE),
        optional=True,
    ),
    Grant(
        sid="ChecksOfNetworksAndQuotas",
        policy=Policy.OPERATOR,
        subject="Checks",
        why="Network, quotas, and the account's own public access block.",
        calls=(
            "airflow:ListEnvironments",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeNatGateways",
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeVpcEndpoints",
            "servicequotas:ListServiceQuotas",
        ),
        beside=("s3:GetAccountPublicAccessBlock",),
        resources=("*",),
        every=f"{NO_RESOURCES}, nor do the others here",
        optional=True,
    ),
    Grant(
        sid="ChecksOfVpcs",
        policy=Policy.OPERATOR,
        subject="Checks",
        why="Whether names are resolved in the VPC, which may be shared by another account.",
        calls=("ec2:DescribeVpcAttribute",),
        resources=("arn:aws:ec2:*:*:vpc/*",),
        optional=True,
    ),
    Grant(
        sid="LogsOfWhatFailed",
        policy=Policy.OPERATOR,
        subject="Diagnosis",
        why="The ends of the environment's log streams, after a create or update has failed.",
        calls=("logs:DescribeLogStreams", "logs:GetLogEvents"),
        resources=(f"arn:aws:logs:*:{ACCOUNT}:log-group:airflow-*",),
        optional=True,
    ),
    Grant(
        sid="MetricsOfLoad",
        policy=Policy.OPERATOR,
        subject="WellSized",
        why="Tasks, workers, CPU and memory of all environments of a Region at once. Left out, WellSized is Unknown.",
        calls=("cloudwatch:GetMetricData",),
        resources=("*",),
        every="CloudWatch knows no resources for it",
        optional=True,
    ),
    Grant(
        sid="ChecksOfKeys",
        policy=Policy.KEY,
        subject="Checks",
        why="Whether the key's policy lets CloudWatch Logs use it.",
        calls=("kms:GetKeyPolicy",),
        resources=(KEY,),
        optional=True,
    ),
)
