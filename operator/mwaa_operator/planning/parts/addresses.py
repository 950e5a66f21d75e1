"""How the addresses of a VPC are shared out: two private subnets with a quarter each, two public ones with a sixteenth each.

    | public 1 | public 2 | (free: an eighth) | (free: a quarter) | private 1 | private 2 |
      1/16       1/16

The private ones are large because workers, schedulers and web servers live there, each with an address of its own; the public ones
hold nothing but a NAT gateway each. What is left over is for the owner of the VPC.
"""

import ipaddress
from dataclasses import dataclass

from mwaa_operator.api.provision import ProvisionedNetwork

PRIVATE_PREFIX, PUBLIC_PREFIX = 2, 4
"""How many bits longer than the VPC's the prefixes of the subnets are. The smallest VPC, a /24, gives /26 and /28; AWS has no
smaller subnet."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Blocks of the subnets, in the order of the zones."""

    public: tuple[str, ...]
    private: tuple[str, ...]


def addresses_of(network: ProvisionedNetwork) -> Addresses:
    """The blocks that the spec gives, or those computed from the VPC's."""
    computed = shared_out(network.cidr_block)
    return Addresses(
        public=network.public_subnet_cidr_blocks or computed.public,
        private=network.private_subnet_cidr_blocks or computed.private,
    )


def shared_out(cidr_block: str) -> Addresses:
    """Share out a block from /16 to /24. Raises ValueError for what is no block of IPv4 addresses."""
    vpc = ipaddress.IPv4Network(cidr_block)
    public, private = vpc.subnets(PUBLIC_PREFIX), vpc.subnets(PRIVATE_PREFIX)
    return Addresses(
        public=tuple(str(block) for block in list(public)[:2]), private=tuple(str(block) for block in list(private)[2:])
    )
