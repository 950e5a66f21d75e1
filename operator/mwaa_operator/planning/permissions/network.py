"""The provisioned network, and the endpoints of `endpointManagement: CUSTOMER`.

What a call makes carries the operator's tags in that call, and only what carries them may be changed or deleted (EC2 User Guide, grant
permission to tag resources during creation).
"""

from mwaa_operator.planning.permissions.environment import NO_RESOURCES
from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy
from mwaa_operator.planning.permissions.ownership import MADE_BY_US, WITH_OUR_TAGS

_NETWORK, _ENDPOINTS = "`provision.network`", "`provision.customerEndpoints`"
_MADE = ("vpc", "internet-gateway", "subnet", "route-table", "security-group", "elastic-ip", "natgateway")
_CREATIONS = (
    "CreateVpc",
    "CreateInternetGateway",
    "CreateSubnet",
    "CreateRouteTable",
    "CreateSecurityGroup",
    "AllocateAddress",
    "CreateNatGateway",
)


def _arns(*kinds: str) -> tuple[str, ...]:
    return tuple(f"arn:aws:ec2:*:{ACCOUNT}:{kind}/*" for kind in kinds)


_ANY = _arns("*")
"""Each action has its own kinds of resources, and the condition tells which of them; named one by one, they would not fit into a policy."""

GRANTS = (
    Grant(
        sid="NetworksAreSeen",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="All that carries the operator's tags, and what others have put beside it.",
        calls=(
            "ec2:DescribeAddresses",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeNatGateways",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcEndpoints",
            "ec2:DescribeVpcs",
        ),
        resources=("*",),
        every=NO_RESOURCES,
    ),
    Grant(
        sid="VpcsAreSeen",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="Whether names are resolved in the VPC.",
        calls=("ec2:DescribeVpcAttribute",),
        resources=_arns("vpc"),
    ),
    Grant(
        sid="NetworksAreMade",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="What a call makes has to carry the operator's tags.",
        calls=tuple(f"ec2:{creation}" for creation in _CREATIONS),
        resources=_arns(*_MADE),
        condition=WITH_OUR_TAGS,
    ),
    Grant(
        sid="TagsOfWhatIsMade",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="In the call that makes it, and never later.",
        beside=("ec2:CreateTags",),
        resources=_ANY,
        condition={"StringEquals": {"ec2:CreateAction": [*_CREATIONS, "CreateVpcEndpoint"]}},
    ),
    Grant(
        sid="NetworksItMade",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="Only what carries the operator's tags is built in, changed and deleted.",
        calls=tuple(
            f"ec2:{operation}"
            for operation in (
                "CreateSubnet",
                "CreateRouteTable",
                "CreateNatGateway",
                "ModifyVpcAttribute",
                "AttachInternetGateway",
                "DetachInternetGateway",
                "AssociateRouteTable",
                "ReplaceRouteTableAssociation",
                "DisassociateRouteTable",
                "CreateRoute",
                "ReplaceRoute",
                "DeleteRoute",
                "AuthorizeSecurityGroupIngress",
                "AuthorizeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
                "CreateVpcEndpoint",
                "ModifyVpcEndpoint",
                "DeleteVpcEndpoints",
                "DeleteNatGateway",
                "ReleaseAddress",
                "DeleteInternetGateway",
                "DeleteSubnet",
                "DeleteRouteTable",
                "DeleteSecurityGroup",
                "DeleteVpc",
            )
        ),
        resources=_ANY,
        condition=MADE_BY_US,
    ),
    Grant(
        sid="NamesOfEndpoints",
        policy=Policy.PROVISIONING,
        subject=_NETWORK,
        why="The private names of interface endpoints (`natGateways: None`).",
        beside=("route53:AssociateVPCWithHostedZone",),
        resources=("arn:aws:route53:::hostedzone/*", *_arns("vpc")),
        unproved={
            "route53:AssociateVPCWithHostedZone": "Service Authorization Reference, Amazon EC2: dependent actions of CreateVpcEndpoint"
        },
    ),
    Grant(
        sid="GroupsInNetworksOfOthers",
        policy=Policy.PROVISIONING,
        subject=_ENDPOINTS,
        why="The endpoints' security group is made in the environment's VPC, whoever has made that.",
        calls=("ec2:CreateSecurityGroup",),
        resources=_arns("vpc"),
    ),
    Grant(
        sid="EndpointsInNetworksOfOthers",
        policy=Policy.PROVISIONING,
        subject=_ENDPOINTS,
        why="Endpoints that it made get the environment's subnets, and the security groups that the spec names, whoever has made those.",
        calls=("ec2:ModifyVpcEndpoint",),
        resources=_arns("subnet", "security-group"),
    ),
)
