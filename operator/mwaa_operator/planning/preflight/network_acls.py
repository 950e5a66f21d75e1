"""Which TCP traffic a network ACL lets through: its rules in their order, the first that fits decides (VPC User Guide, network ACLs)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mwaa_operator.planning.preflight.facts_network import AclEntry, NetworkAcl
from mwaa_operator.planning.preflight.ip_ranges import ANYWHERE, Network4, holds_port, network

EPHEMERAL = (32768, 60999)
"""The ports that answers to MWAA's containers come back to, for that is where Linux takes them from. AWS advises to open 1024-65535."""
_TCP = frozenset({"-1", "6"})


class Passage(Enum):
    """Whether an ACL lets something through."""

    OPEN = "open"
    PARTLY = "partly"
    """Some of the addresses, or of the ports."""
    SHUT = "shut"


@dataclass(frozen=True, kw_only=True)
class Flow:
    """TCP traffic of one direction with one network, to a range of ports."""

    outbound: bool
    other: Network4
    ports: tuple[int, int]

    def __str__(self) -> str:
        first, last = self.ports
        return (
            f"{'outbound' if self.outbound else 'inbound'} TCP {first if first == last else f'{first}-{last}'} "
            f"{'to' if self.outbound else 'from'} {'anywhere' if self.other == ANYWHERE else self.other}"
        )


def passage(acl: NetworkAcl, flow: Flow) -> Passage:
    """What an ACL does with a flow. The ports at the edges of its rules stand for all those between them."""
    entries = sorted(
        (entry for entry in acl.entries if entry.outbound == flow.outbound and entry.protocol in _TCP),
        key=lambda entry: entry.number,
    )
    results = {_at_port(entries, flow.other, port) for port in _edges(entries, *flow.ports)}
    return results.pop() if len(results) == 1 else Passage.PARTLY


def _edges(entries: Iterable[AclEntry], first: int, last: int) -> set[int]:
    edges = {first, last}
    for entry in entries:
        for bound, beyond in ((entry.first, -1), (entry.last, 1)):
            edges |= set() if bound is None else {bound, bound + beyond}
    return {port for port in edges if first <= port <= last}


def _at_port(entries: Iterable[AclEntry], other: Network4, port: int) -> Passage:
    """What the first entry that holds all of the other network says, unless one before it says the opposite of a part of it."""
    partly: set[bool] = set()
    for entry in entries:
        named = network(entry.cidr)
        if named is None or not holds_port(entry.first, entry.last, port) or not named.overlaps(other):
            continue
        if other.subnet_of(named):
            if (not entry.allow) in partly:
                return Passage.PARTLY
            return Passage.OPEN if entry.allow else Passage.SHUT
        # Single networks that are shut out from all the world are no obstacle, for such lists are common; private ones are no part of it.
        if other != ANYWHERE or (entry.allow and not named.is_private):
            partly.add(entry.allow)
    return Passage.PARTLY if True in partly else Passage.SHUT
