"""Which permissions each of EC2's calls needs, in EC2's own short form.

`subnet/*` is what the call makes, and what carries the tags of the request; `subnet/SubnetId` is what a member of the
request names. `route-table/:route_table` is looked up. What only reads (Describe...) needs `*`, but for attributes of a VPC.
A call with TagSpecifications needs ec2:CreateTags on what it makes as well.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
"""

from __future__ import annotations

from collections.abc import Mapping

EC2: Mapping[str, tuple[str, ...]] = {
    "CreateVpc": ("vpc/*",),
    "DeleteVpc": ("vpc/VpcId",),
    "ModifyVpcAttribute": ("vpc/VpcId",),
    "DescribeVpcAttribute": ("vpc/VpcId",),
    "AssociateVpcCidrBlock": ("vpc/VpcId",),
    "AssociateDhcpOptions": ("vpc/VpcId", "dhcp-options/DhcpOptionsId"),
    "CreateDhcpOptions": ("dhcp-options/*",),
    "DeleteDhcpOptions": ("dhcp-options/DhcpOptionsId",),
    "CreateSubnet": ("subnet/*", "vpc/VpcId"),
    "DeleteSubnet": ("subnet/SubnetId",),
    "ModifySubnetAttribute": ("subnet/SubnetId",),
    "CreateInternetGateway": ("internet-gateway/*",),
    "AttachInternetGateway": ("internet-gateway/InternetGatewayId", "vpc/VpcId"),
    "DetachInternetGateway": ("internet-gateway/InternetGatewayId", "vpc/VpcId"),
    "DeleteInternetGateway": ("internet-gateway/InternetGatewayId",),
    "CreateEgressOnlyInternetGateway": ("egress-only-internet-gateway/*", "vpc/VpcId"),
    "DeleteEgressOnlyInternetGateway": ("egress-only-internet-gateway/EgressOnlyInternetGatewayId",),
    "AllocateAddress": ("elastic-ip/*",),
    "AssociateAddress": ("elastic-ip/AllocationId", "network-interface/NetworkInterfaceId", "instance/InstanceId"),
    "DisassociateAddress": ("elastic-ip/:address",),
    "ReleaseAddress": ("elastic-ip/AllocationId",),
    "CreateNatGateway": ("natgateway/*", "subnet/SubnetId", "elastic-ip/AllocationId", "vpc/VpcId"),
    "DeleteNatGateway": ("natgateway/NatGatewayId",),
    "CreateRouteTable": ("route-table/*", "vpc/VpcId"),
    "DeleteRouteTable": ("route-table/RouteTableId",),
    "CreateRoute": ("route-table/RouteTableId",),
    "ReplaceRoute": ("route-table/RouteTableId",),
    "DeleteRoute": ("route-table/RouteTableId",),
    "AssociateRouteTable": ("route-table/RouteTableId", "subnet/SubnetId", "internet-gateway/GatewayId"),
    "DisassociateRouteTable": ("route-table/:route_table",),
    "ReplaceRouteTableAssociation": ("route-table/RouteTableId", "route-table/:route_table"),
    "CreateSecurityGroup": ("security-group/*", "vpc/VpcId"),
    "DeleteSecurityGroup": ("security-group/GroupId",),
    "AuthorizeSecurityGroupIngress": ("security-group/GroupId",),
    "AuthorizeSecurityGroupEgress": ("security-group/GroupId",),
    "RevokeSecurityGroupIngress": ("security-group/GroupId",),
    "RevokeSecurityGroupEgress": ("security-group/GroupId",),
    "ModifySecurityGroupRules": ("security-group/GroupId",),
    "UpdateSecurityGroupRuleDescriptionsIngress": ("security-group/GroupId",),
    "UpdateSecurityGroupRuleDescriptionsEgress": ("security-group/GroupId",),
    "CreateVpcEndpoint": (
        *("vpc-endpoint/*", "vpc/VpcId", "subnet/SubnetId", "route-table/RouteTableId"),
        "security-group/SecurityGroupId",
    ),
    "ModifyVpcEndpoint": (
        *("vpc-endpoint/VpcEndpointId", "subnet/AddSubnetId", "subnet/RemoveSubnetId"),
        *("route-table/AddRouteTableId", "route-table/RemoveRouteTableId"),
        *("security-group/AddSecurityGroupId", "security-group/RemoveSecurityGroupId"),
    ),
    "DeleteVpcEndpoints": ("vpc-endpoint/VpcEndpointId",),
    "CreateNetworkInterface": ("network-interface/*", "subnet/SubnetId", "security-group/SecurityGroupId"),
    "ModifyNetworkInterfaceAttribute": ("network-interface/NetworkInterfaceId", "security-group/SecurityGroupId"),
    "AttachNetworkInterface": ("network-interface/NetworkInterfaceId", "instance/InstanceId"),
    "DeleteNetworkInterface": ("network-interface/NetworkInterfaceId",),
    "CreateNetworkAcl": ("network-acl/*", "vpc/VpcId"),
    "DeleteNetworkAcl": ("network-acl/NetworkAclId",),
    "CreateNetworkAclEntry": ("network-acl/NetworkAclId",),
    "ReplaceNetworkAclEntry": ("network-acl/NetworkAclId",),
    "DeleteNetworkAclEntry": ("network-acl/NetworkAclId",),
    "ReplaceNetworkAclAssociation": ("network-acl/NetworkAclId",),
    "CreateTags": (":tagged",),
    "DeleteTags": (":tagged",),
}

TYPES_BY_PREFIX: Mapping[str, str] = {
    "acl": "network-acl",
    "dopt": "dhcp-options",
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
"""What the ids of EC2 are ids of: CreateTags names ids only."""
