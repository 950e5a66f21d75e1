"""Subnets, zones, VPCs and security groups that do not belong together, and what the VPC does about names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .site import Site
from .world import world


@world("SubnetsExist")
def subnet_of_nowhere(site: Site) -> Iterator[None]:
    with site.asking(SubnetIds=[site.subnets[0], "subnet-0123456789abcdef0"]):
        yield


@world("SecurityGroupsExist")
def group_of_nowhere(site: Site) -> Iterator[None]:
    with site.asking(SecurityGroupIds=[site.group, "sg-0123456789abcdef0"]):
        yield


@world("TwoSubnets")
def three_subnets(site: Site) -> Iterator[None]:
    with _another_subnet(site, zone_of=site.subnets[0]) as third, site.asking(SubnetIds=[*site.subnets, third]):
        yield


@world("TwoZones")
def one_zone(site: Site) -> Iterator[None]:
    first = site.subnets[0]
    with _another_subnet(site, zone_of=first) as neighbour, site.asking(SubnetIds=[first, neighbour]):
        yield


@world("OneVpc")
def two_vpcs(site: Site) -> Iterator[None]:
    """A second VPC that is in order by itself."""
    vpc = site.ec2.create_vpc(CidrBlock="10.193.0.0/16")["Vpc"]["VpcId"]
    site.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zone = site.zone(site.subnets[1])
    public, private = (site.make_subnet(f"10.193.{number}.0/24", zone, vpc) for number in range(2))
    gateway = site.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    site.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    nat = site.make_nat(public)
    for subnet, target in ((public, {"GatewayId": gateway}), (private, {"NatGatewayId": nat})):
        table = site.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        site.route(table, **target)
        site.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    with site.asking(SubnetIds=[site.subnets[0], private]):
        yield


@world("SecurityGroupsInVpc")
def group_of_another_vpc(site: Site) -> Iterator[None]:
    vpc = site.ec2.create_vpc(CidrBlock="10.193.0.0/16")["Vpc"]["VpcId"]
    group = site.ec2.create_security_group(GroupName="astray", Description="astray", VpcId=vpc)["GroupId"]
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    site.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[itself])
    with site.asking(SecurityGroupIds=[group]):
        yield


@world("FreeAddresses")
def full_subnet(site: Site) -> Iterator[None]:
    with _another_subnet(site, zone_of=site.subnets[1]) as small:
        free = site.ec2.describe_subnets(SubnetIds=[small])["Subnets"][0]["AvailableIpAddressCount"]
        made = [site.ec2.create_network_interface(SubnetId=small)["NetworkInterface"] for _ in range(free - 1)]
        with site.asking(SubnetIds=[site.subnets[0], small]):
            yield
        for interface in made:
            site.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])


@world("DnsSupport", private=True)
def no_dns_support(site: Site) -> Iterator[None]:
    with _attribute(site, "EnableDnsSupport"):
        yield


@world("DnsHostnames", private=True)
def no_dns_hostnames(site: Site) -> Iterator[None]:
    with _attribute(site, "EnableDnsHostnames"):
        yield


@contextmanager
def _another_subnet(site: Site, *, zone_of: str) -> Iterator[str]:
    """One more private subnet, with eleven free addresses, in the zone of another."""
    made = site.make_subnet("10.192.40.0/28", site.zone(zone_of))
    association = site.ec2.associate_route_table(RouteTableId=site.table, SubnetId=made)["AssociationId"]
    yield made
    site.ec2.disassociate_route_table(AssociationId=association)
    site.ec2.delete_subnet(SubnetId=made)


@contextmanager
def _attribute(site: Site, name: str) -> Iterator[None]:
    site.ec2.modify_vpc_attribute(VpcId=site.vpc_id, **{name: {"Value": False}})
    yield
    site.ec2.modify_vpc_attribute(VpcId=site.vpc_id, **{name: {"Value": True}})
