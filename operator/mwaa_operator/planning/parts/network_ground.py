"""VPC, subnets, route tables, internet gateway and security group: what has no state to wait for."""

from collections.abc import Iterator
from typing import Any

from mwaa_operator.planning.parts import network_site as site_parts
from mwaa_operator.planning.parts.addresses import addresses_of
from mwaa_operator.planning.parts.model import Call
from mwaa_operator.planning.parts.network_site import NUMBERS, Site
from mwaa_operator.planning.parts.network_things import Thing, ThingKind, ec2, tagged, token

ANYWHERE = "0.0.0.0/0"
ALL_TRAFFIC = "-1"
DNS_ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames")
"""In the order in which they can be set: EC2 takes one a call, and names need the resolution."""


def zones_of(site: Site) -> tuple[str, ...]:
    """The two zones, in the order of their numbers; fewer where the region has no more.

    A zone that a subnet lies in stays, whatever the region's list of zones has come to.
    """
    if site.spec.availability_zones:
        return site.spec.availability_zones
    kept = [_zone_of_existing(site, number) for number in NUMBERS]
    free = iter(sorted(set(site.seen.zones) - set(kept)))
    return tuple(zone for zone in (kept_zone or next(free, None) for kept_zone in kept) if zone is not None)


def zones_are_kept(site: Site) -> bool:
    """Whether the zones follow from the spec or from subnets that exist, so that nobody needs to ask AWS for them."""
    return site.spec.availability_zones is not None or all(_zone_of_existing(site, number) for number in NUMBERS)


def _zone_of_existing(site: Site, number: int) -> str | None:
    subnets = (site.the(site_parts.private_subnet(number)), site.the(site_parts.public_subnet(number)))
    return next((str(subnet.document["AvailabilityZone"]) for subnet in subnets if subnet is not None), None)


def ground_calls(site: Site) -> Iterator[Call]:
    """All that can be done now."""
    if site.has_nat and site.the(site_parts.INTERNET_GATEWAY) is None:
        tags = tagged(site.context, ThingKind.INTERNET_GATEWAY, site_parts.INTERNET_GATEWAY)
        yield ec2("CreateInternetGateway", made="InternetGateway.InternetGatewayId", **tags)
    if site.vpc is None:
        tags = tagged(site.context, ThingKind.VPC, site_parts.VPC)
        yield ec2("CreateVpc", made="Vpc.VpcId", CidrBlock=site.spec.cidr_block, **tags)
    elif site.vpc.available:
        yield from _dns(site, site.vpc)
        yield from _attachment(site, site.vpc)
        # Tables come before subnets: their tokens rest on there being none yet.
        yield from _tables(site, site.vpc)
        yield from _subnets(site, site.vpc)
        yield from _associations(site)
        yield from _group(site, site.vpc)


def dns_is_on(site: Site) -> bool:
    """Whether names are resolved in the VPC, which the private names of endpoints need."""
    seen = {} if site.vpc is None else site.seen.dns.get(site.vpc.id, {})
    return all(seen.get(attribute, False) for attribute in DNS_ATTRIBUTES)


def _dns(site: Site, vpc: Thing) -> Iterator[Call]:
    for attribute, on in ((name, site.seen.dns.get(vpc.id, {}).get(name, False)) for name in DNS_ATTRIBUTES):
        if not on:
            switch: dict[str, Any] = {attribute: {"Value": True}}
            yield ec2("ModifyVpcAttribute", VpcId=vpc.id, **switch)


def _attachment(site: Site, vpc: Thing) -> Iterator[Call]:
    gateway = site.the(site_parts.INTERNET_GATEWAY)
    if not site.has_nat or gateway is None or gateway.vpc_id == vpc.id:
        return
    if gateway.vpc_id is not None:
        yield ec2("DetachInternetGateway", InternetGatewayId=gateway.id, VpcId=gateway.vpc_id, gone_is_fine=True)
    yield ec2("AttachInternetGateway", InternetGatewayId=gateway.id, VpcId=vpc.id)


def _subnets(site: Site, vpc: Thing) -> Iterator[Call]:
    blocks, zones = addresses_of(site.spec), zones_of(site)
    kinds = ((site_parts.private_subnet, blocks.private), (site_parts.public_subnet, blocks.public))
    for name, cidrs in kinds:
        for number, zone, cidr in zip(NUMBERS, zones, cidrs, strict=False):
            part = name(number)
            if part in site.wanted and site.the(part) is None:
                tags = tagged(site.context, ThingKind.SUBNET, part)
                yield ec2(
                    "CreateSubnet",
                    made="Subnet.SubnetId",
                    VpcId=vpc.id,
                    CidrBlock=cidr,
                    AvailabilityZone=zone,
                    **tags,
                )


def _tables(site: Site, vpc: Thing) -> Iterator[Call]:
    subnets = [thing.id for thing in site.seen.ours if thing.kind is ThingKind.SUBNET]
    known = [resource.id for resource in site.context.known if resource.kind == ThingKind.ROUTE_TABLE.value]
    for part in (*map(site_parts.private_table, NUMBERS), site_parts.PUBLIC_TABLE):
        if part in site.wanted and site.the(part) is None:
            parameters = {"VpcId": vpc.id, **tagged(site.context, ThingKind.ROUTE_TABLE, part)}
            # A table that was deleted leaves no trace, but by then there are subnets.
            once = token(site.context, part, parameters, [*subnets, *known])
            yield ec2("CreateRouteTable", made="RouteTable.RouteTableId", **parameters, ClientToken=once)


def table_of(number: int, *, public: bool) -> str:
    """The part that is the route table of a subnet."""
    return site_parts.PUBLIC_TABLE if public else site_parts.private_table(number)


def _associations(site: Site) -> Iterator[Call]:
    present = {
        association["SubnetId"]: (table.id, association["RouteTableAssociationId"])
        for table in site.seen.of(ThingKind.ROUTE_TABLE)
        for association in table.document.get("Associations") or ()
        if association.get("SubnetId") and _holds(association)
    }
    for name, public in ((site_parts.private_subnet, False), (site_parts.public_subnet, True)):
        for number in NUMBERS:
            subnet, table = site.the(name(number)), site.the(table_of(number, public=public))
            if subnet is None or table is None or subnet.part not in site.wanted:
                continue
            now, association = present.get(subnet.id, (None, None))
            if now is None:
                yield ec2("AssociateRouteTable", RouteTableId=table.id, SubnetId=subnet.id)
            elif now != table.id:
                yield ec2("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=table.id)


def _holds(association: dict[str, object]) -> bool:
    state = association.get("AssociationState")
    return not isinstance(state, dict) or state.get("State") not in {"disassociating", "disassociated", "failed"}


def _group(site: Site, vpc: Thing) -> Iterator[Call]:
    """§5 of `mwaa-behaviour.md`: everything from itself, and everything out."""
    group = site.the(site_parts.SECURITY_GROUP)
    if group is None:
        yield ec2(
            "CreateSecurityGroup",
            made="GroupId",
            VpcId=vpc.id,
            GroupName=f"mwaa-{site.context.name}",
            Description=f"The Airflow environment {site.context.name}",
            **tagged(site.context, ThingKind.SECURITY_GROUP, site_parts.SECURITY_GROUP),
        )
        return
    if not _has_rule(group, "IpPermissions", "UserIdGroupPairs", "GroupId", group.id):
        itself = {"IpProtocol": ALL_TRAFFIC, "UserIdGroupPairs": [{"GroupId": group.id}]}
        yield ec2("AuthorizeSecurityGroupIngress", GroupId=group.id, IpPermissions=[itself])
    if not _has_rule(group, "IpPermissionsEgress", "IpRanges", "CidrIp", ANYWHERE):
        anywhere = {"IpProtocol": ALL_TRAFFIC, "IpRanges": [{"CidrIp": ANYWHERE}]}
        yield ec2("AuthorizeSecurityGroupEgress", GroupId=group.id, IpPermissions=[anywhere])


def _has_rule(group: Thing, direction: str, peers: str, member: str, value: str) -> bool:
    return any(
        rule.get("IpProtocol") == ALL_TRAFFIC and any(peer.get(member) == value for peer in rule.get(peers) or ())
        for rule in group.document.get(direction) or ()
    )
