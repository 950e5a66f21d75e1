"""EC2's networks, as facts. All is asked for by filters: an id that does not exist is then left out, and hides no others."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mwaa_operator.aws import ec2
from mwaa_operator.planning.preflight.facts_network import (
    AclEntry,
    Endpoint,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    VpcAttributes,
)

_TARGETS = (
    "NatGatewayId",
    "GatewayId",
    "TransitGatewayId",
    "EgressOnlyInternetGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
)
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def subnets(client: Any, ids: Iterable[str]) -> list[Subnet]:
    """Subnets, in the order in which they are asked for. Raises AwsError."""
    asked = list(ids)
    found = [_subnet(item) for item in _described(client, ec2.subnets, "subnet-id", asked)]
    return sorted(found, key=lambda subnet: asked.index(subnet.id))


def security_groups(client: Any, ids: Iterable[str]) -> list[SecurityGroup]:
    """Security groups with their rules. Raises AwsError."""
    found = _described(client, ec2.security_groups, "group-id", list(ids))
    return [
        SecurityGroup(
            id=item["GroupId"],
            vpc_id=item.get("VpcId", ""),
            inbound=tuple(map(_rule, item.get("IpPermissions", ()))),
            outbound=tuple(map(_rule, item.get("IpPermissionsEgress", ()))),
        )
        for item in found
    ]


def vpc_attributes(client: Any, vpc_ids: Iterable[str]) -> list[VpcAttributes]:
    """What VPCs do about names. Raises AwsError."""
    return [
        VpcAttributes(
            vpc_id=vpc_id,
            dns_support=ec2.vpc_attribute(client, vpc_id, "EnableDnsSupport"),
            dns_hostnames=ec2.vpc_attribute(client, vpc_id, "EnableDnsHostnames"),
        )
        for vpc_id in vpc_ids
    ]


def route_tables(client: Any, vpc_ids: list[str]) -> list[RouteTable]:
    """All route tables of VPCs: by subnet, the main tables of those without one of their own would be missed. Raises AwsError."""
    return [
        RouteTable(
            id=item["RouteTableId"],
            vpc_id=item.get("VpcId", ""),
            main=any(association.get("Main") for association in item.get("Associations", ())),
            subnet_ids=_all(item.get("Associations", ()), "SubnetId"),
            routes=tuple(map(_route, item.get("Routes", ()))),
        )
        for item in _described(client, ec2.route_tables, "vpc-id", vpc_ids)
    ]


def nat_gateways(client: Any, vpc_ids: list[str]) -> list[NatGateway]:
    """The NAT gateways of VPCs. Raises AwsError."""
    return [
        NatGateway(
            id=item["NatGatewayId"],
            vpc_id=item.get("VpcId", ""),
            subnet_id=item.get("SubnetId", ""),
            state=item.get("State", ""),
            public=item.get("ConnectivityType", "public") == "public",
        )
        for item in _described(client, ec2.nat_gateways, "vpc-id", vpc_ids)
    ]


def internet_gateways(client: Any, vpc_ids: list[str]) -> list[InternetGateway]:
    """The internet gateways that are attached to VPCs. Raises AwsError."""
    found = _described(client, ec2.internet_gateways, "attachment.vpc-id", vpc_ids)
    return [
        InternetGateway(id=item["InternetGatewayId"], vpc_ids=_all(item.get("Attachments", ()), "VpcId"))
        for item in found
    ]


def endpoints(client: Any, vpc_ids: list[str]) -> list[Endpoint]:
    """The VPC endpoints in VPCs. Raises AwsError."""
    return [
        Endpoint(
            id=item["VpcEndpointId"],
            vpc_id=item.get("VpcId", ""),
            service=item.get("ServiceName", ""),
            kind=item.get("VpcEndpointType") or "Gateway",
            state=item.get("State", ""),
            subnet_ids=frozenset(item.get("SubnetIds", ())),
            route_table_ids=frozenset(item.get("RouteTableIds", ())),
            group_ids=_all(item.get("Groups", ()), "GroupId"),
            private_dns=bool(item.get("PrivateDnsEnabled")),
            policy=item.get("PolicyDocument", ""),
        )
        for item in _described(client, ec2.vpc_endpoints, "vpc-id", vpc_ids)
    ]


def network_acls(client: Any, vpc_ids: list[str]) -> list[NetworkAcl]:
    """The network ACLs of VPCs, with their rules for IPv4. Raises AwsError."""
    return [
        NetworkAcl(
            id=item["NetworkAclId"],
            subnet_ids=_all(item.get("Associations", ()), "SubnetId"),
            entries=tuple(_entry(entry) for entry in item.get("Entries", ()) if entry.get("CidrBlock")),
        )
        for item in _described(client, ec2.network_acls, "vpc-id", vpc_ids)
    ]


def _described(
    client: Any, describe: Callable[[Any, list[dict[str, Any]]], ec2.Documents], name: str, values: list[str]
) -> ec2.Documents:
    return describe(client, [{"Name": name, "Values": values}]) if values else []


def _subnet(item: Mapping[str, Any]) -> Subnet:
    return Subnet(
        id=item["SubnetId"],
        vpc_id=item.get("VpcId", ""),
        zone=item.get("AvailabilityZone", ""),
        owner=item.get("OwnerId", ""),
        cidr=item.get("CidrBlock", ""),
        free_addresses=int(item.get("AvailableIpAddressCount", 0)),
    )


def _rule(item: Mapping[str, Any]) -> Rule:
    return Rule(
        protocol=str(item.get("IpProtocol", "-1")),
        first=item.get("FromPort"),
        last=item.get("ToPort"),
        cidrs=_all(item.get("IpRanges", ()), "CidrIp") | _all(item.get("Ipv6Ranges", ()), "CidrIpv6"),
        groups=_all(item.get("UserIdGroupPairs", ()), "GroupId"),
        prefix_lists=_all(item.get("PrefixListIds", ()), "PrefixListId"),
    )


def _route(item: Mapping[str, Any]) -> Route:
    return Route(
        destination=_first(item, _DESTINATIONS), target=_first(item, _TARGETS), state=item.get("State", "active")
    )


def _entry(item: Mapping[str, Any]) -> AclEntry:
    """An entry of a network ACL. Ports are there for TCP and UDP alone, and then both."""
    ports: Mapping[str, int] = item.get("PortRange", {})
    return AclEntry(
        number=int(item.get("RuleNumber", 0)),
        allow=item.get("RuleAction") == "allow",
        outbound=bool(item.get("Egress")),
        protocol=str(item.get("Protocol", "-1")),
        cidr=item["CidrBlock"],
        first=ports.get("From"),
        last=ports.get("To"),
    )


def _all(items: Iterable[Mapping[str, Any]], member: str) -> frozenset[str]:
    return frozenset(str(item[member]) for item in items if item.get(member))


def _first(item: Mapping[str, Any], members: Iterable[str]) -> str:
    return next((str(item[member]) for member in members if item.get(member)), "")
