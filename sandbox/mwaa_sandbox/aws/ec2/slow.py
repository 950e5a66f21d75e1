"""NAT gateways and interface endpoints that take their time to come and to go, as in AWS.

moto carries the calls out at once. What it made or removed is put back into the state that AWS shows meanwhile, and finished
when its time has come, on whichever call comes next: nothing runs in the background.
"""

# ruff: noqa: SLF001 - moto has no public way to do it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.ec2.models.route_tables import Route

from mwaa_sandbox.aws.ec2.dependencies import GONE
from mwaa_sandbox.aws.judging.routes import is_interface

NAT_COMES_SECONDS = 75.0
"""AWS-time. "This often takes a minute or two"; seen between one and two minutes."""
NAT_GOES_SECONDS = 60.0
ENDPOINT_GOES_SECONDS = 30.0


@dataclass(frozen=True)
class _Due:
    ec2: Any
    at: float
    finish: Callable[[Any], None]


class BlackHole(Route):  # type: ignore[misc] # moto is not typed
    """A route whose NAT gateway is gone, as DescribeRouteTables shows it until ReplaceRoute leads it elsewhere."""

    @property
    def state(self) -> str:
        gone = self.nat_gateway is not None and self.nat_gateway.state in GONE
        return "blackhole" if gone else str(super().state)


class SlowThings:
    """What is on its way in all accounts. The caller holds moto's lock."""

    def __init__(self) -> None:
        self._due: list[_Due] = []

    def settle(self, now: float) -> None:
        """Finish what is over by the AWS-time `now`, in order."""
        for due in sorted((one for one in self._due if one.at <= now), key=lambda one: one.at):
            self._due.remove(due)
            due.finish(due.ec2)

    def nat_created(self, ec2: Any, nat_id: str, *, now: float) -> None:
        """CreateNatGateway: pending, then available; failed when there is no internet gateway to go through."""
        nat = ec2.nat_gateways[nat_id]
        nat.state = "pending"
        _take_over(nat._eni, kind="nat_gateway", description=f"Interface for NAT Gateway {nat_id}", groups=[])
        self._due.append(_Due(ec2, now + NAT_COMES_SECONDS, lambda of: _nat_comes(of, nat_id)))

    def nat_deleted(self, ec2: Any, nat_id: str, *, now: float) -> None:
        """DeleteNatGateway: deleting, with its interface and its address, then deleted."""
        ec2.nat_gateways[nat_id].state = "deleting"
        self._due.append(_Due(ec2, now + NAT_GOES_SECONDS, lambda of: _nat_goes(of, nat_id, "deleted")))

    def endpoint_created(self, ec2: Any, endpoint: Any) -> None:
        """CreateVpcEndpoint: the interfaces are AWS's, and in the endpoint's security groups."""
        groups = [ec2.get_security_group_from_id(one) for one in endpoint.security_group_ids or []]
        for eni_id in endpoint.network_interface_ids:
            if eni_id in ec2.enis:
                description = f"VPC Endpoint Interface {endpoint.id}"
                _take_over(ec2.enis[eni_id], kind="vpc_endpoint", description=description, groups=groups or None)

    def endpoint_modified(self, ec2: Any, endpoint: Any, *, private_dns: str | None) -> None:
        """ModifyVpcEndpoint: the interfaces follow the subnets and the security groups, which alone moto changes."""
        if private_dns is not None:
            endpoint.private_dns_enabled = private_dns.lower() == "true"
        if not is_interface(endpoint):
            return
        wanted = list(endpoint.subnet_ids or [])
        present = {ec2.enis[one].subnet.id: one for one in endpoint.network_interface_ids if one in ec2.enis}
        for subnet_id in present.keys() - set(wanted):
            ec2.enis.pop(present.pop(subnet_id))
        for subnet_id in wanted:
            if subnet_id not in present:
                present[subnet_id] = ec2.create_network_interface(subnet_id, None).id
        endpoint.network_interface_ids = list(present.values())
        self.endpoint_created(ec2, endpoint)

    def endpoint_deleted(self, ec2: Any, endpoint: Any, interfaces: list[Any], *, now: float) -> None:
        """DeleteVpcEndpoints: a gateway goes at once, an interface endpoint is deleting while its interfaces are still there."""
        if not is_interface(endpoint):
            _endpoint_goes(ec2, endpoint)
            return
        endpoint.state = "deleting"
        ec2.enis.update({eni.id: eni for eni in interfaces})
        self._due.append(_Due(ec2, now + ENDPOINT_GOES_SECONDS, lambda of: _endpoint_goes(of, endpoint)))


def _take_over(eni: Any, *, kind: str, description: str, groups: list[Any] | None) -> None:
    eni.requester_managed = True
    eni.interface_type = kind
    eni.description = description
    eni.status = "in-use"
    if groups is not None:
        eni._group_set = groups


def _nat_comes(ec2: Any, nat_id: str) -> None:
    nat = ec2.nat_gateways.get(nat_id)
    if nat is None or nat.state != "pending":
        return
    attached = any(one.vpc is not None and one.vpc.id == nat.vpc_id for one in ec2.internet_gateways.values())
    if attached or nat.connectivity_type == "private":
        nat.state = "available"
        return
    _nat_goes(ec2, nat_id, "failed")
    nat.failure_code = "Gateway.NotAttached"
    nat.failure_message = f"Network {nat.vpc_id} has no Internet gateway attached"


def _nat_goes(ec2: Any, nat_id: str, state: str) -> None:
    nat = ec2.nat_gateways.get(nat_id)
    if nat is None:
        return
    nat.state = state
    for address in ec2.addresses:
        if address.eni is nat._eni:
            address.eni, address.association_id = None, None
    ec2.enis.pop(nat._eni.id, None)
    for table in ec2.route_tables.values():
        for key, route in table._routes.items():
            if route.nat_gateway is nat:
                table._routes[key] = _black_hole(route)


def _black_hole(route: Any) -> BlackHole:
    hole = BlackHole.__new__(BlackHole)
    hole.__dict__.update(route.__dict__)
    return hole


def _endpoint_goes(ec2: Any, endpoint: Any) -> None:
    ec2.vpc_end_points.pop(endpoint.id, None)
    for eni_id in endpoint.network_interface_ids:
        ec2.enis.pop(eni_id, None)
