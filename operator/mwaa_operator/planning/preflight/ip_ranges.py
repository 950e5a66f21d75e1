"""IPv4 networks and ports, compared without ever failing on what AWS may send."""

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses

Network4 = IPv4Network
ANYWHERE = IPv4Network("0.0.0.0/0")


def network(text: str) -> IPv4Network | None:
    """The IPv4 network that a text names. None for IPv6, and for what is none."""
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def cover(ranges: Iterable[str], wanted: Iterable[IPv4Network]) -> bool:
    """Whether the ranges together hold each of the networks wanted, of which there must be one at least."""
    known = list(collapse_addresses(found for text in ranges if (found := network(text)) is not None))
    needed = list(wanted)
    return bool(needed) and all(any(one.subnet_of(other) for other in known) for one in needed)


def holds_port(first: int | None, last: int | None, port: int) -> bool:
    """Whether a range of ports holds one. A range without bounds holds all."""
    return first is None or last is None or first <= port <= last
