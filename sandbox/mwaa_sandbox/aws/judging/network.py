"""The network of an environment as moto's EC2 backend has it: what the checks in this package look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from moto.backends import get_backend


@dataclass(frozen=True)
class Network:
    """Subnets and security groups of an environment, as moto's objects, and the backend that they are from.

    In a shared VPC the backend is that of the account which owns the subnets (§5).
    """

    ec2: Any
    subnets: Sequence[Any]
    groups: Sequence[Any]

    @property
    def vpc_id(self) -> str:
        return str(self.subnets[0].vpc_id)

    @property
    def vpc(self) -> Any:
        return self.ec2.vpcs[self.vpc_id]

    @property
    def cidrs(self) -> list[IPv4Network]:
        return [IPv4Network(subnet.cidr_block) for subnet in self.subnets]

    def route_table(self, subnet: Any) -> Any:
        """Return the route table of a subnet: its own, else the main one of its VPC."""
        return route_table(self.ec2, subnet)

    def endpoints(self, service: str) -> Iterator[Any]:
        """Yield the VPC endpoints to a service in the environment's VPC that are there to be used."""
        for endpoint in self.ec2.vpc_end_points.values():
            if endpoint.vpc_id == self.vpc_id and endpoint.service_name == service and endpoint.state == "available":
                yield endpoint


def network_of(settings: Any, *, account: str, region: str) -> Network:
    """Return the network that an environment's settings name.

    Raises:
        KeyError: for a subnet or security group that does not exist.
    """
    wanted = settings["NetworkConfiguration"]
    subnets = [find_subnet(subnet, account=account, region=region) for subnet in wanted["SubnetIds"]]
    ec2 = subnets[0].ec2_backend
    groups = {**security_groups_of(ec2), **security_groups_of(get_backend("ec2")[account][region])}
    return Network(ec2, subnets, [groups[group] for group in wanted["SecurityGroupIds"]])


def find_subnet(subnet_id: str, *, account: str, region: str) -> Any:
    """Return a subnet of the account, or one that another account shares with it through AWS RAM (§5, shared VPC).

    Raises:
        KeyError: when there is none.
    """
    own = subnets_of(get_backend("ec2")[account][region])
    return own[subnet_id] if subnet_id in own else _shared_subnets(account, region)[subnet_id]


def subnets_of(ec2: Any) -> dict[str, Any]:
    return {subnet_id: subnet for zone in ec2.subnets.values() for subnet_id, subnet in zone.items()}


def security_groups_of(ec2: Any) -> dict[str, Any]:
    return {group_id: group for of_vpc in ec2.groups.values() for group_id, group in of_vpc.items()}


def route_table(ec2: Any, subnet: Any) -> Any:
    tables = [table for table in ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
    for table in tables:
        if any(association.get("SubnetId") == subnet.id for association in table.associations):
            return table
    return next(table for table in tables if table.main_association_id is not None)


def _shared_subnets(account: str, region: str) -> dict[str, Any]:
    shared = {}
    for owner, regions in list(get_backend("ram").items()):
        if owner == account or region not in regions:
            continue
        arns = {
            arn
            for share in regions[region].resource_shares
            if share.status == "ACTIVE" and account in share.principals
            for arn in share.resource_arns
        }
        subnets = subnets_of(get_backend("ec2")[owner][region]) if arns else {}
        shared.update({subnet_id: subnet for subnet_id, subnet in subnets.items() if subnet.arn in arns})
    return shared
