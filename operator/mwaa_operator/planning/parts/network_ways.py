"""The ways out of the private subnets: NAT gateways with their addresses, and the routes to them."""

from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_operator.planning.parts import network_site as site_parts
from mwaa_operator.planning.parts.model import Call
from mwaa_operator.planning.parts.network_ground import ANYWHERE
from mwaa_operator.planning.parts.network_site import NUMBERS, Site
from mwaa_operator.planning.parts.network_things import Thing, ThingKind, ec2, predecessors, tagged, token

MAX_FAILED_NAT_GATEWAYS = 3
"""How many may have failed before no more are made for now. AWS shows a failed one for about an hour (VPC User Guide, "Troubleshoot NAT
gateways"), so this is how many are tried in an hour."""


def way_calls(site: Site) -> Iterator[Call]:
    """All that can be done now to have the ways out that the spec asks for. None of it removes one."""
    for number in site.nat_numbers:
        yield from _address(site, number)
        yield from _nat_gateway(site, number)
    gateway = site.the(site_parts.INTERNET_GATEWAY)
    if site.has_nat and site.vpc is not None and gateway is not None and gateway.vpc_id == site.vpc.id:
        yield from _default_route(site.the(site_parts.PUBLIC_TABLE), "GatewayId", gateway.id)
    for number in NUMBERS if site.has_nat else ():
        nat = site.the(site_parts.nat_gateway(_nat_number(site, number)))
        if nat is not None and nat.available:
            yield from _default_route(site.the(site_parts.private_table(number)), "NatGatewayId", nat.id)


def farewell_calls(site: Site) -> Iterator[Call]:
    """Without NAT gateways, no route leads out. To be made once the endpoints serve that take their place."""
    for table in () if site.has_nat else _private_tables(site):
        if default_route(table) is not None:
            yield ec2("DeleteRoute", RouteTableId=table.id, DestinationCidrBlock=ANYWHERE, gone_is_fine=True)


def ways_are_open(site: Site) -> bool:
    """Whether the default routes are as the spec asks for, and lead somewhere."""
    tables = _private_tables(site)
    if len(tables) < len(NUMBERS):
        return False
    if not site.has_nat:
        return all(default_route(table) is None for table in tables)
    gateways = [site.the(site_parts.nat_gateway(_nat_number(site, number))) for number in NUMBERS]
    return all(
        gateway is not None and gateway.available and _leads_to(default_route(table), "NatGatewayId", gateway.id)
        for table, gateway in zip(tables, gateways, strict=True)
    )


def failed_nat_gateways(site: Site) -> list[Thing]:
    """Those that AWS could not make and still shows."""
    return [thing for thing in site.seen.of_network if thing.kind is ThingKind.NAT_GATEWAY and thing.broken]


def default_route(table: Thing) -> Mapping[str, Any] | None:
    """The route to everywhere else."""
    routes: tuple[Mapping[str, Any], ...] = tuple(table.document.get("Routes") or ())
    return next((route for route in routes if route.get("DestinationCidrBlock") == ANYWHERE), None)


def _private_tables(site: Site) -> list[Thing]:
    tables = (site.the(site_parts.private_table(number)) for number in NUMBERS)
    return [table for table in tables if table is not None]


def _nat_number(site: Site, number: int) -> int:
    """The gateway of a zone: its own, or the only one."""
    return number if number in site.nat_numbers else site.nat_numbers[0]


def _address(site: Site, number: int) -> Iterator[Call]:
    part = site_parts.nat_address(number)
    if site.the(part) is None and site.the(site_parts.nat_gateway(number)) is None:
        tags = tagged(site.context, ThingKind.ELASTIC_IP, part)
        yield ec2("AllocateAddress", made="AllocationId", Domain="vpc", **tags)


def _nat_gateway(site: Site, number: int) -> Iterator[Call]:
    part = site_parts.nat_gateway(number)
    subnet, address = site.the(site_parts.public_subnet(number)), site.the(site_parts.nat_address(number))
    gateway = site.the(site_parts.INTERNET_GATEWAY)
    failed = [thing for thing in failed_nat_gateways(site) if thing.part == part]
    if site.the(part) is not None or len(failed) >= MAX_FAILED_NAT_GATEWAYS:
        return
    if subnet is None or address is None or gateway is None or gateway.vpc_id != subnet.vpc_id:
        return  # Without an attached internet gateway it fails (Gateway.NotAttached), a minute later.
    if address.document.get("AssociationId"):
        return  # It is with a gateway that is being deleted.
    parameters = {
        "SubnetId": subnet.id,
        "AllocationId": address.id,
        **tagged(site.context, ThingKind.NAT_GATEWAY, part),
    }
    before = predecessors(site.context, ThingKind.NAT_GATEWAY, part, site.seen.ours)
    once = token(site.context, part, parameters, before)
    yield ec2("CreateNatGateway", made="NatGateway.NatGatewayId", **parameters, ClientToken=once)


def _default_route(table: Thing | None, member: str, target: str) -> Iterator[Call]:
    if table is None:
        return
    route = default_route(table)
    wanted: dict[str, Any] = {"RouteTableId": table.id, "DestinationCidrBlock": ANYWHERE, member: target}
    if route is None:
        yield ec2("CreateRoute", **wanted)
    elif not _leads_to(route, member, target):
        yield ec2("ReplaceRoute", **wanted)


def _leads_to(route: Mapping[str, Any] | None, member: str, target: str) -> bool:
    return route is not None and route.get(member) == target and route.get("State") != "blackhole"
