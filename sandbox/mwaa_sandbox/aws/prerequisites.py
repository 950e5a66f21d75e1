"""What an environment needs before it can be created, made with plain boto3 as a platform team would make it.

Works against any AWS-like endpoint: it knows nothing of the simulator. Network as in mwaa-behaviour.md §5 (public routing:
private subnets behind a NAT gateway), role as in §6, bucket as in §4.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ClientFactory = Callable[[str], Any]
"""A service's name to a boto3 client of the account and Region in question."""

_SERVICES = ("airflow.amazonaws.com", "airflow-env.amazonaws.com")
_DAG = b"""try:
    from airflow.sdk import dag
except ImportError:  # Airflow 2
    from airflow.decorators import dag


@dag
def hello() -> None: ...


hello()
"""


@dataclass(frozen=True)
class Prerequisites:
    """Names of what was made, as a MwaaEnvironment's spec wants them."""

    bucket_arn: str
    role_arn: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    vpc_id: str


def make_prerequisites(
    client_factory: ClientFactory, *, name: str, bucket: str, role_name: str, dags_prefix: str = "dags/"
) -> Prerequisites:
    """Make bucket, network and execution role, and return their names.

    The role can serve any environment of the account, so that many environments can share these prerequisites. `name`
    is given to the network's parts as a Name tag.

    Raises:
        botocore.exceptions.ClientError: among others when the bucket or the role exists already.
    """
    s3, ec2 = client_factory("s3"), client_factory("ec2")
    region = s3.meta.region_name
    _make_bucket(s3, bucket, region=region, dags_prefix=dags_prefix)
    vpc_id, subnet_ids, group_id = _make_network(ec2, name)
    account = client_factory("sts").get_caller_identity()["Account"]
    role_arn = _make_role(client_factory("iam"), role_name, bucket=bucket, region=region, account=account)
    return Prerequisites(
        bucket_arn=f"arn:{_partition(region)}:s3:::{bucket}",
        role_arn=role_arn,
        subnet_ids=subnet_ids,
        security_group_ids=(group_id,),
        vpc_id=vpc_id,
    )


def make_key(client_factory: ClientFactory, *, role_name: str) -> str:
    """Make a key that an environment can be encrypted with, let the execution role use it, and return its ARN (§6)."""
    kms = client_factory("kms")
    region = kms.meta.region_name
    account = client_factory("sts").get_caller_identity()["Account"]
    partition = _partition(region)
    of_logs = {
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{partition}:logs:{region}:{account}:*"}},
    }
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}}
    policy = {"Version": "2012-10-17", "Statement": [{**root, "Action": "kms:*", "Resource": "*"}, of_logs]}
    arn = str(kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"])
    use = {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"],
        "Resource": arn,
        "Condition": {"StringLike": {"kms:ViaService": [f"sqs.{region}.amazonaws.com", f"s3.{region}.amazonaws.com"]}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [use]})
    client_factory("iam").put_role_policy(RoleName=role_name, PolicyName="airflow-key", PolicyDocument=document)
    return arn


def _make_bucket(s3: Any, bucket: str, *, region: str, dags_prefix: str) -> None:
    """§4: same Region, versioned, encrypted, closed to the public, and with something under the DAG prefix."""
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}],
        },
    )
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_object(Bucket=bucket, Key=f"{dags_prefix.strip('/')}/hello.py", Body=_DAG)


def _make_network(ec2: Any, name: str) -> tuple[str, tuple[str, ...], str]:
    """§5: two private subnets in two zones behind a NAT gateway, and a security group that admits itself.

    The subnets have room for thousands of environments.
    """
    vpc_id = ec2.create_vpc(CidrBlock="10.192.0.0/16", TagSpecifications=_tags("vpc", name))["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
    public = _make_subnet(ec2, vpc_id, f"{name}-public", zone=zones[0], cidr="10.192.10.0/24")
    private = tuple(
        _make_subnet(ec2, vpc_id, f"{name}-private-{number}", zone=zone, cidr=f"10.192.{64 * (number + 1)}.0/18")
        for number, zone in enumerate(zones)
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    _route(ec2, vpc_id, [public], GatewayId=gateway)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    # Not waited for: it comes up long before the first environment does.
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    _route(ec2, vpc_id, list(private), NatGatewayId=nat)
    group = ec2.create_security_group(GroupName=name, Description=f"Airflow of {name}", VpcId=vpc_id)["GroupId"]
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[itself])
    return vpc_id, private, group


def _make_subnet(ec2: Any, vpc_id: str, name: str, *, zone: str, cidr: str) -> str:
    made = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=_tags("subnet", name)
    )
    return str(made["Subnet"]["SubnetId"])


def _route(ec2: Any, vpc_id: str, subnets: list[str], **target: str) -> None:
    """Send everything that leaves these subnets to a gateway."""
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def _make_role(iam: Any, role_name: str, *, bucket: str, region: str, account: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": list(_SERVICES)}, "Action": "sts:AssumeRole"},
        ],
    }
    role = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    document = json.dumps(_permissions(bucket=bucket, region=region, account=account))
    iam.put_role_policy(RoleName=role_name, PolicyName="airflow", PolicyDocument=document)
    return str(role["Arn"])


def _permissions(*, bucket: str, region: str, account: str) -> dict[str, Any]:
    """§6, execution role policy, for an environment encrypted with the key that AWS owns."""
    partition = _partition(region)
    bucket_arn = f"arn:{partition}:s3:::{bucket}"
    bucket_and_objects = [bucket_arn, f"{bucket_arn}/*"]
    logs = ["CreateLogStream", "CreateLogGroup", "PutLogEvents", "GetLogEvents", "GetLogRecord", "GetLogGroupFields"]
    logs += ["GetQueryResults", "DescribeLogStreams"]
    queue = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"]
    queue += ["SendMessage"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": bucket_and_objects},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
                "Resource": bucket_and_objects,
            },
            {"Effect": "Allow", "Action": "s3:GetAccountPublicAccessBlock", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [f"logs:{action}" for action in logs],
                "Resource": f"arn:{partition}:logs:{region}:{account}:log-group:airflow-*",
            },
            {"Effect": "Allow", "Action": ["logs:DescribeLogGroups", "cloudwatch:PutMetricData"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [f"sqs:{action}" for action in queue],
                "Resource": f"arn:{partition}:sqs:{region}:*:airflow-celery-*",
            },
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"],
                "NotResource": f"arn:{partition}:kms:*:{account}:key/*",
                "Condition": {"StringLike": {"kms:ViaService": [f"sqs.{region}.amazonaws.com"]}},
            },
        ],
    }


def _tags(resource: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource, "Tags": [{"Key": "Name", "Value": name}]}]


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws"
