"""Networks to break and to mend, made with boto3."""

from __future__ import annotations

from typing import Any

REGION = "eu-west-1"
ANYWHERE = "0.0.0.0/0"
INTERFACE_SERVICES = ("monitoring", "logs", "sqs", "kms")


class Vpc:
    """A VPC under construction."""

    def __init__(self, ec2: Any, name: str) -> None:
        self.ec2 = ec2
        self.name = name
        self.id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=self.id, EnableDnsHostnames={"Value": True})
        self.gateway: str | None = None
        self._made = 0

    def subnet(self, zone: str, *, size: int = 24) -> str:
        self._made += 1
        made = self.ec2.create_subnet(
            VpcId=self.id, CidrBlock=f"10.0.{self._made}.0/{size}", AvailabilityZone=f"{REGION}{zone}"
        )
        return str(made["Subnet"]["SubnetId"])

    def subnets(self) -> list[str]:
        return [self.subnet("a"), self.subnet("b")]

    def route(self, subnets: list[str], **target: str) -> str:
        """Give subnets a route table whose default route leads to the target; without one there is none."""
        table = str(self.ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"])
        if target:
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target)
        for subnet in subnets:
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table

    def internet(self) -> dict[str, str]:
        if self.gateway is None:
            self.gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.id)
        return {"GatewayId": str(self.gateway)}

    def nat(self) -> dict[str, str]:
        """Make a NAT gateway in a public subnet of its own."""
        public = self.subnet("a")
        self.route([public], **self.internet())
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=public, AllocationId=address)
        return {"NatGatewayId": made["NatGateway"]["NatGatewayId"]}

    def group(self, *ports: int) -> str:
        """Make a security group that admits itself on these ports, or on all without any."""
        group = self.empty_group()
        itself = {"UserIdGroupPairs": [{"GroupId": group}]}
        rules = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **itself} for port in ports]
        self.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=rules or [{"IpProtocol": "-1", **itself}]
        )
        return group

    def empty_group(self) -> str:
        self._made += 1
        name = f"{self.name}-{self._made}"
        made = self.ec2.create_security_group(GroupName=name, Description="x", VpcId=self.id)
        return str(made["GroupId"])

    def admit(self, group: str, **rule: Any) -> None:
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def s3_endpoint(self, *tables: str) -> str:
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.id,
            ServiceName=f"com.amazonaws.{REGION}.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=list(tables),
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def endpoint(self, service: str, subnets: list[str], *groups: str, private_dns: bool = True) -> str:
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.id,
            ServiceName=service if service.startswith("com.") else f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            SecurityGroupIds=list(groups),
            PrivateDnsEnabled=private_dns,
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def acl(self, subnets: list[str]) -> str:
        """Put subnets under a network ACL of their own, which lets nothing through yet."""
        acl = str(self.ec2.create_network_acl(VpcId=self.id)["NetworkAcl"]["NetworkAclId"])
        for subnet in subnets:
            mine = [{"Name": "association.subnet-id", "Values": [subnet]}]
            [present] = self.ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
            [association] = [one for one in present["Associations"] if one["SubnetId"] == subnet]
            self.ec2.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
            )
        return acl

    def acl_rule(self, acl: str, number: int, action: str, *, egress: bool, ports: tuple[int, int] | None) -> None:
        limits = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
        self.ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Protocol="6" if ports else "-1",
            RuleAction=action,
            Egress=egress,
            CidrBlock=ANYWHERE,
            **limits,
        )
