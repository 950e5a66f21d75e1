"""What the policies keep the operator from, whatever it is told to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mwaa_operator.api.names import TAG_CLUSTER
from mwaa_operator.aws.calls import call
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.permissions.environment import KEY
from mwaa_operator.planning.permissions.model import ACCOUNT, Policy
from mwaa_operator.resources.execution_role import ExecutionRolePart

from .caller import REGION, Caller
from .lives import DOCUMENT, TRUST

BOUNDARY = Path(__file__).parents[4] / "manifests" / "iam" / "role-boundary-policy.json"
OURS = {"Key": TAG_CLUSTER, "Value": "cluster-1"}


@pytest.fixture(scope="module")
def caller(another_account):
    return Caller(another_account(), tuple(Policy), KEY, tries_all=False)


@pytest.fixture(scope="module")
def theirs(caller):
    """Make things that somebody else has made, under names that the operator could have chosen."""
    client = caller.account.client
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client("iam").create_role(RoleName="mwaa-execution-theirs", AssumeRolePolicyDocument=TRUST)
    client("logs").create_log_group(logGroupName="airflow-theirs-Task")
    return {
        "vpc": vpc,
        "subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"],
        "table": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        "group": ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=vpc)["GroupId"],
        "gateway": ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
        "address": ec2.allocate_address(Domain="vpc")["AllocationId"],
    }


def specification(kind, *tags):
    return [{"ResourceType": kind, "Tags": list(tags)}]


CALLS = {
    "a VPC of others is deleted": ("ec2", "DeleteVpc", {"VpcId": "vpc"}),
    "a VPC of others is changed": (
        "ec2",
        "ModifyVpcAttribute",
        {"VpcId": "vpc", "EnableDnsHostnames": {"Value": True}},
    ),
    "a subnet of others is deleted": ("ec2", "DeleteSubnet", {"SubnetId": "subnet"}),
    "a route is put into a table of others": (
        "ec2",
        "CreateRoute",
        {"RouteTableId": "table", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "gateway"},
    ),
    "a group of others admits somebody": (
        "ec2",
        "AuthorizeSecurityGroupIngress",
        {"GroupId": "group", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
    ),
    "an address of others is released": ("ec2", "ReleaseAddress", {"AllocationId": "address"}),
    "a VPC of others becomes the operator's": ("ec2", "CreateTags", {"Resources": ["vpc"], "Tags": [OURS]}),
    "a VPC is made without tags": ("ec2", "CreateVpc", {"CidrBlock": "10.1.0.0/16"}),
    "a group is made without tags": (
        "ec2",
        "CreateSecurityGroup",
        {"GroupName": "plain", "Description": "plain", "VpcId": "vpc"},
    ),
    "a subnet is made in a VPC of others": (
        "ec2",
        "CreateSubnet",
        {"VpcId": "vpc", "CidrBlock": "10.0.1.0/24", "TagSpecifications": specification("subnet", OURS)},
    ),
    "a role of others gets a policy": (
        "iam",
        "PutRolePolicy",
        {"RoleName": "mwaa-execution-theirs", "PolicyName": "more", "PolicyDocument": DOCUMENT},
    ),
    "a role of others is deleted": ("iam", "DeleteRole", {"RoleName": "mwaa-execution-theirs"}),
    "a role of another name is made": (
        "iam",
        "CreateRole",
        {"RoleName": "admin", "AssumeRolePolicyDocument": TRUST, "Tags": [OURS]},
    ),
    "a role is made without tags": (
        "iam",
        "CreateRole",
        {"RoleName": "mwaa-execution-plain", "AssumeRolePolicyDocument": TRUST},
    ),
    "a log group of others is deleted": ("logs", "DeleteLogGroup", {"logGroupName": "airflow-theirs-Task"}),
    "a bucket of another name is made": ("s3", "CreateBucket", {"Bucket": "payroll"}),
}


@pytest.mark.parametrize("case", CALLS)
def test_it_is_refused_when(case, caller, theirs):
    service, operation, parameters = CALLS[case]
    given = {
        name: [theirs.get(one, one) for one in value] if name == "Resources" else _filled(value, theirs)
        for name, value in parameters.items()
    }
    with pytest.raises(AwsError) as refused:
        call(caller.clients.client(service, REGION), operation, given)
    assert refused.value.kind is FailureKind.DENIED


def _filled(value, theirs):
    return theirs.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def bounded(another_account):
    """Make an operator that is held to the policy about boundaries as well."""
    account = another_account()
    caller = Caller(account, tuple(Policy), KEY, tries_all=False)
    caller.also(json.loads(BOUNDARY.read_text(encoding="utf-8").replace(ACCOUNT, account.account)))
    account.client("iam").create_policy(PolicyName="airflow-boundary", PolicyDocument=DOCUMENT)
    return caller


def boundary(caller):
    return f"arn:aws:iam::{caller.account.account}:policy/airflow-boundary"


def role(caller, **wanted):
    """Have the operator bring its role about."""
    caller.asks({"executionRole": wanted})
    return caller.brings_about(ExecutionRolePart())


def test_role_without_the_boundary_is_not_made(bounded):
    with pytest.raises(AwsError) as refused:
        role(bounded)
    assert refused.value.action == "iam:CreateRole"
    assert "explicit deny" in refused.value.message


def test_role_with_the_boundary_is_made_and_removed(bounded):
    statements = [{"action": ["dynamodb:GetItem"], "resource": ["*"]}]
    assert role(bounded, permissionsBoundaryArn=boundary(bounded), additionalStatements=statements).ready
    assert bounded.removes(ExecutionRolePart()).gone


def test_boundary_is_not_taken_off(bounded):
    role(bounded, permissionsBoundaryArn=boundary(bounded))
    with pytest.raises(AwsError) as refused:
        role(bounded)
    assert refused.value.action == "iam:DeleteRolePermissionsBoundary"
