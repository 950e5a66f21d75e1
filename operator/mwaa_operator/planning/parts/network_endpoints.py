"""VPC endpoints: those of AWS's services that stand in for a way to the internet, and the calls that make and mend any."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mwaa_operator.planning.parts import network_site as site_parts
from mwaa_operator.planning.parts.model import Call, PartContext
from mwaa_operator.planning.parts.network_ground import dns_is_on
from mwaa_operator.planning.parts.network_site import NUMBERS, Site
from mwaa_operator.planning.parts.network_things import Thing, ThingKind, ec2, predecessors, tagged, token

_OTHERWISE_NAMED_IN_CHINA = frozenset({"monitoring", "sqs"})
"""Services whose endpoint services have names that begin with cn. there, as DescribeVpcEndpointServices lists them in cn-north-1 and
cn-northwest-1; the others are named as everywhere."""


def service_name(region: str, service: str) -> str:
    """The endpoint service's name of one of AWS's services."""
    china = region.startswith("cn-") and service in _OTHERWISE_NAMED_IN_CHINA
    return f"{'cn.' if china else ''}com.amazonaws.{region}.{service}"


def endpoint_calls(site: Site) -> Iterator[Call]:
    """All that can be done now to have the endpoints that the spec asks for."""
    tables = [site.the(site_parts.private_table(number)) for number in NUMBERS]
    subnets = [site.the(site_parts.private_subnet(number)) for number in NUMBERS]
    group = site.the(site_parts.SECURITY_GROUP)
    if site.has_nat or site.vpc is None:
        return
    if all(tables):
        wanted = {"RouteTableIds": [table.id for table in tables if table is not None]}
        yield from _endpoint(site, site.vpc, site_parts.GATEWAY_SERVICE, "Gateway", wanted)
    if all(subnets) and group is not None and dns_is_on(site):
        wanted = {"SubnetIds": [subnet.id for subnet in subnets if subnet is not None], "SecurityGroupIds": [group.id]}
        for service in site_parts.INTERFACE_SERVICES:
            yield from _endpoint(site, site.vpc, service, "Interface", {**wanted, "PrivateDnsEnabled": True})


def _endpoint(site: Site, vpc: Thing, service: str, kind: str, wanted: Mapping[str, Any]) -> Iterator[Call]:
    part = site_parts.endpoint(service)
    present = site.the(part)
    if present is not None:
        yield from mended(present, wanted)
    elif not still_there(part, site.seen.ours):
        parameters = {
            "VpcId": vpc.id,
            "ServiceName": service_name(site.context.region, service),
            "VpcEndpointType": kind,
            **wanted,
        }
        yield created(site.context, part, parameters, site.seen.ours)


def endpoints_serve(site: Site) -> bool:
    """Whether all the endpoints that the spec asks for are there and available."""
    parts = [part for part in site.wanted if site_parts.PARTS[part] is ThingKind.VPC_ENDPOINT]
    return all((present := site.the(part)) is not None and present.available for part in parts)


def still_there(part: str, seen: Iterable[Thing]) -> bool:
    """Whether a former endpoint still takes the place: two with the same private names cannot be in a VPC."""
    return any(thing.part == part and (thing.leaving or thing.broken) for thing in seen)


def created(context: PartContext, part: str, parameters: Mapping[str, Any], seen: Iterable[Thing]) -> Call:
    """The call that makes an endpoint."""
    everything = {**parameters, **tagged(context, ThingKind.VPC_ENDPOINT, part)}
    once = token(context, part, everything, predecessors(context, ThingKind.VPC_ENDPOINT, part, seen))
    return ec2("CreateVpcEndpoint", made="VpcEndpoint.VpcEndpointId", **everything, ClientToken=once)


def mended(endpoint: Thing, wanted: Mapping[str, Any], *, unwanted_group: str | None = None) -> Iterator[Call]:
    """One call that gives an endpoint what it lacks. Subnets, tables and groups that somebody added are left, but for `unwanted_group`."""
    if not endpoint.available:
        return  # AWS changes no endpoint that is in the making.
    document = endpoint.document
    groups = [group["GroupId"] for group in document.get("Groups") or ()]
    changes: dict[str, Any] = {
        **_lacking("AddSubnetIds", wanted.get("SubnetIds", ()), document.get("SubnetIds")),
        **_lacking("AddRouteTableIds", wanted.get("RouteTableIds", ()), document.get("RouteTableIds")),
        **_lacking("AddSecurityGroupIds", wanted.get("SecurityGroupIds", ()), groups),
    }
    if unwanted_group in groups:
        changes["RemoveSecurityGroupIds"] = [unwanted_group]
    if wanted.get("PrivateDnsEnabled") and not document.get("PrivateDnsEnabled"):
        changes["PrivateDnsEnabled"] = True
    if changes:
        yield ec2("ModifyVpcEndpoint", VpcEndpointId=endpoint.id, **changes)


def _lacking(parameter: str, wanted: Sequence[str], present: Sequence[str] | None) -> dict[str, list[str]]:
    missing = [item for item in wanted if item not in (present or ())]
    return {parameter: missing} if missing else {}
