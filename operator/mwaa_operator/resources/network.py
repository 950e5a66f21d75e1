"""The provisioned network as a part: looks at EC2; what to do is decided in `planning.parts.network`."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from mwaa_operator.api.names import TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE
from mwaa_operator.api.provision import ProvisionedNetwork
from mwaa_operator.aws import ec2
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.ownership import Identity, Owner, owner_of
from mwaa_operator.planning.parts import network_site
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan
from mwaa_operator.planning.parts.network import plan_network, plan_network_removal
from mwaa_operator.planning.parts.network_ground import DNS_ATTRIBUTES, zones_are_kept
from mwaa_operator.planning.parts.network_site import SeenNetwork, Site
from mwaa_operator.planning.parts.network_things import Thing, ThingKind

_IN_A_VPC = {
    ThingKind.SUBNET: ec2.subnets,
    ThingKind.ROUTE_TABLE: ec2.route_tables,
    ThingKind.SECURITY_GROUP: ec2.security_groups,
    ThingKind.NAT_GATEWAY: ec2.nat_gateways,
    ThingKind.VPC_ENDPOINT: ec2.vpc_endpoints,
}
_BY_TAGS = {
    ThingKind.VPC: ec2.vpcs,
    ThingKind.INTERNET_GATEWAY: ec2.internet_gateways,
    ThingKind.ELASTIC_IP: ec2.addresses,
}


class NetworkPart:
    """`provision.network`. A look takes ten calls (three where there is no VPC yet), and one each where it matters for the zones and for
    the network interfaces.
    """

    kind = PartKind.NETWORK

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the network, and decide what to do to have it as the spec asks. Raises AwsError."""
        spec = context.spec.provision.network or ProvisionedNetwork()
        client = clients.client("ec2", context.region)
        seen = look(client, context.identity)
        vpcs = sorted(thing.id for thing in seen.ours if thing.kind is ThingKind.VPC)
        site = Site(context, spec, seen)
        seen = dataclasses.replace(
            seen,
            dns={vpc: {name: ec2.vpc_attribute(client, vpc, name) for name in DNS_ATTRIBUTES} for vpc in vpcs},
            zones=tuple(ec2.zones(client)) if vpcs and not zones_are_kept(site) else (),
            interfaces=_interfaces(client, vpcs) if any(not t.gone for t in (*site.surplus, *site.obsolete)) else (),
        )
        return plan_network(context, spec, seen)

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what is left of the network, and decide what to take away now. Raises AwsError."""
        client = clients.client("ec2", context.region)
        seen = look(client, context.identity)
        vpcs = sorted(thing.id for thing in seen.ours if thing.kind is ThingKind.VPC)
        return plan_network_removal(dataclasses.replace(seen, interfaces=_interfaces(client, vpcs)))


def look(client: Any, identity: Identity) -> SeenNetwork:
    """All that is this object's, and all that is in its VPCs. Raises AwsError."""
    found = [*things(_BY_TAGS, client, owner_filters(identity))]
    vpcs = sorted(thing.id for thing in found if thing.part == network_site.VPC and is_ours(thing, identity))
    if vpcs:
        found += things(_IN_A_VPC, client, ec2.filters(vpc_id=vpcs))
    ours = tuple(thing for thing in found if is_ours(thing, identity))
    others = tuple(thing for thing in found if thing.kind in _IN_A_VPC and not is_ours(thing, identity))
    return SeenNetwork(ours=ours, others=others)


def owner_filters(identity: Identity) -> list[dict[str, Any]]:
    """Filters for what an object has made. Not by its uid: a restored object finds its things again."""
    return ec2.tag_filters({key: identity.tags[key] for key in (TAG_CLUSTER, TAG_NAMESPACE, TAG_NAME)})


def is_ours(thing: Thing, identity: Identity) -> bool:
    """Whether a thing was made for this object."""
    return owner_of(thing.tags, identity) is Owner.US


def _interfaces(client: Any, vpcs: list[str]) -> tuple[Mapping[str, Any], ...]:
    return tuple(ec2.network_interfaces(client, ec2.filters(vpc_id=vpcs))) if vpcs else ()


def things(looks: Mapping[ThingKind, Any], client: Any, wanted: list[dict[str, Any]]) -> Iterable[Thing]:
    """Look at things of some kinds, as the filters `wanted` choose them. Raises AwsError."""
    for kind, describe in looks.items():
        yield from (Thing(kind=kind, document=document) for document in describe(client, wanted))
