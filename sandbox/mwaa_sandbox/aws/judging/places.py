"""Where an environment is put: zones, VPC, its DNS attributes, and room for its network interfaces (§5)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from mwaa_sandbox.aws.judging.network import Network


def one_vpc(network: Network) -> Iterator[str]:
    """§5: the same VPC, security groups in it."""
    if len({subnet.vpc_id for subnet in network.subnets} | {group.vpc_id for group in network.groups}) > 1:
        yield "subnets and security groups are not all in one VPC"


def two_zones(network: Network) -> Iterator[str]:
    """§5: different zones."""
    if len({subnet.availability_zone for subnet in network.subnets}) < 2:
        yield "the subnets are in one Availability Zone"


def names_are_resolved(network: Network) -> Iterator[str]:
    """§5: VPC DNS support and hostnames on."""
    for attribute in ("enable_dns_support", "enable_dns_hostnames"):
        # What came over the wire moto keeps as text.
        if str(getattr(network.vpc, attribute)).lower() != "true":
            yield f"{attribute} of {network.vpc_id} is off"


def own_subnets(network: Network, settings: Any, account: str) -> Iterator[str]:
    """§5: in a shared VPC the customer has to make the endpoints."""
    if settings["EndpointManagement"] != "CUSTOMER":
        for subnet in network.subnets:
            if subnet.owner_id != account:
                yield f"{subnet.id} is shared by {subnet.owner_id}, which needs CUSTOMER endpoint management"


def room(network: Network, settings: Any) -> Iterator[str]:
    """§9.2: free addresses in each subnet. No minimum is documented: here it is what the containers and endpoints take."""
    needed = addresses_needed(settings)
    for subnet in network.subnets:
        if subnet.available_ip_address_count < needed:
            yield f"{subnet.id} has {subnet.available_ip_address_count} free addresses, and {needed} are needed"


def addresses_needed(settings: Any) -> int:
    """Return the addresses that an environment takes in each subnet: containers spread over both, endpoints in each (§5)."""
    containers: int = settings["Schedulers"] + settings["MinWebservers"] + settings["MinWorkers"]
    endpoints = 1 + (settings["WebserverAccessMode"] != "PUBLIC_ONLY")
    return math.ceil(containers / 2) + (endpoints if settings["EndpointManagement"] == "SERVICE" else 0)
