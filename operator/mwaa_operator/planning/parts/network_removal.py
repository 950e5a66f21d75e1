"""Taking things of a network away, in the order that EC2 asks for, and waiting for what it deletes slowly.

Nothing is taken away that something else still holds on to; what that is can be seen, and is named while it is waited for. Whatever cannot
be seen is refused by EC2 (DependencyViolation), which counts as waiting too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mwaa_operator.planning.parts.model import Call
from mwaa_operator.planning.parts.network_site import SeenNetwork
from mwaa_operator.planning.parts.network_things import Thing, ThingKind, ec2

_NAMES = {
    ThingKind.SUBNET: "subnet",
    ThingKind.NAT_GATEWAY: "NAT gateway",
    ThingKind.VPC_ENDPOINT: "VPC endpoint",
    ThingKind.ROUTE_TABLE: "route table",
    ThingKind.SECURITY_GROUP: "security group",
}


@dataclass(frozen=True)
class Dismantling:
    """What to take away, and where. `left` is everything of `things` that is still there."""

    things: Sequence[Thing]
    seen: SeenNetwork

    @property
    def left(self) -> list[Thing]:
        """A NAT gateway that AWS could not make is nothing: AWS forgets it by itself."""
        return [t for t in self.things if not t.gone and not (t.kind is ThingKind.NAT_GATEWAY and t.broken)]

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All that can be done now."""
        return tuple(
            call
            for calls in (
                self._endpoints,
                self._nat_gateways,
                self._addresses,
                self._internet_gateways,
                self._tables_and_subnets,
                self._groups,
                self._vpcs,
            )
            for call in calls()
        )

    @property
    def waits_for(self) -> tuple[str, ...]:
        """What is waited for, in words: AWS's own deletions, then what others have put there."""
        leaving = [f"the {_NAMES[thing.kind]} {thing.id} to be deleted" for thing in self.left if thing.leaving]
        managed = [_described(i) for i in self._interfaces_in_the_way if i.get("RequesterManaged")]
        return (*leaving, *sorted(managed), *self.in_the_way)

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """What others have in the subnets and the VPCs, and AWS does not take away by itself."""
        mine = {thing.id for thing in self.things}
        vpcs = {thing.id for thing in self._left(ThingKind.VPC)}
        foreign = [
            f"the {_NAMES[thing.kind]} {thing.id}, which the operator has not made for this network"
            for thing in (*self.seen.others, *self.seen.ours)
            if thing.id not in mine and thing.vpc_id in vpcs and thing.kind in _NAMES and not _is_aws_own(thing)
            if not thing.gone
        ]
        held = [_described(i) for i in self._interfaces_in_the_way if not i.get("RequesterManaged")]
        return (*sorted(held), *sorted(foreign))

    @cached_property
    def _interfaces_in_the_way(self) -> list[Mapping[str, Any]]:
        """Those of AWS's services, such as MWAA, stay for some minutes after what they were for, and are managed by their requester."""
        vpcs = {thing.id for thing in self._left(ThingKind.VPC)}
        subnets = {thing.id for thing in self._left(ThingKind.SUBNET)}
        own: frozenset[str] = frozenset().union(*(thing.interface_ids for thing in self.things))
        return [
            interface
            for interface in self._interfaces
            if (interface.get("SubnetId") in subnets or interface.get("VpcId") in vpcs)
            and interface["NetworkInterfaceId"] not in own
        ]

    # ---- one kind each ----

    def _endpoints(self) -> Iterator[Call]:
        ids = [thing.id for thing in self._left(ThingKind.VPC_ENDPOINT) if not thing.leaving]
        if ids:
            yield ec2("DeleteVpcEndpoints", VpcEndpointIds=ids, gone_is_fine=True)

    def _nat_gateways(self) -> Iterator[Call]:
        kept = [t for t in self.seen.of(ThingKind.ROUTE_TABLE) if t.id not in self._ids]
        used = {route.get("NatGatewayId") for table in kept for route in table.document.get("Routes") or ()}
        for gateway in self._left(ThingKind.NAT_GATEWAY):
            if gateway.alive and gateway.id not in used:
                yield ec2("DeleteNatGateway", NatGatewayId=gateway.id, gone_is_fine=True)

    def _addresses(self) -> Iterator[Call]:
        used = {
            address.get("AllocationId")
            for gateway in self._nat_gateways_there
            for address in gateway.document.get("NatGatewayAddresses") or ()
        }
        for address in self._left(ThingKind.ELASTIC_IP):
            if address.id not in used:
                yield ec2("ReleaseAddress", AllocationId=address.id, gone_is_fine=True)

    def _internet_gateways(self) -> Iterator[Call]:
        for gateway in self._left(ThingKind.INTERNET_GATEWAY):
            vpc = gateway.vpc_id
            if vpc is not None:
                public = any(
                    i.get("Association", {}).get("PublicIp") for i in self._interfaces if i.get("VpcId") == vpc
                )
                if public or any(nat.vpc_id == vpc for nat in self._nat_gateways_there):
                    continue  # It stays while anything in the VPC has a public address.
                yield ec2("DetachInternetGateway", InternetGatewayId=gateway.id, VpcId=vpc, gone_is_fine=True)
            yield ec2("DeleteInternetGateway", InternetGatewayId=gateway.id, gone_is_fine=True)

    def _tables_and_subnets(self) -> Iterator[Call]:
        empty = [subnet.id for subnet in self._left(ThingKind.SUBNET) if not self._is_used(subnet)]
        there = {subnet.id for subnet in self.seen.of(ThingKind.SUBNET)} - set(empty)
        tables = [t for t in self._left(ThingKind.ROUTE_TABLE) if not self._is_needed(t, there)]
        for table in tables:
            for association in table.document.get("Associations") or ():
                if not association.get("Main"):
                    yield ec2(
                        "DisassociateRouteTable",
                        AssociationId=association["RouteTableAssociationId"],
                        gone_is_fine=True,
                    )
        for subnet_id in empty:
            yield ec2("DeleteSubnet", SubnetId=subnet_id, gone_is_fine=True)
        for table in tables:
            yield ec2("DeleteRouteTable", RouteTableId=table.id, gone_is_fine=True)

    def _groups(self) -> Iterator[Call]:
        members = {group["GroupId"] for i in self._interfaces for group in i.get("Groups") or ()}
        members |= {
            group["GroupId"]
            for endpoint in self.seen.of(ThingKind.VPC_ENDPOINT)
            if not endpoint.gone
            for group in endpoint.document.get("Groups") or ()
        }
        named = {
            pair.get("GroupId")
            for other in self.seen.of(ThingKind.SECURITY_GROUP)
            if other.id not in self._ids
            for direction in ("IpPermissions", "IpPermissionsEgress")
            for rule in other.document.get(direction) or ()
            for pair in rule.get("UserIdGroupPairs") or ()
        }
        for group in self._left(ThingKind.SECURITY_GROUP):
            if group.id not in members | named:
                yield ec2("DeleteSecurityGroup", GroupId=group.id, gone_is_fine=True)

    def _vpcs(self) -> Iterator[Call]:
        for vpc in self._left(ThingKind.VPC):
            inside = [t for t in (*self.seen.ours, *self.seen.others) if t.vpc_id == vpc.id and t.id != vpc.id]
            interfaces = any(i.get("VpcId") == vpc.id for i in self._interfaces)
            if not interfaces and all(thing.gone or _goes_along(thing) for thing in inside):
                yield ec2("DeleteVpc", VpcId=vpc.id, gone_is_fine=True)

    # ---- what is there ----

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(thing.id for thing in self.things)

    def _left(self, kind: ThingKind) -> list[Thing]:
        return [thing for thing in self.left if thing.kind is kind]

    @cached_property
    def _nat_gateways_there(self) -> list[Thing]:
        return [gateway for gateway in self.seen.of(ThingKind.NAT_GATEWAY) if gateway.alive or gateway.leaving]

    @cached_property
    def _interfaces(self) -> list[Mapping[str, Any]]:
        """Without those of things that are gone: AWS may show them for a moment longer."""
        stale: frozenset[str] = frozenset().union(
            *(t.interface_ids for t in (*self.seen.ours, *self.seen.others) if t.gone)
        )
        return [interface for interface in self.seen.interfaces if interface["NetworkInterfaceId"] not in stale]

    def _is_used(self, subnet: Thing) -> bool:
        within = (*self._nat_gateways_there, *(e for e in self.seen.of(ThingKind.VPC_ENDPOINT) if not e.gone))
        return any(i.get("SubnetId") == subnet.id for i in self._interfaces) or any(
            thing.document.get("SubnetId") == subnet.id or subnet.id in (thing.document.get("SubnetIds") or ())
            for thing in within
        )

    def _is_needed(self, table: Thing, subnets: set[str]) -> bool:
        associated = {association.get("SubnetId") for association in table.document.get("Associations") or ()}
        endpoints = (e for e in self.seen.of(ThingKind.VPC_ENDPOINT) if not e.gone)
        return bool(associated & subnets) or any(
            table.id in (endpoint.document.get("RouteTableIds") or ()) for endpoint in endpoints
        )


def _is_aws_own(thing: Thing) -> bool:
    """The main route table and the default security group come and go with the VPC."""
    is_main = any(association.get("Main") for association in thing.document.get("Associations") or ())
    return is_main or (thing.kind is ThingKind.SECURITY_GROUP and thing.document.get("GroupName") == "default")


def _goes_along(thing: Thing) -> bool:
    """What does not keep a VPC from being deleted."""
    return _is_aws_own(thing) or (thing.kind is ThingKind.NAT_GATEWAY and thing.broken)


def _described(interface: Mapping[str, Any]) -> str:
    name = f"the network interface {interface['NetworkInterfaceId']}"
    instance = (interface.get("Attachment") or {}).get("InstanceId")
    if instance:
        return f"{name} of the instance {instance}"
    if interface.get("RequesterManaged"):
        return f"{name}, which AWS takes away itself"
    description = interface.get("Description")
    return f"{name} ({description})" if description else name
