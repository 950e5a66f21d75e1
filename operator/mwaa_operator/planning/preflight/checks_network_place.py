"""Where the environment is put: the subnets, their zones and VPC, the security groups, and room for it."""

from math import ceil

from mwaa_operator.planning.preflight.caller_needs import makes_endpoints
from mwaa_operator.planning.preflight.facts_network import Subnet
from mwaa_operator.planning.preflight.model import Outcome, error, warning
from mwaa_operator.planning.preflight.network_view import NetworkView, network_check
from mwaa_operator.planning.preflight.snapshot import Subject
from mwaa_operator.planning.preflight.wanted import listed

_NETWORKING = "networking-about.html"
_SHARING = "vpc-endpoint-management.html"
_PRIVATE = frozenset({"PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"})
_DEFAULTS = {"MaxWorkers": 10, "Schedulers": 2, "MaxWebservers": 2}
"""What MWAA takes where a request leaves them out (`mwaa-behaviour.md` §3.2)."""


@network_check("SubnetsExist", page=_NETWORKING)
def subnets_exist(view: NetworkView) -> Outcome:
    """The subnets exist in the environment's account and Region."""
    there = {subnet.id for subnet in view.subnets}
    missing = [name for name in view.asked_subnets if name not in there]
    if not missing:
        return None
    return error(
        f"{_there_is_no('subnet', missing)} in {view.question.region}, as far as account {view.question.account_id} is shown.",
        "Name subnets of the environment's own Region in networkConfiguration.subnetIds.",
    )


@network_check("SecurityGroupsExist", page="vpc-security.html")
def security_groups_exist(view: NetworkView) -> Outcome:
    """The security groups exist in the environment's account and Region."""
    there = {group.id for group in view.groups}
    missing = [name for name in view.asked_groups if name not in there]
    if not missing:
        return None
    return error(
        f"{_there_is_no('security group', missing)} in {view.question.region}, "
        f"as far as account {view.question.account_id} is shown.",
        "Name security groups of the environment's own Region in networkConfiguration.securityGroupIds.",
    )


@network_check("TwoSubnets", page=_NETWORKING)
def two_subnets(view: NetworkView) -> Outcome:
    """There are exactly two subnets."""
    different = set(view.asked_subnets)
    if len(different) == 2 == len(view.asked_subnets):
        return None
    return error(
        f"The environment has {len(different)} different subnets: {listed(view.asked_subnets)}.",
        "Name exactly two subnets, in two Availability Zones.",
    )


@network_check("TwoZones", page=_NETWORKING)
def two_zones(view: NetworkView) -> Outcome:
    """The subnets are in two Availability Zones."""
    zones = {subnet.zone for subnet in view.subnets}
    if len(view.subnets) < 2 or len(zones) > 1:
        return None
    return error(
        f"{listed(subnet.id for subnet in view.subnets)} are both in {listed(zones)}.",
        "Name two subnets in different Availability Zones.",
    )


@network_check("OneVpc", page=_NETWORKING)
def one_vpc(view: NetworkView) -> Outcome:
    """The subnets are in one VPC."""
    if len({subnet.vpc_id for subnet in view.subnets}) < 2:
        return None
    return error(
        f"The subnets are in different VPCs: {listed(f'{subnet.id} in {subnet.vpc_id}' for subnet in view.subnets)}.",
        "Name two subnets of one VPC.",
    )


@network_check("SecurityGroupsInVpc", page="vpc-security.html")
def security_groups_in_vpc(view: NetworkView) -> Outcome:
    """The security groups are in the VPC of the subnets."""
    vpcs = {subnet.vpc_id for subnet in view.subnets}
    astray = [f"{group.id} is in {group.vpc_id}" for group in view.groups if vpcs and group.vpc_id not in vpcs]
    if not astray:
        return None
    return error(
        f"{listed(astray)}, the subnets are in {listed(sorted(vpcs))}.",
        "Name security groups of the subnets' VPC: a group serves no other one.",
    )


@network_check("SharedVpc", judges=("NetworkConfiguration", "EndpointManagement"), page=_SHARING)
def shared_vpc(view: NetworkView) -> Outcome:
    """In subnets that another account shares, the VPC endpoints are managed by the customer."""
    owners = {subnet.owner for subnet in view.subnets if subnet.owner} - {view.question.account_id}
    if not owners or not makes_endpoints(view.question):
        return None
    return error(
        f"The subnets belong to account {listed(sorted(owners))}, and MWAA cannot make its VPC endpoints in there.",
        "Set endpointManagement: CUSTOMER, and have the owner of the VPC make the endpoints, or use subnets of this account.",
    )


@network_check(
    "FreeAddresses",
    judges=("NetworkConfiguration", "MaxWorkers", "MaxWebservers", "Schedulers"),
    needs=Subject.SUBNETS,
    page=_NETWORKING,
)
def free_addresses(view: NetworkView) -> Outcome:
    """The subnets have addresses left for the environment's endpoints and containers.

    Each endpoint takes one address in each subnet (`mwaa-behaviour.md` §5). AWS documents no number for the containers: one each, spread
    over both subnets, is what can be counted on, so that is worth no more than a warning.
    """
    endpoints = _endpoints(view)
    if full := [subnet for subnet in view.subnets if subnet.free_addresses < endpoints]:
        return error(
            f"{_left(full)}, and the environment's VPC endpoints alone take {endpoints} in each subnet.",
            "Free addresses there, or name larger subnets.",
        )
    needed = endpoints + ceil(_containers(view) / 2)
    if scarce := [subnet for subnet in view.subnets if subnet.free_addresses < needed]:
        return warning(
            f"{_left(scarce)}. With all its workers, schedulers and web servers the environment may take about {needed} in each subnet.",
            "Free addresses there, name larger subnets, or lower maxWorkers.",
        )
    return None


def _there_is_no(what: str, missing: list[str]) -> str:
    return f"There {'is' if len(missing) == 1 else 'are'} no {what}{'' if len(missing) == 1 else 's'} {listed(missing)}"


def _endpoints(view: NetworkView) -> int:
    """How many endpoints are to come: that of the database, and that of a web server which is reached from the VPC."""
    if not view.question.creating:
        return 0
    return 2 if view.question.fields.get("WebserverAccessMode") in _PRIVATE else 1


def _containers(view: NetworkView) -> int:
    """How many containers may run after the call that do not yet before it."""
    fields, current = view.question.fields, view.question.current
    more = sum(int(fields.get(name, usual)) for name, usual in _DEFAULTS.items())
    return max(0, more - sum(int(current.get(name, usual)) for name, usual in _DEFAULTS.items())) if current else more


def _left(subnets: list[Subnet]) -> str:
    return listed(f"{subnet.id} has {subnet.free_addresses} free addresses" for subnet in subnets)
