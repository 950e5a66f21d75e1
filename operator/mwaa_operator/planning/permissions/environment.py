"""The environment itself: MWAA's own calls, and what MWAA does with its caller's permissions (User Guide, access-policies and mwaa-slr)."""

from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy

BUCKETS = "arn:aws:s3:::airflow-*"
OBJECTS = f"{BUCKETS}/*"
EXECUTION_ROLES = f"arn:aws:iam::{ACCOUNT}:role/airflow-*"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
MWAA = "airflow.amazonaws.com"
PASSED_TO_MWAA = {"StringEquals": {"iam:PassedToService": MWAA}}
NO_RESOURCES = "EC2's Describe calls know no resources"

GRANTS = (
    Grant(
        sid="Environments",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="Tags come with GetEnvironment, so nothing is listed.",
        calls=(
            "airflow:CreateEnvironment",
            "airflow:GetEnvironment",
            "airflow:UpdateEnvironment",
            "airflow:DeleteEnvironment",
            "airflow:TagResource",
            "airflow:UntagResource",
        ),
        resources=(f"arn:aws:airflow:*:{ACCOUNT}:environment/*",),
    ),
    Grant(
        sid="ExecutionRoles",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="Create and update hand the execution role to MWAA, and to no other service.",
        beside=("iam:PassRole",),
        resources=(EXECUTION_ROLES,),
        condition=PASSED_TO_MWAA,
    ),
    Grant(
        sid="FirstEnvironmentOfAnAccount",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="Create, where there is no `AWSServiceRoleForAmazonMWAA` yet.",
        beside=("iam:CreateServiceLinkedRole",),
        resources=(f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{MWAA}/AWSServiceRoleForAmazonMWAA",),
        condition={"StringEquals": {"iam:AWSServiceName": MWAA}},
    ),
    Grant(
        sid="NewestVersionsOfFiles",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="The newest versions of requirements, plugins and startup script are found, pinned and followed.",
        calls=("s3:HeadObject",),
        resources=(OBJECTS,),
    ),
    Grant(
        sid="EncryptionOfBuckets",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="MWAA reads it as its caller when an environment is created.",
        beside=("s3:GetEncryptionConfiguration",),
        resources=(BUCKETS,),
    ),
    Grant(
        sid="NetworkAsMwaaSeesIt",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="MWAA looks at the network as its caller, at create and update.",
        beside=("ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
        resources=("*",),
        every=NO_RESOURCES,
    ),
    Grant(
        sid="EndpointsAsMwaaTriesThem",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="MWAA tries as its caller, without doing it, what it will do as itself. Not with `endpointManagement: CUSTOMER`.",
        beside=("ec2:CreateVpcEndpoint",),
        resources=(
            f"arn:aws:ec2:*:{ACCOUNT}:vpc-endpoint/*",
            "arn:aws:ec2:*:*:vpc/*",
            "arn:aws:ec2:*:*:subnet/*",
            "arn:aws:ec2:*:*:security-group/*",
        ),
    ),
    Grant(
        sid="InterfacesAsMwaaTriesThem",
        policy=Policy.OPERATOR,
        subject="Environment",
        why="The same for network interfaces.",
        beside=("ec2:CreateNetworkInterface",),
        resources=(
            f"arn:aws:ec2:*:{ACCOUNT}:network-interface/*",
            "arn:aws:ec2:*:*:subnet/*",
            "arn:aws:ec2:*:*:security-group/*",
        ),
    ),
    Grant(
        sid="KeyOfEnvironments",
        policy=Policy.KEY,
        subject="Key",
        why="MWAA uses the key, and gives its own roles the use of it, as its caller; so does S3 when the operator puts into a bucket.",
        beside=(
            "kms:DescribeKey",
            "kms:ListGrants",
            "kms:CreateGrant",
            "kms:RevokeGrant",
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ),
        resources=(KEY,),
        unproved={"kms:ReEncrypt*": "MWAA User Guide, access-policies"},
    ),
)
