"""The network that is being made: what was seen of it, which thing serves as which part, and what there is too much of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mwaa_operator.api.enums import NatGateways
from mwaa_operator.api.provision import ProvisionedNetwork
from mwaa_operator.planning.parts.model import PartContext
from mwaa_operator.planning.parts.network_things import Thing, ThingKind

NUMBERS = (1, 2)
"""There are two of what is in a zone, counted from 1."""
VPC, INTERNET_GATEWAY, SECURITY_GROUP, PUBLIC_TABLE = (
    "vpc",
    "internet-gateway",
    "security-group",
    "public-route-table",
)
GATEWAY_SERVICE = "s3"
INTERFACE_SERVICES = ("monitoring", "logs", "sqs", "kms")
"""What an environment without a way to the internet needs endpoints to (`mwaa-behaviour.md` §5). Those of airflow.api and airflow.env
serve only DAGs that call MWAA itself, and those of ecr only older images: each would cost some 15 dollars a month for nothing."""
_WITHOUT_VPC = frozenset({ThingKind.VPC, ThingKind.INTERNET_GATEWAY, ThingKind.ELASTIC_IP})


def public_subnet(number: int) -> str:
    return f"public-subnet-{number}"


def private_subnet(number: int) -> str:
    return f"private-subnet-{number}"


def private_table(number: int) -> str:
    return f"private-route-table-{number}"


def nat_gateway(number: int) -> str:
    return f"nat-gateway-{number}"


def nat_address(number: int) -> str:
    return f"nat-address-{number}"


def endpoint(service: str) -> str:
    return f"endpoint-{service}"


def _parts() -> Mapping[str, ThingKind]:
    """All parts that a network can have, whatever the spec says."""
    each = {
        public_subnet: ThingKind.SUBNET,
        private_subnet: ThingKind.SUBNET,
        private_table: ThingKind.ROUTE_TABLE,
        nat_gateway: ThingKind.NAT_GATEWAY,
        nat_address: ThingKind.ELASTIC_IP,
    }
    return {
        VPC: ThingKind.VPC,
        INTERNET_GATEWAY: ThingKind.INTERNET_GATEWAY,
        PUBLIC_TABLE: ThingKind.ROUTE_TABLE,
        SECURITY_GROUP: ThingKind.SECURITY_GROUP,
        **{name(number): kind for name, kind in each.items() for number in NUMBERS},
        **{endpoint(service): ThingKind.VPC_ENDPOINT for service in (GATEWAY_SERVICE, *INTERFACE_SERVICES)},
    }


PARTS = _parts()


@dataclass(frozen=True, kw_only=True)
class SeenNetwork:
    """What was seen. `ours` carry this object's tags; `others` are in the same VPCs, AWS's own main route table and default security group
    among them. What AWS does not show is left out, but for what it calls deleted.
    """

    ours: tuple[Thing, ...] = ()
    others: tuple[Thing, ...] = ()
    dns: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    """By VPC: whether EnableDnsSupport and EnableDnsHostnames are set."""
    zones: tuple[str, ...] = ()
    """The region's Availability Zones, where they matter."""
    interfaces: tuple[Mapping[str, Any], ...] = ()
    """Network interfaces in the VPCs, where anything is to be taken away."""

    def of(self, kind: ThingKind) -> tuple[Thing, ...]:
        """All things of a kind, whoever owns them."""
        return tuple(thing for thing in (*self.ours, *self.others) if thing.kind is kind)

    @property
    def of_network(self) -> tuple[Thing, ...]:
        """Those of ours that belong to the network; the others are those of customerEndpoints."""
        return tuple(thing for thing in self.ours if PARTS.get(thing.part) is thing.kind)


@dataclass(frozen=True)
class Site:
    """Which of the things seen serves as which part. Of two that could, one is chosen, always the same; the other is surplus."""

    context: PartContext
    spec: ProvisionedNetwork
    seen: SeenNetwork

    @property
    def has_nat(self) -> bool:
        return self.spec.nat_gateways is not NatGateways.NONE

    @property
    def nat_numbers(self) -> tuple[int, ...]:
        return {NatGateways.PER_ZONE: NUMBERS, NatGateways.SINGLE: NUMBERS[:1], NatGateways.NONE: ()}[
            self.spec.nat_gateways
        ]

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The parts that the spec asks for."""
        always = {VPC, SECURITY_GROUP, *map(private_subnet, NUMBERS), *map(private_table, NUMBERS)}
        if self.has_nat:
            numbers = self.nat_numbers
            public = {INTERNET_GATEWAY, PUBLIC_TABLE, *map(public_subnet, NUMBERS)}
            return frozenset(always | public | {*map(nat_gateway, numbers), *map(nat_address, numbers)})
        return frozenset(always | {endpoint(service) for service in (GATEWAY_SERVICE, *INTERFACE_SERVICES)})

    @cached_property
    def vpc(self) -> Thing | None:
        """The VPC. There can be two only if AWS showed the first too late; the one that holds more is it."""
        things = self.seen.of_network
        vpcs = [thing for thing in things if thing.part == VPC]
        known = {resource.id for resource in self.context.known}
        inside = {vpc.id: sum(thing.vpc_id == vpc.id for thing in things) for vpc in vpcs}
        return min(vpcs, key=lambda vpc: (vpc.id not in known, -inside[vpc.id], vpc.id), default=None)

    @cached_property
    def _chosen(self) -> Mapping[str, Thing]:
        chosen: dict[str, Thing] = {}
        for thing in sorted((thing for thing in self.seen.of_network if thing.alive), key=self._rank):
            inside = thing.kind in _WITHOUT_VPC or (self.vpc is not None and thing.vpc_id == self.vpc.id)
            if inside and thing.part != VPC:
                chosen.setdefault(thing.part, thing)
        if self.vpc is not None:
            chosen[VPC] = self.vpc
        return chosen

    def _rank(self, thing: Thing) -> tuple[bool, bool, int, str]:
        """What is used already comes first, else the lowest id."""
        used = thing.document.get("AssociationId") or (self.vpc is not None and thing.vpc_id == self.vpc.id)
        return not used, not thing.available, -len(thing.document.get("Associations") or ()), thing.id

    def the(self, part: str) -> Thing | None:
        """The thing that serves as a part, if there is one."""
        return self._chosen.get(part)

    def id_of(self, part: str) -> str | None:
        thing = self.the(part)
        return None if thing is None else thing.id

    @property
    def surplus(self) -> list[Thing]:
        """What another thing does already, and what AWS could not make."""
        return [t for t in self.seen.of_network if t.part in self.wanted and self.the(t.part) is not t]

    @property
    def obsolete(self) -> list[Thing]:
        """What the spec does not ask for any more."""
        return [thing for thing in self.seen.of_network if thing.part not in self.wanted]
