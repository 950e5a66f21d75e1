"""Networks in which an environment cannot come up, judged from moto's EC2 backend.

AWS notices these only after half an hour, and then says no more than INCORRECT_CONFIGURATION: the "asynchronous causes" of
mwaa-behaviour.md §9.2, as far as moto models what they depend on (no network ACLs, no free addresses).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# §5, private routing: what an environment reaches through endpoints when there is no NAT gateway. S3 comes by a gateway.
_INTERFACE_SERVICES = ("monitoring", "logs", "sqs", "kms")
_NEEDED_PORTS = (443, 5432)
_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Network:
    """Subnets and security groups of an environment, as moto's objects, and the backend that they are from."""

    ec2: Any
    subnets: Sequence[Any]
    groups: Sequence[Any]

    def route_table(self, subnet: Any) -> Any:
        """Return the route table of a subnet: its own, else the main one of its VPC."""
        tables = [table for table in self.ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
        for table in tables:
            if any(association.get("SubnetId") == subnet.id for association in table.associations):
                return table
        return next(table for table in tables if table.main_association_id is not None)


def flaws(network: Network) -> list[str]:
    """Return what is wrong with a network, in words; nothing, when an environment can come up in it."""
    return [flaw for check in _CHECKS for flaw in check(network)]


def subnets_of(ec2: Any) -> dict[str, Any]:
    return {subnet_id: subnet for zone in ec2.subnets.values() for subnet_id, subnet in zone.items()}


def security_groups_of(ec2: Any) -> dict[str, Any]:
    return {group_id: group for of_vpc in ec2.groups.values() for group_id, group in of_vpc.items()}


def _one_vpc(network: Network) -> Iterator[str]:
    """§5: the same VPC, security groups in it."""
    if len({subnet.vpc_id for subnet in network.subnets} | {group.vpc_id for group in network.groups}) > 1:
        yield "subnets and security groups are not all in one VPC"


def _two_zones(network: Network) -> Iterator[str]:
    """§5: different zones."""
    if len({subnet.availability_zone for subnet in network.subnets}) < 2:
        yield "the subnets are in one Availability Zone"


def _no_internet_gateway(network: Network) -> Iterator[str]:
    """§5: "private subnets never route to an internet gateway"."""
    for subnet in network.subnets:
        if any((route.gateway_id or "").startswith("igw-") for route in network.route_table(subnet).routes):
            yield f"{subnet.id} routes to an internet gateway"


def _a_way_out(network: Network) -> Iterator[str]:
    """§5: by a NAT gateway (or whatever else the default route leads to), else by the five endpoints."""
    for subnet in network.subnets:
        table = network.route_table(subnet)
        routed = any(route.destination_cidr_block == _ANYWHERE and not route.local for route in table.routes)
        if not routed and not _has_endpoints(network, subnet, table):
            yield f"{subnet.id} has neither a default route nor the VPC endpoints that replace it"


def _has_endpoints(network: Network, subnet: Any, table: Any) -> bool:
    prefix = f"com.amazonaws.{network.ec2.region_name}."
    there = set()
    for endpoint in network.ec2.vpc_end_points.values():
        by_gateway = table.id in (endpoint.route_table_ids or [])
        by_interface = subnet.id in (endpoint.subnet_ids or []) and endpoint.private_dns_enabled
        if by_gateway or by_interface:
            there.add(endpoint.service_name)
    return {f"{prefix}{service}" for service in ("s3", *_INTERFACE_SERVICES)} <= there


def _admits_itself(network: Network) -> Iterator[str]:
    """§5: a self-referencing inbound rule, for all traffic or TCP 443 and 5432."""
    own = {group.id for group in network.groups}
    rules = [
        rule for group in network.groups for rule in group.ingress_rules if rule.source_group.get("GroupId") in own
    ]
    for port in _NEEDED_PORTS:
        if not any(_covers(rule, port) for rule in rules):
            yield f"the security groups do not admit one another on TCP {port}"


def _covers(rule: Any, port: int) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return bool(rule.ip_protocol == "tcp" and rule.from_port <= port <= rule.to_port)


_CHECKS: tuple[Callable[[Network], Iterator[str]], ...] = (
    _one_vpc,
    _two_zones,
    _no_internet_gateway,
    _a_way_out,
    _admits_itself,
)
