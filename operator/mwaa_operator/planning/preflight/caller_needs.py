"""What the operator itself needs, because MWAA acts as its caller (User Guide, access-policies; `mwaa-behaviour.md` §6)."""

from collections.abc import Iterator

from mwaa_operator.planning.preflight.facts_key import key_asked_for
from mwaa_operator.planning.preflight.facts_permissions import Need
from mwaa_operator.planning.preflight.facts_role import role_arn
from mwaa_operator.planning.preflight.role_needs import key_arn
from mwaa_operator.planning.preflight.snapshot import Question
from mwaa_operator.planning.preflight.wanted import wanted

ENVIRONMENTS, PASS_ROLE, LINKED_ROLE, NETWORK, ENDPOINTS, KEY, BUCKET = (
    *("environments", "pass role", "linked role", "network", "endpoints", "key", "bucket"),
)
"""Purposes, each of which a check is about."""

_AIRFLOW = "airflow.amazonaws.com"


def caller_needs(question: Question) -> Iterator[Need]:
    """What a check of the call that is asked about judges: those of members that it does not change are not made."""
    call = "airflow:CreateEnvironment" if question.creating else "airflow:UpdateEnvironment"
    yield Need(
        purpose=ENVIRONMENTS,
        actions=(call, "airflow:TagResource"),
        resources=(question.environment_arn,),
    )
    yield Need(
        purpose=ENVIRONMENTS,
        actions=("airflow:GetEnvironment", "airflow:DeleteEnvironment", "airflow:UntagResource"),
        resources=(question.environment_arn,),
        essential=False,
    )
    if role_arn(question) and "ExecutionRoleArn" in question.changed:
        yield Need(
            purpose=PASS_ROLE,
            actions=("iam:PassRole",),
            resources=(role_arn(question),),
            context={"iam:PassedToService": _AIRFLOW},
        )
    if question.creating:
        yield Need(
            purpose=LINKED_ROLE,
            actions=("iam:CreateServiceLinkedRole",),
            resources=(
                f"arn:{question.partition}:iam::{question.account_id}:role/aws-service-role/{_AIRFLOW}/AWSServiceRoleForAmazonMWAA",
            ),
            context={"iam:AWSServiceName": _AIRFLOW},
            # Only the first environment of an account needs it.
            essential=False,
        )
    if "NetworkConfiguration" in question.changed:
        yield Need(
            purpose=NETWORK,
            actions=(
                *("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets"),
                *("ec2:DescribeVpcs", "ec2:DescribeRouteTables"),
            ),
            resources=("*",),
            essential=False,
        )
    if makes_endpoints(question):
        where = f"arn:{question.partition}:ec2:{question.region}:{question.account_id}"
        for action, made in zip(ENDPOINT_ACTIONS, ("vpc-endpoint", "network-interface"), strict=True):
            yield Need(
                purpose=ENDPOINTS,
                actions=(action,),
                # Only what is made: of the subnets and groups that it is made in, another account may be the owner.
                resources=(f"{where}:{made}/*",),
                # A policy may let these be done by way of MWAA alone, which a dry run of our own is not.
                context={"aws:CalledVia": _AIRFLOW},
            )
    if question.bucket and "SourceBucketArn" in question.changed:
        yield Need(
            purpose=BUCKET,
            actions=("s3:GetEncryptionConfiguration",),
            resources=(f"arn:{question.partition}:s3:::{question.bucket}",),
            essential=False,
        )
    if key_asked_for(question) is not None and "KmsKey" in question.changed:
        key = (key_arn(question),)
        yield Need(purpose=KEY, actions=("kms:CreateGrant", "kms:DescribeKey"), resources=key)
        yield Need(
            purpose=KEY,
            actions=("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ListGrants", "kms:RevokeGrant"),
            resources=key,
            essential=False,
        )


ENDPOINT_ACTIONS = ("ec2:CreateVpcEndpoint", "ec2:CreateNetworkInterface")
"""What MWAA makes dry runs of as its caller, at each creation and update (User Guide, mwaa-slr)."""


def makes_endpoints(question: Question) -> bool:
    """Whether MWAA makes the environment's endpoints itself."""
    return str(wanted(question, "EndpointManagement")) != "CUSTOMER"
