"""What cannot be deleted, detached or released while something depends on it, where moto would let it go.

The texts are those that AWS's own answers have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mwaa_sandbox.aws.ec2.answers import Refusal, dependency

GONE = frozenset({"deleted", "failed"})
"""States of NAT gateways and endpoints that are still shown and do nothing any more."""


def violation(ec2: Any, operation: str, parameters: Mapping[str, Any]) -> Refusal | None:
    """Return why EC2 refuses a call in its present state, or None. `parameters`: as they came in the form."""
    check = _CHECKS.get(operation)
    return None if check is None else check(ec2, parameters)


def _vpc(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    vpc_id = parameters.get("VpcId", "")
    return dependency("vpc", vpc_id) if any(_within(ec2, vpc_id)) else None


def _within(ec2: Any, vpc_id: str) -> Iterator[Any]:
    """Yield what is left in a VPC besides what it was made with."""
    yield from (subnet for zone in ec2.subnets.values() for subnet in zone.values() if subnet.vpc_id == vpc_id)
    yield from (eni for eni in ec2.enis.values() if eni.vpc_id == vpc_id)
    yield from (one for one in ec2.internet_gateways.values() if one.vpc is not None and one.vpc.id == vpc_id)
    yield from (one for one in ec2.nat_gateways.values() if one.vpc_id == vpc_id and one.state not in GONE)
    yield from (one for one in ec2.vpc_end_points.values() if one.vpc_id == vpc_id and one.state not in GONE)
    yield from (one for one in ec2.groups.get(vpc_id, {}).values() if one.name != "default")
    yield from (one for one in ec2.network_acls.values() if one.vpc_id == vpc_id and not one.default)
    tables = [one for one in ec2.route_tables.values() if one.vpc_id == vpc_id]
    yield from (one for one in tables if one.main_association_id is None)


def _subnet(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    subnet_id = parameters.get("SubnetId", "")
    return dependency("subnet", subnet_id) if any(eni.subnet.id == subnet_id for eni in ec2.enis.values()) else None


def _security_group(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    group_id = parameters.get("GroupId", "")
    group = ec2.get_security_group_from_id(group_id)
    if group is None:
        return None  # moto has the answer
    if group.name == "default":
        text = f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
        return Refusal("CannotDelete", text)
    worn = any(one.id == group_id for eni in ec2.enis.values() for one in eni.group_set)
    named = any(
        rule.source_group.get("GroupId") == group_id
        for of_vpc in ec2.groups.values()
        for other in of_vpc.values()
        for rule in (*other.ingress_rules, *other.egress_rules)
        if other.id != group_id
    )
    return Refusal("DependencyViolation", f"resource {group_id} has a dependent object") if worn or named else None


def _detachment(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    vpc_id = parameters.get("VpcId", "")
    mapped = any(one.eni is not None and one.eni.vpc_id == vpc_id for one in ec2.addresses)
    text = (
        f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before detaching the "
        "gateway."
    )
    return Refusal("DependencyViolation", text) if mapped else None


def _internet_gateway(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    gateway_id = parameters.get("InternetGatewayId", "")
    gateway = ec2.internet_gateways.get(gateway_id)
    return None if gateway is None or gateway.vpc is None else dependency("internetGateway", gateway_id)


def _release(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    """ReleaseAddress: "you must use DisassociateAddress ... otherwise Amazon EC2 returns an error (InvalidIPAddress.InUse)"."""
    wanted = parameters.get("AllocationId")
    for address in ec2.addresses:
        if wanted and address.allocation_id == wanted and address.association_id:
            return Refusal("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
    return None


def _disassociation(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    """The address of a NAT gateway is not the customer's to take away."""
    wanted = parameters.get("AssociationId")
    for address in ec2.addresses:
        if wanted and address.association_id == wanted and address.eni and _managed(address.eni):
            return Refusal("AuthFailure", "You do not have permission to access the specified resource.")
    return None


def _network_interface(ec2: Any, parameters: Mapping[str, Any]) -> Refusal | None:
    eni = ec2.enis.get(parameters.get("NetworkInterfaceId", ""))
    if eni is None or not (_managed(eni) or eni.attachment_id):
        return None
    return Refusal("InvalidParameterValue", f"Network interface '{eni.id}' is currently in use.")


def _managed(eni: Any) -> bool:
    return bool(eni.requester_managed)


_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Any]], Refusal | None]] = {
    "DeleteVpc": _vpc,
    "DeleteSubnet": _subnet,
    "DeleteSecurityGroup": _security_group,
    "DetachInternetGateway": _detachment,
    "DeleteInternetGateway": _internet_gateway,
    "ReleaseAddress": _release,
    "DisassociateAddress": _disassociation,
    "DeleteNetworkInterface": _network_interface,
}
