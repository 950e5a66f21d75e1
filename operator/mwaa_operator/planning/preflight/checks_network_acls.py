"""What the network ACLs of the subnets let through: between the two subnets, to AWS's services, and the answers back.

Traffic within a subnet passes no ACL, so only the other subnet and what is beyond the VPC count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mwaa_operator.planning.preflight.facts_network import NetworkAcl, Subnet
from mwaa_operator.planning.preflight.ip_ranges import ANYWHERE, Network4, network
from mwaa_operator.planning.preflight.model import Outcome, error, warning
from mwaa_operator.planning.preflight.network_acls import EPHEMERAL, Flow, Passage, passage
from mwaa_operator.planning.preflight.network_view import NetworkView, network_check
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "vpc-security.html"
_HTTPS, _DATABASE = (443, 443), (5432, 5432)
_NAT_PORTS = (1024, 65535)
"""Where answers to a NAT gateway come back to (VPC User Guide, NAT gateway basics)."""
_Guarded = tuple[str, NetworkAcl, Flow]
"""A subnet, its ACL, and what has to pass it."""


@network_check("NetworkAclsOutbound", page=_PAGE)
def network_acls_outbound(view: NetworkView) -> Outcome:
    """The network ACLs let the environment out: to its other subnet by TCP 443 and 5432, to AWS by 443."""
    return _judged(_flows(view, outbound=True, inside=(_HTTPS, _DATABASE), beyond=(_HTTPS,)))


@network_check("NetworkAclsInbound", page=_PAGE)
def network_acls_inbound(view: NetworkView) -> Outcome:
    """The network ACLs let the environment in from its other subnet by TCP 443 and 5432."""
    return _judged(_flows(view, outbound=False, inside=(_HTTPS, _DATABASE)))


@network_check("NetworkAclsAnswers", page=_PAGE)
def network_acls_answers(view: NetworkView) -> Outcome:
    """The network ACLs let answers come back: ACLs know no connections, so that the ephemeral ports have to be open."""
    inbound = _flows(view, outbound=False, inside=(EPHEMERAL,), beyond=(EPHEMERAL,))
    return _judged([*inbound, *_flows(view, outbound=True, inside=(EPHEMERAL,))])


@network_check("NatNetworkAcls", page=_PAGE)
def nat_network_acls(view: NetworkView) -> Outcome:
    """The network ACL of the NAT gateway's own subnet lets HTTPS through, and the answers back."""
    return _judged(_nat_flows(view))


def _nat_flows(view: NetworkView) -> Iterator[_Guarded]:
    served = {subnet.id for subnet in view.subnets}
    for place in sorted({nat.subnet_id for nat in view.nats_in_use if nat.public} - served):
        acl = _acl(view, place)
        if acl is None:
            continue
        for inside in view.networks:
            yield place, acl, Flow(outbound=False, other=inside, ports=_HTTPS)
            yield place, acl, Flow(outbound=True, other=inside, ports=EPHEMERAL)
        yield place, acl, Flow(outbound=True, other=ANYWHERE, ports=_HTTPS)
        yield place, acl, Flow(outbound=False, other=ANYWHERE, ports=_NAT_PORTS)


def _flows(
    view: NetworkView, *, outbound: bool, inside: Iterable[tuple[int, int]], beyond: Iterable[tuple[int, int]] = ()
) -> Iterator[_Guarded]:
    """Each subnet with its ACL and the traffic that has to pass it."""
    for subnet in view.subnets:
        acl = _acl(view, subnet.id)
        if acl is None:
            continue
        for other in _others(view, subnet):
            yield from ((subnet.id, acl, Flow(outbound=outbound, other=other, ports=ports)) for ports in inside)
        if _goes_beyond(view, subnet):
            yield from ((subnet.id, acl, Flow(outbound=outbound, other=ANYWHERE, ports=ports)) for ports in beyond)


def _acl(view: NetworkView, subnet_id: str) -> NetworkAcl | None:
    return next((acl for acl in view.acls if subnet_id in acl.subnet_ids), None)


def _others(view: NetworkView, subnet: Subnet) -> list[Network4]:
    return [found for other in view.subnets if other.id != subnet.id and (found := network(other.cidr)) is not None]


def _goes_beyond(view: NetworkView, subnet: Subnet) -> bool:
    """Whether a subnet has traffic with public addresses: by a default route, or those of S3 by way of its gateway endpoint."""
    return subnet not in view.secluded or bool(view.endpoints("s3", "Gateway"))


def _judged(flows: Iterable[_Guarded]) -> Outcome:
    results = [(subnet, acl, flow, passage(acl, flow)) for subnet, acl, flow in flows]
    for judge, bad, words in (
        (error, Passage.SHUT, "denies"),
        (warning, Passage.PARTLY, "lets through only a part of"),
    ):
        found = [(subnet, acl, flow) for subnet, acl, flow, result in results if result is bad]
        if found:
            told = listed(f"{acl.id} of {subnet} {words} {flow}" for subnet, acl, flow in found)
            needed = listed(_advised(flow) for _, _, flow in found)
            return judge(f"{told}.", f"Allow {needed} in the network ACL, before any rule that denies it.")
    return None


def _advised(flow: Flow) -> str:
    """What to allow: for answers the ports of all kinds of systems, as AWS advises."""
    return str(replace(flow, ports=(1024, 65535)) if flow.ports == EPHEMERAL else flow)
