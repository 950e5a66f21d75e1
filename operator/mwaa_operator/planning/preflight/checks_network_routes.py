"""Where the subnets' traffic goes: not to an internet gateway, but out all the same."""

from collections.abc import Iterator

from mwaa_operator.planning.preflight.facts_network import NatGateway, Route, Subnet
from mwaa_operator.planning.preflight.model import Outcome, error, warning
from mwaa_operator.planning.preflight.network_view import NEEDED_SERVICES, NetworkView, network_check, those
from mwaa_operator.planning.preflight.wanted import comparable_version, listed

_NETWORKING = "networking-about.html"
_NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
_LIVING = frozenset({"available", "pending"})
"""States of NAT gateways that are there, or about to be (EC2, DescribeNatGateways)."""


@network_check("NoInternetGatewayRoute", page=_NETWORKING)
def no_internet_gateway_route(view: NetworkView) -> Outcome:
    """The subnets are private: neither their own route tables nor the main one lead to an internet gateway.

    An egress-only gateway of IPv6 lets nothing in, and is none of these.
    """
    tables = [(subnet, view.table(subnet.id, subnet.vpc_id)) for subnet in view.subnets]
    public = [
        f"{subnet.id} routes {route.destination} to {route.target} ({'the main table' if table.main else 'table'} {table.id})"
        for subnet, table in tables
        for route in table.routes
        if route.target.startswith("igw-")
    ]
    if not public:
        return None
    return error(
        f"{listed(public)}: that makes it a public subnet.",
        "Give the subnet a route table without an internet gateway, with a default route to a NAT gateway in a public subnet instead.",
    )


@network_check("WayOut", page=_NETWORKING)
def way_out(view: NetworkView) -> Outcome:
    """Each subnet has a way to AWS's services: a default route, or VPC endpoints instead of it."""
    if not view.secluded or view.private_routing:
        return None
    elsewhere = view.by_other_networks
    judge, perhaps = (warning, f" unless they are behind {listed(sorted(elsewhere))}") if elsewhere else (error, "")
    return judge(
        f"{those(_named(view.secluded), 'has', 'have')} no default route, and the VPC has none of the endpoints that could replace it "
        f"({listed(NEEDED_SERVICES)}).",
        f"Route 0.0.0.0/0 to a NAT gateway, or make these VPC endpoints{perhaps}.",
    )


@network_check("DefaultRouteAlive", page=_NETWORKING)
def default_route_alive(view: NetworkView) -> Outcome:
    """What the subnets' default routes lead to is there and works."""
    dead = [
        f"{subnet.id} routes to {route.target}, {why}" for subnet, route in view.ways_out if (why := _dead(view, route))
    ]
    if dead:
        return error(f"{listed(dead)}.", "Route 0.0.0.0/0 to a NAT gateway that is available.")
    pending = sorted({nat.id for nat in view.nats_in_use if nat.state == "pending"})
    if pending:
        return warning(f"{those(pending, 'is', 'are')} still being made.", "Wait until the NAT gateway is available.")
    return None


@network_check("NatInPublicSubnet", page=_NAT)
def nat_in_public_subnet(view: NetworkView) -> Outcome:
    """The NAT gateway's own subnet leads to an internet gateway that is attached to the VPC."""
    for nat in view.nats_in_use:
        if not nat.public or nat.state not in _LIVING:
            continue
        routes = view.default_routes(nat.subnet_id, nat.vpc_id)
        advice = f"Route 0.0.0.0/0 of {nat.subnet_id} to an internet gateway that is attached to {nat.vpc_id}."
        if not routes:
            return error(f"{nat.id} is in {nat.subnet_id}, which has no default route.", advice)
        for route in routes:
            if route.target.startswith("nat-"):
                return error(f"{nat.id} is in {nat.subnet_id}, which itself routes to {route.target}.", advice)
            if route.target.startswith("igw-") and not _attached(view, route, nat):
                return error(
                    f"{nat.id} is in {nat.subnet_id}, which routes to {route.target}; that is not attached to {nat.vpc_id}.",
                    advice,
                )
    return None


@network_check("NatPublic", page=_NAT)
def nat_public(view: NetworkView) -> Outcome:
    """The NAT gateway is of the public kind, which alone leads to the internet by itself."""
    private = sorted({nat.id for nat in view.nats_in_use if not nat.public})
    if not private:
        return None
    return warning(
        f"Private NAT gateways lead to other networks, and to the internet only through those: {listed(private)}.",
        "Make sure that the network behind it reaches AWS's services, or use a NAT gateway with connectivity type public.",
    )


@network_check(
    "Airflow3ReachesWebServer",
    judges=("WebserverAccessMode", "AirflowVersion", "NetworkConfiguration"),
    page="configuring-networking.html",
)
def airflow_3_reaches_web_server(view: NetworkView) -> Outcome:
    """Workers of Airflow 3 reach a web server that is public only, by way of the internet.

    Their tasks talk to it, so that all of them fail where the subnets have no way there; the environment itself comes up.
    """
    version = view.question.fields.get("AirflowVersion")
    comparable = comparable_version(view.question)
    is_2 = comparable is not None and comparable.major < 3
    if is_2 or view.question.fields.get("WebserverAccessMode") != "PUBLIC_ONLY" or not view.secluded:
        return None
    return error(
        f"{those(_named(view.secluded), 'has', 'have')} no way to the internet, and with PUBLIC_ONLY that is the only way from Airflow "
        f"{version or '3'}'s workers to its web server: every task would fail.",
        "Set webserverAccessMode to PRIVATE_ONLY (or PUBLIC_AND_PRIVATE), or route 0.0.0.0/0 of both subnets to a NAT gateway.",
    )


def _named(subnets: tuple[Subnet, ...]) -> Iterator[str]:
    return (subnet.id for subnet in subnets)


def _dead(view: NetworkView, route: Route) -> str:
    """Why a route leads nowhere. Empty if it leads somewhere, as far as can be told."""
    if route.state == "blackhole":
        return "which is not there any more (blackhole)"
    if not route.target.startswith("nat-"):
        return ""
    nat = view.nat_gateways.get(route.target)
    if nat is None:
        return "which is not there"
    return "" if nat.state in _LIVING else f"which is {nat.state}"


def _attached(view: NetworkView, route: Route, nat: NatGateway) -> bool:
    return any(gateway.id == route.target and nat.vpc_id in gateway.vpc_ids for gateway in view.internet_gateways)
