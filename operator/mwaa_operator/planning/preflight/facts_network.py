"""What there is of the environment's network in EC2, as the checks see it.

The aspects can be hidden one by one: an operator that may not describe network ACLs still learns all about routes. Ids are kept as AWS
gives them, networks as text, since AWS may say more than we understand.
"""

from dataclasses import dataclass
from typing import TypeVar

from mwaa_operator.planning.preflight.snapshot import NOT_LOOKED_AT, Unseen

Item = TypeVar("Item")
Seen = tuple[Item, ...] | Unseen


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet of the environment. `cidr` is its IPv4 network, empty where it has none; `owner` an account."""

    id: str
    vpc_id: str
    zone: str
    owner: str
    cidr: str
    free_addresses: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a security group. `protocol` is "-1" for all; the ports are None where the rule has none, which means all."""

    protocol: str
    first: int | None = None
    last: int | None = None
    cidrs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    prefix_lists: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class SecurityGroup:
    """A security group: of the environment, or of an endpoint in its VPC."""

    id: str
    vpc_id: str
    inbound: tuple[Rule, ...]
    outbound: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a route table sends a destination: an IPv4 or IPv6 network, or a prefix list. `target` is an id, or "local"."""

    destination: str
    target: str
    state: str = "active"


@dataclass(frozen=True, kw_only=True)
class RouteTable:
    """A route table of the VPC; the main one serves each subnet that has none of its own."""

    id: str
    vpc_id: str
    main: bool
    subnet_ids: frozenset[str]
    routes: tuple[Route, ...]


@dataclass(frozen=True, kw_only=True)
class NatGateway:
    """A NAT gateway of the VPC, also one that was deleted a while ago."""

    id: str
    vpc_id: str
    subnet_id: str
    state: str
    public: bool


@dataclass(frozen=True, kw_only=True)
class InternetGateway:
    """An internet gateway that is attached to the VPC."""

    id: str
    vpc_ids: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A VPC endpoint in the VPC. `kind` is Interface, Gateway or another of AWS's; `policy` the document as text."""

    id: str
    vpc_id: str
    service: str
    kind: str
    state: str
    subnet_ids: frozenset[str]
    route_table_ids: frozenset[str]
    group_ids: frozenset[str]
    private_dns: bool
    policy: str


@dataclass(frozen=True, kw_only=True)
class AclEntry:
    """A rule of a network ACL for an IPv4 network. `protocol` is a number as text, "-1" for all; ports as in `Rule`."""

    number: int
    allow: bool
    outbound: bool
    protocol: str
    cidr: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkAcl:
    """A network ACL, and those subnets of the VPC that it guards."""

    id: str
    subnet_ids: frozenset[str]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, kw_only=True)
class VpcAttributes:
    """What the VPC does about names."""

    vpc_id: str
    dns_support: bool
    dns_hostnames: bool


@dataclass(frozen=True, kw_only=True)
class NetworkFacts:
    """All that was seen of the network. `groups` are those of the environment, `endpoint_groups` those of endpoints."""

    subnets: Seen[Subnet] = NOT_LOOKED_AT
    groups: Seen[SecurityGroup] = NOT_LOOKED_AT
    vpcs: Seen[VpcAttributes] = NOT_LOOKED_AT
    tables: Seen[RouteTable] = NOT_LOOKED_AT
    nat_gateways: Seen[NatGateway] = NOT_LOOKED_AT
    internet_gateways: Seen[InternetGateway] = NOT_LOOKED_AT
    endpoints: Seen[Endpoint] = NOT_LOOKED_AT
    endpoint_groups: Seen[SecurityGroup] = NOT_LOOKED_AT
    acls: Seen[NetworkAcl] = NOT_LOOKED_AT
