"""The network as the checks ask about it: which route table serves a subnet, where it leads by default, which endpoints serve it.

An aspect that could not be seen raises `Hidden` only once a check asks for it, so that a check which has no need of it still judges.
`network_check` turns that into the verdict unknown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps

from mwaa_operator.planning.preflight.facts_network import (
    Endpoint,
    InternetGateway,
    Item,
    NatGateway,
    NetworkAcl,
    NetworkFacts,
    Route,
    RouteTable,
    SecurityGroup,
    Seen,
    Subnet,
    VpcAttributes,
)
from mwaa_operator.planning.preflight.ip_ranges import Network4, network
from mwaa_operator.planning.preflight.model import Outcome, check, untold
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import listed, mapping

NEEDED_SERVICES = ("s3", "monitoring", "logs", "sqs", "kms")
"""What an environment reaches through endpoints where it has no way to the internet (User Guide, vpc-vpe-create-access)."""
_DEFAULT_IPV4 = frozenset({"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"})
"""A default route, and the two halves of it by which some firewalls take its place."""
_DEFAULT_IPV6 = "::/0"
_TO_NETWORKS = ("tgw-", "pcx-", "vgw-", "eni-", "i-", "lgw-", "arn:")
"""How ids begin of what leads to other networks: transit gateways, peerings, VPNs, appliances, Outposts, core networks."""
_GOING = frozenset({"deleting", "deleted"})
"""States of endpoints that are as good as none (EC2: DescribeVpcEndpoints shows them for a while)."""


class Hidden(Exception):  # noqa: N818 - not an error: a check has asked for something that could not be seen
    """An aspect that could not be seen."""

    def __init__(self, unseen: Unseen) -> None:
        super().__init__(unseen.why)
        self.unseen = unseen


def _shown(aspect: Seen[Item]) -> tuple[Item, ...]:
    if isinstance(aspect, Unseen):
        raise Hidden(aspect)
    return aspect


@dataclass(frozen=True)
class NetworkView:
    """The facts, for one question. Whatever is asked for raises Hidden where it was not seen."""

    facts: NetworkFacts
    question: Question

    @property
    def asked_subnets(self) -> tuple[str, ...]:
        return tuple(mapping(self.question, "NetworkConfiguration").get("SubnetIds") or ())

    @property
    def asked_groups(self) -> tuple[str, ...]:
        return tuple(mapping(self.question, "NetworkConfiguration").get("SecurityGroupIds") or ())

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """The environment's subnets, as far as they exist."""
        return _shown(self.facts.subnets)

    @property
    def groups(self) -> tuple[SecurityGroup, ...]:
        """The environment's security groups, as far as they exist."""
        return _shown(self.facts.groups)

    @property
    def vpcs(self) -> tuple[VpcAttributes, ...]:
        return _shown(self.facts.vpcs)

    @property
    def nat_gateways(self) -> dict[str, NatGateway]:
        return {gateway.id: gateway for gateway in _shown(self.facts.nat_gateways)}

    @property
    def internet_gateways(self) -> tuple[InternetGateway, ...]:
        return _shown(self.facts.internet_gateways)

    @property
    def acls(self) -> tuple[NetworkAcl, ...]:
        return _shown(self.facts.acls)

    @property
    def endpoint_groups(self) -> dict[str, SecurityGroup]:
        """The security groups of endpoints, those that they share with the environment among them."""
        own = () if isinstance(self.facts.groups, Unseen) else self.facts.groups
        return {group.id: group for group in (*_shown(self.facts.endpoint_groups), *own)}

    @property
    def networks(self) -> tuple[Network4, ...]:
        """The IPv4 networks of the environment's subnets."""
        return tuple(found for subnet in self.subnets if (found := network(subnet.cidr)) is not None)

    def table(self, subnet_id: str, vpc_id: str) -> RouteTable:
        """The route table that serves a subnet: its own, else the main one of the VPC (VPC User Guide, route tables)."""
        tables = [table for table in _shown(self.facts.tables) if table.vpc_id == vpc_id]
        own = [table for table in tables if subnet_id in table.subnet_ids]
        serving = own or [table for table in tables if table.main]
        if not serving:
            raise Hidden(Unseen(f"The route table of {subnet_id} is not among those that this account is shown."))
        return serving[0]

    def default_routes(self, subnet_id: str, vpc_id: str) -> tuple[Route, ...]:
        """Where a subnet's traffic to anywhere goes: the routes of IPv4, or those of IPv6 where it has no other."""
        routes = self.table(subnet_id, vpc_id).routes
        return tuple(route for route in routes if route.destination in _DEFAULT_IPV4) or tuple(
            route for route in routes if route.destination == _DEFAULT_IPV6
        )

    @property
    def ways_out(self) -> tuple[tuple[Subnet, Route], ...]:
        """Each subnet of the environment with each of its default routes, dead ones too."""
        return tuple(
            (subnet, route) for subnet in self.subnets for route in self.default_routes(subnet.id, subnet.vpc_id)
        )

    @property
    def nats_in_use(self) -> tuple[NatGateway, ...]:
        """The NAT gateways, as far as they exist, that the subnets lead to."""
        used = {route.target for _, route in self.ways_out if route.target.startswith("nat-")}
        return tuple(self.nat_gateways[name] for name in sorted(used) if name in self.nat_gateways) if used else ()

    @property
    def secluded(self) -> tuple[Subnet, ...]:
        """The subnets without a default route: what they need of AWS comes by endpoints."""
        return tuple(subnet for subnet in self.subnets if not self.default_routes(subnet.id, subnet.vpc_id))

    @property
    def by_other_networks(self) -> frozenset[str]:
        """What the subnets without a default route have routes to, if each has some: endpoints may be in a network beyond it."""
        beyond = [
            {
                route.target
                for route in self.table(subnet.id, subnet.vpc_id).routes
                if route.target.startswith(_TO_NETWORKS) and route.state != "blackhole"
            }
            for subnet in self.secluded
        ]
        return frozenset().union(*beyond) if all(beyond) else frozenset()

    def endpoints(self, service: str, kind: str | None = None) -> tuple[Endpoint, ...]:
        """The endpoints of a service, "sqs" for example. In China the names have a prefix of their own, so the end decides."""
        ending = f".{self.question.region}.{service}"
        return tuple(
            endpoint
            for endpoint in _shown(self.facts.endpoints)
            if endpoint.service.endswith(ending)
            and kind in (None, endpoint.kind)
            and endpoint.state.lower() not in _GOING
        )

    def serving(self, service: str) -> tuple[Endpoint, ...]:
        """The interface endpoints of a service that an environment gets to: those with private DNS that work, else the next best."""
        found = self.endpoints(service, "Interface")
        working = tuple(endpoint for endpoint in found if endpoint.state.lower() == "available") or found
        return tuple(endpoint for endpoint in working if endpoint.private_dns) or working

    def present(self, service: str) -> tuple[Endpoint, ...]:
        """The endpoints that can serve: a gateway does so for S3 alone."""
        return self.endpoints(service, None if service == "s3" else "Interface")

    @property
    def private_routing(self) -> bool:
        """Whether some subnet depends on endpoints, and there are any of those that it needs."""
        return bool(self.secluded) and any(self.present(service) for service in NEEDED_SERVICES)


_JudgeNetwork = Callable[[NetworkView], Outcome]


def network_check(
    name: str,
    *,
    page: str,
    judges: Iterable[str] = ("NetworkConfiguration",),
    needs: Subject = Subject.NETWORK,
) -> Callable[[_JudgeNetwork], _JudgeNetwork]:
    """Declare a check of the network, or of its subnets alone; see `model.check`."""

    def attach(judge: _JudgeNetwork) -> _JudgeNetwork:
        @wraps(judge)
        def over_snapshot(snapshot: Snapshot) -> Outcome:
            try:
                return judge(NetworkView(snapshot.fact(needs), snapshot.question))
            except Hidden as hidden:
                return untold(hidden.unseen)

        check(name, judges=judges, needs=[needs], page=page)(over_snapshot)
        return judge

    return attach


def those(names: Iterable[str], one: str, many: str) -> str:
    """Names with the verb that fits their number: "a has", "a and b have"."""
    different = list(dict.fromkeys(names))
    return f"{listed(different)} {one if len(different) < 2 else many}"
