"""VPC endpoints for AWS's services: what an environment depends on whose subnets have no default route.

The list is that of the User Guide's page (`mwaa-behaviour.md` §5). Each check judges one side of it, and only where there are some of the
endpoints: a network that has neither these nor a default route is told by `WayOut`.
"""

from mwaa_operator.planning.preflight.facts_network import Endpoint
from mwaa_operator.planning.preflight.model import Outcome, error, unknown, warning
from mwaa_operator.planning.preflight.network_rules import Through, through
from mwaa_operator.planning.preflight.network_view import NEEDED_SERVICES, NetworkView, network_check, those
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "vpc-vpe-create-access.html"
_API_SERVICES = ("airflow.api", "airflow.env")
_LOST = frozenset({"rejected", "failed", "expired"})
"""States that an endpoint never becomes available from (EC2, DescribeVpcEndpoints)."""
_HTTPS = 443


@network_check("EndpointsPresent", page=_PAGE)
def endpoints_present(view: NetworkView) -> Outcome:
    """Without a way to the internet there is an endpoint for each service that an environment needs."""
    if not view.private_routing:
        return None
    missing = [service for service in NEEDED_SERVICES if not view.present(service)]
    if not missing:
        return None
    elsewhere = view.by_other_networks
    judge, perhaps = (warning, f" unless they are behind {listed(sorted(elsewhere))}") if elsewhere else (error, "")
    return judge(
        f"{_secluded(view, 'has', 'have')} no default route, and the VPC has no endpoint for {listed(missing)}.",
        f"Make {listed(_names(view, missing))} in {_vpcs(view)}, or route 0.0.0.0/0 to a NAT gateway{perhaps}.",
    )


@network_check("EndpointsAvailable", page=_PAGE)
def endpoints_available(view: NetworkView) -> Outcome:
    """The endpoints that an environment needs are available."""
    if not view.private_routing:
        return None
    idle = [endpoint for service in NEEDED_SERVICES for endpoint in _idle(view.present(service))]
    if not idle:
        return None
    found = f"{listed(f'{endpoint.id} ({endpoint.service}) is {endpoint.state}' for endpoint in idle)}."
    if any(endpoint.state.lower() in _LOST for endpoint in idle):
        return error(found, "Delete the endpoint and make it anew.")
    return warning(found, "Wait until the endpoint is available, or accept it.")


@network_check("EndpointsInBothSubnets", page=_PAGE)
def endpoints_in_both_subnets(view: NetworkView) -> Outcome:
    """The interface endpoints are in each subnet that has no other way."""
    if not view.private_routing:
        return None
    gaps = []
    for service in _by_interface(view):
        covered = {subnet_id for endpoint in view.serving(service) for subnet_id in endpoint.subnet_ids}
        away = [subnet.id for subnet in view.secluded if subnet.id not in covered]
        if away:
            gaps.append(
                f"that for {service} ({listed(endpoint.id for endpoint in view.serving(service))}) is not in {listed(away)}"
            )
    if not gaps:
        return None
    return error(f"Of the VPC endpoints, {listed(gaps)}.", "Add the subnets to the endpoints.")


@network_check("EndpointsPrivateDns", page=_PAGE)
def endpoints_private_dns(view: NetworkView) -> Outcome:
    """The interface endpoints have private DNS, by which alone AWS's usual names lead to them."""
    if not view.private_routing:
        return None
    services = [service for service in _by_interface(view) if service != "s3"]
    bare = [endpoint for service in services for endpoint in view.serving(service) if not endpoint.private_dns]
    if not bare:
        return None
    return error(
        f"{_with_services(bare)} {'has' if len(bare) == 1 else 'have'} no private DNS, so AWS's usual name still leads to the internet.",
        "Turn private DNS names on for the endpoint.",
    )


@network_check("EndpointsAdmitEnvironment", page="vpc-security.html")
def endpoints_admit_environment(view: NetworkView) -> Outcome:
    """The endpoints' security groups admit HTTPS from the environment."""
    if not view.private_routing:
        return None
    shut: list[Endpoint] = []
    undecided: list[Endpoint] = []
    for service in _by_interface(view):
        results = {endpoint: _admission(view, endpoint) for endpoint in view.serving(service)}
        if Through.YES not in results.values():
            (undecided if Through.PERHAPS in results.values() else shut).extend(results)
    if shut:
        groups = sorted({group for endpoint in shut for group in endpoint.group_ids})
        return error(
            f"The security groups of {_with_services(shut)} do not admit TCP 443 from {listed(view.asked_groups)} or from both subnets.",
            f"Add an inbound rule to {listed(groups)}: TCP 443 from {listed(view.asked_groups)}.",
        )
    if undecided:
        return unknown(
            f"Whether the security groups of {_with_services(undecided)} admit the environment could not be told."
        )
    return None


@network_check("EndpointsOfAirflowApi", page=_PAGE)
def endpoints_of_airflow_api(view: NetworkView) -> Outcome:
    """Without a way to the internet, MWAA's own API is called from inside by endpoints too."""
    if not view.private_routing:
        return None
    missing = [service for service in _API_SERVICES if not view.endpoints(service)]
    if not missing:
        return None
    return warning(
        f"The VPC has no endpoint for {listed(missing)}, so nothing in the subnets can call MWAA's API or Airflow's through it.",
        f"Make {listed(_names(view, missing))} in {_vpcs(view)} if DAGs are to call them.",
    )


def _idle(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """The endpoints of a service, if none of them is available."""
    return () if any(endpoint.state.lower() == "available" for endpoint in endpoints) else endpoints


def _by_interface(view: NetworkView) -> list[str]:
    """The services that interface endpoints have to serve: all that have some, but S3 only where it has no gateway."""
    gateways = view.endpoints("s3", "Gateway")
    return [service for service in NEEDED_SERVICES if view.serving(service) and not (service == "s3" and gateways)]


def _admission(view: NetworkView, endpoint: Endpoint) -> Through:
    groups = [view.endpoint_groups.get(name) for name in endpoint.group_ids]
    if not groups or None in groups:
        return Through.PERHAPS
    rules = [rule for group in groups if group is not None for rule in group.inbound]
    return through(rules, _HTTPS, groups=view.asked_groups, networks=view.networks)


def _names(view: NetworkView, services: list[str]) -> list[str]:
    return [f"com.amazonaws.{view.question.region}.{service}" for service in services]


def _with_services(endpoints: list[Endpoint]) -> str:
    return listed(f"{endpoint.id} ({endpoint.service})" for endpoint in endpoints)


def _secluded(view: NetworkView, one: str, many: str) -> str:
    return those((subnet.id for subnet in view.secluded), one, many)


def _vpcs(view: NetworkView) -> str:
    return listed(subnet.vpc_id for subnet in view.secluded)
