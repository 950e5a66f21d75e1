"""Network ACLs: they know no connections, so answers need a rule of their own (§5, §9.2: "incl. ephemeral ports")."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import permutations
from typing import Any

from mwaa_sandbox.aws.judging import routes
from mwaa_sandbox.aws.judging.groups import NEEDED_PORTS
from mwaa_sandbox.aws.judging.network import Network

EPHEMERAL = (1024, 65535)
_AN_ADDRESS_OF_AWS = IPv4Network("52.218.0.1/32")
_TCP = ("6", "-1")


def acls_pass(network: Network) -> Iterator[str]:
    """Traffic between the two subnets on the needed ports, and to AWS on 443; answers to ephemeral ports.

    Within one subnet no ACL is asked.
    """
    acls = {subnet.id: _acl_of(network.ec2, subnet) for subnet in network.subnets}
    ways = [
        (subnet, other, IPv4Network(other.cidr_block), port)
        for subnet, other in permutations(network.subnets, 2)
        for port in NEEDED_PORTS
    ]
    for subnet, other, there, port in ways:
        here = IPv4Network(subnet.cidr_block)
        asked = _passes(acls[subnet.id], there, (port, port), out=True)
        heard = _passes(acls[other.id], here, (port, port), out=False)
        answered = _passes(acls[other.id], here, EPHEMERAL, out=True)
        received = _passes(acls[subnet.id], there, EPHEMERAL, out=False)
        if not (asked and heard and answered and received):
            yield f"the network ACLs do not let {subnet.id} talk to {other.id} on TCP {port}"
    for subnet in network.subnets:
        if not _talks_to_aws(acls[subnet.id]):
            yield f"the network ACL of {subnet.id} does not let it talk to AWS on TCP 443"
        yield from _on_the_way_out(network, subnet)


def _on_the_way_out(network: Network, subnet: Any) -> Iterator[str]:
    """What goes through a NAT gateway passes the ACL of the gateway's subnet twice each way (Amazon VPC User Guide, NAT gateways)."""
    here = IPv4Network(subnet.cidr_block)
    for place in routes.nat_subnets(network, subnet):
        acl = _acl_of(network.ec2, place)
        within = place.id == subnet.id
        heard = within or _passes(acl, here, (443, 443), out=False)
        answered = within or _passes(acl, here, EPHEMERAL, out=True)
        if not (heard and answered and _talks_to_aws(acl)):
            yield f"the network ACL of the NAT gateway's subnet {place.id} does not let {subnet.id} talk to AWS on TCP 443"


def _talks_to_aws(acl: Any) -> bool:
    asked = _passes(acl, _AN_ADDRESS_OF_AWS, (443, 443), out=True)
    return asked and _passes(acl, _AN_ADDRESS_OF_AWS, EPHEMERAL, out=False)


def _acl_of(ec2: Any, subnet: Any) -> Any:
    acls = [acl for acl in ec2.network_acls.values() if acl.vpc_id == subnet.vpc_id]
    for acl in acls:
        if any(association.subnet_id == subnet.id for association in acl.associations):
            return acl
    return next(acl for acl in acls if acl.default)


def _passes(acl: Any, peer: IPv4Network, ports: tuple[int, int], *, out: bool) -> bool:
    """Whether a whole range of ports is let through: by the first fitting rule in order, and if there is none, not."""
    rules = sorted((rule for rule in acl.entries if _is_egress(rule) is out), key=lambda rule: int(rule.rule_number))
    fitting = [rule for rule in rules if str(rule.protocol) in _TCP and _meets(rule, peer)]
    edges = {edge for rule in fitting for low, high in [_ports(rule)] for edge in (low - 1, low, high, high + 1)}
    probes = {*ports, *(edge for edge in edges if ports[0] <= edge <= ports[1])}
    return all(_verdict(fitting, port) for port in probes)


def _verdict(rules: list[Any], port: int) -> bool:
    for rule in rules:
        low, high = _ports(rule)
        if low <= port <= high:
            return bool(rule.rule_action == "allow")
    return False


def _meets(rule: Any, peer: IPv4Network) -> bool:
    """An allow has to cover the whole of the peer; a deny does harm if it covers a part."""
    if not rule.cidr_block:
        return False
    cidr = IPv4Network(rule.cidr_block, strict=False)
    return peer.subnet_of(cidr) if rule.rule_action == "allow" else peer.overlaps(cidr)


def _ports(rule: Any) -> tuple[int, int]:
    if str(rule.protocol) == "-1" or rule.port_range_from is None:
        return 0, 65535
    return int(rule.port_range_from), int(rule.port_range_to)


def _is_egress(rule: Any) -> bool:
    return str(rule.egress).lower() == "true"
