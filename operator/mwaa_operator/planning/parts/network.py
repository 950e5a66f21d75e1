"""The provisioned network: a VPC of its own, in which an environment finds what MWAA asks of a network (`mwaa-behaviour.md` §5).

With NAT gateways: two public and two private subnets in two zones, an internet gateway, NAT gateways with Elastic IPs in the public
subnets, routes from the private ones to them. Without (`natGateways: None`) there is no way to the internet: neither internet gateway nor
public subnets, but VPC endpoints to S3 and to the AWS services that an environment lives on. In both cases a security group that admits
itself.

A change of natGateways is made in place: first the new ways, then the routes, then the old ways are taken down. What was changed in AWS is
put right in the same way as what was never there. What others add (routes, rules, subnets) is left alone, until the VPC is to go: then it
is waited for, by name.
"""

from collections.abc import Sequence

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.provision import ProvisionedNetwork
from mwaa_operator.planning.parts import network_site as site_parts
from mwaa_operator.planning.parts.model import Outputs, PartContext, PartPlan
from mwaa_operator.planning.parts.network_endpoints import endpoint_calls, endpoints_serve
from mwaa_operator.planning.parts.network_ground import ground_calls, zones_of
from mwaa_operator.planning.parts.network_removal import Dismantling
from mwaa_operator.planning.parts.network_site import NUMBERS, SeenNetwork, Site
from mwaa_operator.planning.parts.network_things import Thing, shown
from mwaa_operator.planning.parts.network_ways import failed_nat_gateways, farewell_calls, way_calls, ways_are_open

LOOK_AFTER_AWS = 10.0
"""Seconds between looks while AWS makes or deletes something, which takes it a minute or two."""
LOOK_AFTER_OTHERS = 30.0
"""Seconds between looks while something is in the way that AWS or somebody else has to remove."""


def plan_network(context: PartContext, spec: ProvisionedNetwork, seen: SeenNetwork) -> PartPlan:
    """What to do now to have the network as the spec asks for."""
    site = Site(context, spec, seen)
    resources, outputs = shown(seen.of_network), _outputs(site)
    if site.vpc is not None and len(zones_of(site)) < len(NUMBERS):
        return PartPlan(
            reason=Reason.INVALID_CONFIGURATION,
            message=f"MWAA needs two Availability Zones, and AWS has fewer to offer in {context.region}. Name two in "
            "provision.network.availabilityZones, or choose another region.",
            stalled=True,
            resources=resources,
            outputs=outputs,
        )
    open_now = ways_are_open(site) if site.has_nat else endpoints_serve(site)
    old_ways = [*site.obsolete] if open_now and ways_are_open(site) else []
    taken_down = Dismantling([*site.surplus, *old_ways], seen)
    farewell = farewell_calls(site) if open_now else ()
    calls = (*ground_calls(site), *way_calls(site), *endpoint_calls(site), *farewell, *taken_down.calls)
    if calls:
        return PartPlan(
            reason=Reason.PROVISIONING,
            message=_what_is_done(site),
            calls=calls,
            resources=resources,
            outputs=outputs,
        )
    waits = (*_waits(site), *taken_down.waits_for)
    if waits:
        return PartPlan(
            reason=Reason.PROVISIONING,
            message=f"The network waits for {_listed(waits)}.",
            look_after=LOOK_AFTER_AWS,
            resources=resources,
            outputs=outputs,
        )
    return PartPlan(
        reason=Reason.PROVISIONED,
        message=f"The network is there: {site.id_of(site_parts.VPC)}, {_described_way(site)}.",
        ready=True,
        resources=resources,
        outputs=outputs,
    )


def plan_network_removal(seen: SeenNetwork) -> PartPlan:
    """What to do now to have nothing left of the network."""
    things = seen.of_network
    dismantling = Dismantling(things, seen)
    if not dismantling.left:
        return PartPlan(reason=Reason.REMOVING, message="Nothing is left of the network.", gone=True)
    waits = dismantling.waits_for
    message = f"The network waits for {_listed(waits)}." if waits else "The network is being removed."
    others = bool(dismantling.in_the_way)
    return PartPlan(
        reason=Reason.REMOVING,
        message=f"{message} Remove what is not the operator's; the rest follows by itself." if others else message,
        calls=dismantling.calls,
        look_after=LOOK_AFTER_OTHERS if others else LOOK_AFTER_AWS,
        resources=shown(dismantling.left),
    )


def _outputs(site: Site) -> Outputs:
    subnets = [site.id_of(site_parts.private_subnet(number)) for number in NUMBERS]
    group = site.id_of(site_parts.SECURITY_GROUP)
    present = tuple(subnet for subnet in subnets if subnet is not None)
    return Outputs(
        subnet_ids=present if len(present) == len(NUMBERS) else None,
        security_group_ids=None if group is None else (group,),
    )


def _what_is_done(site: Site) -> str:
    missing = sorted(site.wanted - _there(site))
    return (
        f"The network is being made: {_listed(missing)}."
        if missing
        else "The network is brought into line with the spec."
    )


def _there(site: Site) -> set[str]:
    return {part for part in site.wanted if site.the(part) is not None}


def _waits(site: Site) -> tuple[str, ...]:
    """What is not there yet although nothing can be done now."""
    unfinished = [
        f"{_name(thing)} to become available"
        for part in sorted(site.wanted)
        if (thing := site.the(part)) is not None and not thing.available
    ]
    missing = [part for part in sorted(site.wanted - _there(site)) if not part.startswith("nat-")]
    gateways = [part for part in sorted(site.wanted - _there(site)) if part.startswith("nat-gateway-")]
    failures = {thing.part: thing for thing in failed_nat_gateways(site)}
    return (
        *unfinished,
        *(f"the former {part} to be gone" for part in missing),
        *(_about_nat_gateway(part, failures.get(part)) for part in gateways),
    )


def _about_nat_gateway(part: str, failed: Thing | None) -> str:
    if failed is None:
        return f"the Elastic IP of {part} to be free"
    said = str(failed.document.get("FailureMessage") or "no reason given").rstrip(".")
    return f"another try at {part}, which AWS could not make ({said}); it is tried again within an hour"


def _name(thing: Thing) -> str:
    return f"{thing.part} ({thing.id})"


def _described_way(site: Site) -> str:
    count = len(site.nat_numbers)
    return f"with {_count(count, 'NAT gateway')}" if count else "with VPC endpoints and no way to the internet"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
