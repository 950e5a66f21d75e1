"""Picks ports for servers that are stopped and started again on the same port."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LOWEST = 10_000
_EPHEMERAL_DEFAULT = (49_152, 65_535)  # RFC 6335; what systems without /proc use
_EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_WORTHWHILE = 1_000


def free_ports(count: int) -> list[int]:
    """Return `count` different ports of the loopback address that nobody listens on just now.

    They lie below the ephemeral range wherever that leaves room. A port of that range can be taken by any outgoing
    connection while our server is down for a moment; worse, a client that keeps trying to connect to it may get that
    very port as its own and connect to itself.

    Somebody may still take a port between this call and its use: whoever starts a server must be ready for that.
    """
    with contextlib.ExitStack() as held:
        return [held.enter_context(_reserved()).getsockname()[1] for _ in range(count)]


def candidates(ephemeral: tuple[int, int]) -> range | None:
    """Return the ports to choose from, given the ephemeral range; None where that range takes nearly everything."""
    lowest, highest = ephemeral
    below = range(_LOWEST, lowest)
    above = range(highest + 1, 65_536)
    best = max(below, above, key=len)
    return best if len(best) >= _WORTHWHILE else None


def _reserved() -> socket.socket:
    ports = candidates(_ephemeral_range())
    while True:
        sock = socket.socket()
        try:
            sock.bind((LOOPBACK, random.choice(ports) if ports else 0))
        except OSError:
            sock.close()
        else:
            return sock


def _ephemeral_range() -> tuple[int, int]:
    try:
        lowest, highest = map(int, _EPHEMERAL_RANGE.read_text().split())
    except FileNotFoundError:
        return _EPHEMERAL_DEFAULT
    return lowest, highest
