"""How an environment reaches AWS: by a NAT gateway that lives, or by the VPC endpoints in its place (§5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mwaa_sandbox.aws.judging.groups import admits
from mwaa_sandbox.aws.judging.network import Network, route_table

INTERFACE_SERVICES = ("monitoring", "logs", "sqs", "kms")
"""§5, private routing: reached by interface endpoints; S3 by a gateway."""
_ANYWHERE = ("0.0.0.0/0", "::/0")
_ALIVE = ("pending", "available")


def no_internet_gateway(network: Network) -> Iterator[str]:
    """§5: "private subnets never route to an internet gateway". An egress-only one is for IPv6 and does no harm."""
    for subnet in network.subnets:
        if any((route.gateway_id or "").startswith("igw-") for route in network.route_table(subnet).routes):
            yield f"{subnet.id} routes to an internet gateway"


def a_way_out(network: Network) -> Iterator[str]:
    """§5: by whatever the default route leads to, as long as it leads somewhere, else by the five endpoints."""
    for subnet in network.subnets:
        if not reaches_internet(network, subnet):
            yield from _missing_endpoints(network, subnet)


def reaches_internet(network: Network, subnet: Any) -> bool:
    """Whether what leaves a subnet arrives: the default route's NAT gateway lives, and has an internet gateway itself."""
    return any(_leads_out(network.ec2, route, subnet) for route in _default_routes(network, subnet))


def nat_subnets(network: Network, subnet: Any) -> Iterator[Any]:
    """Yield the subnets of the NAT gateways that what leaves a subnet goes through."""
    for route in _default_routes(network, subnet):
        if route.nat_gateway_id and _nat_works(network.ec2, route.nat_gateway_id, subnet):
            yield network.ec2.get_subnet(network.ec2.nat_gateways[route.nat_gateway_id].subnet_id)


def _default_routes(network: Network, subnet: Any) -> list[Any]:
    routes = network.route_table(subnet).routes
    return [route for route in routes if route.destination_cidr_block == _ANYWHERE[0] and not route.local]


def _leads_out(ec2: Any, route: Any, subnet: Any) -> bool:
    if route.nat_gateway_id:
        return _nat_works(ec2, route.nat_gateway_id, subnet)
    # A transit gateway, a peering, an appliance: what comes after it cannot be seen from here.
    beyond = (route.transit_gateway_id, route.instance_id, route.network_interface_id, route.vpc_peering_connection_id)
    return any(beyond) or (route.gateway_id or "").startswith("vgw-")


def _nat_works(ec2: Any, nat_id: str, subnet: Any) -> bool:
    """A route to a NAT gateway that is gone, or of another VPC, is a black hole."""
    nat = ec2.nat_gateways.get(nat_id)
    if nat is None or nat.state not in _ALIVE or nat.vpc_id != subnet.vpc_id or nat.connectivity_type == "private":
        return False
    return any(
        route.destination_cidr_block == _ANYWHERE[0] and _attached(ec2, route.gateway_id, subnet.vpc_id)
        for route in route_table(ec2, ec2.get_subnet(nat.subnet_id)).routes
    )


def _attached(ec2: Any, gateway_id: str | None, vpc_id: str) -> bool:
    gateway = ec2.internet_gateways.get(gateway_id or "")
    return gateway is not None and gateway.vpc is not None and gateway.vpc.id == vpc_id


def _missing_endpoints(network: Network, subnet: Any) -> Iterator[str]:
    """§5: with private DNS, on both subnets, and with a security group that lets the environment in."""
    prefix = f"{'cn.' if network.ec2.region_name.startswith('cn-') else ''}com.amazonaws.{network.ec2.region_name}."
    table = network.route_table(subnet).id
    if not any(table in (endpoint.route_table_ids or []) for endpoint in network.endpoints(f"{prefix}s3")):
        yield f"{subnet.id} has neither a way out nor a gateway endpoint for S3 in its route table"
    for service in INTERFACE_SERVICES:
        if not any(_serves(network, endpoint, subnet) for endpoint in network.endpoints(f"{prefix}{service}")):
            yield f"{subnet.id} has neither a way out nor an endpoint that can be used for {service}"


def _serves(network: Network, endpoint: Any, subnet: Any) -> bool:
    return (
        is_interface(endpoint)
        and subnet.id in (endpoint.subnet_ids or [])
        and str(endpoint.private_dns_enabled).lower() == "true"
        and endpoint_admits(network, endpoint, 443)
    )


def is_interface(endpoint: Any) -> bool:
    """Endpoints are gateways unless told otherwise: the default of EC2's API, and of Terraform and CloudFormation (§5)."""
    return (endpoint.vpc_endpoint_type or "Gateway").lower() == "interface"


def endpoint_admits(network: Network, endpoint: Any, port: int) -> bool:
    """Whether an endpoint's security groups (the VPC's default one, if none was given) let the environment in."""
    groups = [network.ec2.get_security_group_from_id(group) for group in endpoint.security_group_ids or []]
    if not groups:
        groups = [network.ec2.get_security_group_from_name("default", endpoint.vpc_id)]
    return admits([group for group in groups if group is not None], network, port)
