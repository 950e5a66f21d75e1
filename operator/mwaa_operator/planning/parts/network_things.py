"""What a network is made of, as AWS describes it: the kinds of things, whose they are, and whether they are still there."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.planning.parts.model import TAG_PART, Call, PartContext


class ThingKind(StrEnum):
    """Kinds of things, by the names that people read in the status."""

    VPC = "Vpc"
    INTERNET_GATEWAY = "InternetGateway"
    SUBNET = "Subnet"
    ROUTE_TABLE = "RouteTable"
    NAT_GATEWAY = "NatGateway"
    ELASTIC_IP = "ElasticIp"
    SECURITY_GROUP = "SecurityGroup"
    VPC_ENDPOINT = "VpcEndpoint"


_ID_MEMBERS = {
    ThingKind.VPC: "VpcId",
    ThingKind.INTERNET_GATEWAY: "InternetGatewayId",
    ThingKind.SUBNET: "SubnetId",
    ThingKind.ROUTE_TABLE: "RouteTableId",
    ThingKind.NAT_GATEWAY: "NatGatewayId",
    ThingKind.ELASTIC_IP: "AllocationId",
    ThingKind.SECURITY_GROUP: "GroupId",
    ThingKind.VPC_ENDPOINT: "VpcEndpointId",
}

_RESOURCE_TYPES = {
    ThingKind.VPC: "vpc",
    ThingKind.INTERNET_GATEWAY: "internet-gateway",
    ThingKind.SUBNET: "subnet",
    ThingKind.ROUTE_TABLE: "route-table",
    ThingKind.NAT_GATEWAY: "natgateway",
    ThingKind.ELASTIC_IP: "elastic-ip",
    ThingKind.SECURITY_GROUP: "security-group",
    ThingKind.VPC_ENDPOINT: "vpc-endpoint",
}
"""EC2's names of the kinds where tags are given in the creating call (TagSpecification.ResourceType)."""

_LEAVING = frozenset({"deleting"})
_BROKEN = frozenset({"failed", "rejected", "expired"})
_GONE = frozenset({"deleted"})
MAX_TAGS = 50
"""EC2 allows so many tags (EC2 User Guide, tag restrictions)."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing, over AWS's own description of it, whose member names it keeps."""

    kind: ThingKind
    document: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        return str(self.document[_ID_MEMBERS[self.kind]])

    @property
    def tags(self) -> Mapping[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.document.get("Tags") or ()}

    @property
    def part(self) -> str:
        """Which of several like things it is, by its tag."""
        return self.tags.get(TAG_PART, "")

    @property
    def vpc_id(self) -> str | None:
        """The VPC that it is in, or that it is attached to."""
        if self.kind is ThingKind.INTERNET_GATEWAY:
            attached = self.document.get("Attachments") or ()
            return next((str(at["VpcId"]) for at in attached if at.get("State") in {"available", "attached"}), None)
        return self.document.get("VpcId")

    @property
    def state(self) -> str:
        """AWS's word for its state, in lower case (EC2 writes those of endpoints in either); empty for things that have none."""
        return str(self.document.get("State") or "").lower()

    @property
    def alive(self) -> bool:
        """Whether it serves, or is going to. What was deleted stays visible for up to an hour."""
        return self.state not in _LEAVING | _BROKEN | _GONE

    @property
    def available(self) -> bool:
        return self.state in {"", "available"}

    @property
    def leaving(self) -> bool:
        return self.state in _LEAVING

    @property
    def broken(self) -> bool:
        """AWS could not make it. It is still there, and of no use."""
        return self.state in _BROKEN

    @property
    def gone(self) -> bool:
        return self.state in _GONE

    @property
    def interface_ids(self) -> frozenset[str]:
        """The network interfaces that AWS made for it."""
        of_nat = [address.get("NetworkInterfaceId") for address in self.document.get("NatGatewayAddresses") or ()]
        return frozenset(filter(None, [*of_nat, *(self.document.get("NetworkInterfaceIds") or ())]))


def shown(things: Iterable[Thing]) -> tuple[ResourceStatus, ...]:
    """The status's list of these, without what is gone."""
    return tuple(
        ResourceStatus(kind=thing.kind.value, id=thing.id, provisioned=True) for thing in things if not thing.gone
    )


def tagged(context: PartContext, kind: ThingKind, part: str) -> dict[str, Any]:
    """The parameter that has a thing tagged in the call that makes it. A name is added for people who look at AWS's console."""
    tags = context.tags(part)
    if "Name" not in tags and len(tags) < MAX_TAGS:
        tags["Name"] = f"{context.name}-{part}"
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"TagSpecifications": [{"ResourceType": _RESOURCE_TYPES[kind], "Tags": listed}]}


def token(context: PartContext, part: str, parameters: Mapping[str, Any], before: Iterable[str]) -> str:
    """A ClientToken: the same call made again makes no second thing.

    `before` are ids that differ once the thing is to be made anew, because AWS answers a token that it knows with the thing it made
    then, even if that is gone (EC2, "Ensuring idempotency").
    """
    # A token that comes with other parameters is refused, so they are part of it.
    meant = [context.identity.uid, part, parameters, sorted(before)]
    return hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()


def predecessors(context: PartContext, kind: ThingKind, part: str, seen: Iterable[Thing]) -> set[str]:
    """Ids of things that were this one and are no longer: those that AWS still shows, and those of the kind that only the status knows."""
    things = [thing for thing in seen if thing.kind is kind]
    known = {resource.id for resource in context.known if resource.kind == kind.value}
    return {thing.id for thing in things if thing.part == part and not thing.alive} | known - {t.id for t in things}


def ec2(operation: str, *, made: str | None = None, gone_is_fine: bool = False, **parameters: Any) -> Call:
    """A call to EC2."""
    return Call(service="ec2", operation=operation, parameters=parameters, made=made, gone_is_fine=gone_is_fine)
