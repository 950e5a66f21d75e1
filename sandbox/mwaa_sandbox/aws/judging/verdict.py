"""All that is wrong with an environment's surroundings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from mwaa_sandbox.aws.judging import acls, groups, places, routes
from mwaa_sandbox.aws.judging.network import Network
from mwaa_sandbox.aws.mwaa.lifecycle import Settings


class Part(StrEnum):
    """What a flaw is in. Which of them can still be told in an environment's logs depends on it."""

    NETWORK = "network"
    ADMISSION = "admission"
    ROLE = "role"
    LOG_GROUP = "log group"
    STARTUP_SCRIPT = "startup script"


@dataclass(frozen=True)
class Flaw:
    """Something that keeps an environment from coming up, in words that nobody but the sandbox says."""

    part: Part
    text: str
    action: str = ""
    resource: str = ""
    """What the execution role does not allow."""


def network_flaws(network: Network, settings: Settings, *, account: str) -> Iterator[Flaw]:
    """Yield what keeps an environment from coming up in a network."""
    misplaced = [*places.one_vpc(network), *places.two_zones(network)]
    if misplaced:  # the other questions make sense in one VPC only
        yield from (Flaw(Part.NETWORK, text) for text in misplaced)
        return
    yield from (Flaw(Part.NETWORK, text) for text in places.own_subnets(network, settings, account))
    yield from (Flaw(Part.NETWORK, text) for text in places.room(network, settings))
    yield from (Flaw(Part.NETWORK, text) for check in _CHECKS for text in check(network))
    yield from (Flaw(Part.ADMISSION, text) for text in groups.admit_themselves(network))
    if has_internet(network):
        yield from (Flaw(Part.NETWORK, text) for text in groups.let_out_to_aws(network))


def has_internet(network: Network) -> bool:
    """Whether both subnets reach the internet."""
    return all(routes.reaches_internet(network, subnet) for subnet in network.subnets)


_CHECKS: tuple[Callable[[Network], Iterator[str]], ...] = (
    places.names_are_resolved,
    routes.no_internet_gateway,
    routes.a_way_out,
    groups.let_out,
    acls.acls_pass,
)
