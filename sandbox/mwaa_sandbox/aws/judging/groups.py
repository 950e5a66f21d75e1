"""Security groups: whether an environment's parts, its database and its endpoints reach one another (§5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mwaa_sandbox.aws.judging.network import Network

NEEDED_PORTS = (443, 5432)
"""§5: the web server, the database, and all of AWS's APIs."""


def admit_themselves(network: Network) -> Iterator[str]:
    """§5: a self-referencing inbound rule for all traffic, or TCP 443 and 5432. A rule for both subnets' CIDRs does as well."""
    for port in NEEDED_PORTS:
        if not admits(network.groups, network, port):
            yield f"the security groups do not admit one another on TCP {port}"


def let_out(network: Network) -> Iterator[str]:
    """§5: outbound all. What an environment cannot do without is itself, on both ports."""
    rules = [rule for group in network.groups for rule in group.egress_rules]
    for port in NEEDED_PORTS:
        if not _reach(rules, network, port):
            yield f"the security groups let nothing out to TCP {port}"


def let_out_to_aws(network: Network) -> Iterator[str]:
    """§5, public routing: AWS's public addresses, behind the NAT gateway, on TCP 443."""
    rules = [rule for group in network.groups for rule in group.egress_rules]
    if not any(_covers(rule, 443) and rule.cidr_ipv4 == "0.0.0.0/0" for rule in rules):
        yield "the security groups do not let anything out to the internet on TCP 443"


def admits(groups: Sequence[Any], network: Network, port: int) -> bool:
    """Whether these groups let in what carries the environment's groups, on a TCP port."""
    return _reach([rule for group in groups for rule in group.ingress_rules], network, port)


def _reach(rules: Iterable[Any], network: Network, port: int) -> bool:
    own = {group.id for group in network.groups}
    fitting = [rule for rule in rules if _covers(rule, port)]
    if any(rule.source_group.get("GroupId") in own for rule in fitting):
        return True
    ranges = [IPv4Network(rule.cidr_ipv4, strict=False) for rule in fitting if rule.cidr_ipv4]
    return all(any(cidr.subnet_of(one) for one in ranges) for cidr in network.cidrs)


def _covers(rule: Any, port: int) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return bool(rule.ip_protocol == "tcp" and rule.from_port <= port <= rule.to_port)
