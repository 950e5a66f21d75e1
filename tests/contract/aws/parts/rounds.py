"""One account in which many objects have their networks, rounds with patience, and what a network looks like without its ids.

Where a part waits for AWS, the simulated AWS's time goes on. Nothing is kept between rounds but what the status lists.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.names import TAG_NAME
from mwaa_operator.aws.calls import call
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.model import TAG_PART, Call, Outputs, PartContext, PartPlan
from mwaa_sandbox.pytest_plugin import SimulatedAccount

REGION = "eu-west-1"
MOST = 60
PATIENCE = 4
"""How many times as long as a part asks for is waited, for the tests' sake."""


def make(clients: Clients, step: Call) -> None:
    """Make a call of a part, as the controller's row does. Raises AwsError."""
    try:
        call(clients.client(step.service, REGION), step.operation, step.parameters)
    except AwsError as error:
        if not (step.gone_is_fine and error.kind is FailureKind.GONE):
            raise


@dataclass
class Resident:
    """An object, and what is made for it."""

    account: SimulatedAccount
    clients: Clients
    client: Any
    context: PartContext
    made: list[Call] = field(default_factory=list)

    @property
    def operations(self) -> list[str]:
        return [step.operation for step in self.made]

    def asks(self, provision: dict[str, Any], **spec: Any) -> Resident:
        """Let the spec ask for this of `provision`."""
        document = {
            "provision": {"bucket": {"name": "some-bucket"}, "executionRole": {}, **provision},
            "tags": {"team": "data"},
            **spec,
        }
        if "network" not in provision:
            document["networkConfiguration"] = {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}
        self.context = replace(self.context, spec=EnvironmentSpec.model_validate(document))
        return self

    def comes_about(self, part: Any, *, calls: int | None = None) -> PartPlan:
        """Make rounds until the part is ready or has stalled, or so many calls were made."""
        return self._rounds(part.plan, calls)

    def goes(self, part: Any, *, calls: int | None = None) -> PartPlan:
        """Make rounds until the part is gone, or so many calls were made."""
        return self._rounds(part.removal, calls)

    def comes_about_dying_after_each_call(self, part: Any) -> PartPlan:
        """Make one call a round, and know nothing of it afterwards."""
        while not (plan := self.comes_about(part, calls=1)).ready:
            self.context = replace(self.context, known=())
        return plan

    def goes_dying_after_each_call(self, part: Any) -> PartPlan:
        while not (plan := self.goes(part, calls=1)).gone:
            self.context = replace(self.context, known=())
        return plan

    def goes_as_far_as_it_can(self, part: Any, *, patience: int = 10) -> PartPlan:
        """Make some rounds of a removal that something holds up."""
        for _ in range(patience):
            plan = self._round(part.removal)
        return plan

    def picture(self) -> Picture:
        return Picture(self.client("ec2"), self.context.name)

    def _rounds(self, look: Any, calls: int | None) -> PartPlan:
        for _ in range(MOST):
            made = len(self.made)
            plan = self._round(look, calls)
            calls = None if calls is None else calls - (len(self.made) - made)
            if plan.ready or plan.gone or plan.stalled or (calls == 0 and plan.calls):
                return plan
        raise AssertionError(f"Still not there after {MOST} rounds: {plan.message}")

    def _round(self, look: Any, calls: int | None = None) -> PartPlan:
        plan: PartPlan = look(self.clients, self.context)
        self.context = replace(self.context, known=plan.resources)
        for step in plan.calls[:calls]:
            make(self.clients, step)
            self.made.append(step)
        if not plan.calls:
            self.account.admin.advance(PATIENCE * plan.look_after)
        return plan


class Residents:
    """Makes objects, all in one account and by the same clients."""

    def __init__(self, account: SimulatedAccount) -> None:
        self.account = account
        with pytest.MonkeyPatch.context() as patch:
            for name, value in account.environment(REGION).items():
                patch.setenv(name, value)
            self._clients = Clients(connections=4)
            self._clients.client("ec2", REGION)
        self._client = functools.cache(account.client)
        self._numbers = itertools.count(1)

    def another(self) -> Resident:
        name = f"env-{next(self._numbers)}"
        context = PartContext(
            identity=Identity(cluster="cluster-1", namespace="data", name=name, uid="uid-1"),
            name=name,
            account_id=self.account.account,
            region=REGION,
            spec=EnvironmentSpec.model_validate(
                {
                    "provision": {"bucket": {"name": "some-bucket"}, "executionRole": {}, "network": {}},
                }
            ),
            environment=None,
            known=(),
            outputs=Outputs(),
        )
        return Resident(account=self.account, clients=self._clients, client=self._client, context=context)


class Picture:
    """What EC2 has of an object's, told by the names of the parts instead of ids."""

    def __init__(self, ec2: Any, name: str) -> None:
        self._object = name
        self._parts: dict[str, str] = {}
        self._seen: dict[str, list[dict[str, Any]]] = {}
        for kind, identity, found in (
            ("vpc", "VpcId", ec2.describe_vpcs()["Vpcs"]),
            ("subnet", "SubnetId", ec2.describe_subnets()["Subnets"]),
            ("gateway", "InternetGatewayId", ec2.describe_internet_gateways()["InternetGateways"]),
            ("table", "RouteTableId", ec2.describe_route_tables()["RouteTables"]),
            ("nat", "NatGatewayId", ec2.describe_nat_gateways()["NatGateways"]),
            ("address", "AllocationId", ec2.describe_addresses()["Addresses"]),
            ("group", "GroupId", ec2.describe_security_groups()["SecurityGroups"]),
            ("endpoint", "VpcEndpointId", ec2.describe_vpc_endpoints()["VpcEndpoints"]),
        ):
            self._seen[kind] = [one for one in found if self._name(one, identity)]
        self._ec2 = ec2

    @property
    def parts(self) -> dict[str, str]:
        """Give the part of each id."""
        return self._parts

    def ids(self, part: str) -> list[str]:
        """Give the ids of what serves as a part: one, where nothing is there twice."""
        return [identity for identity, name in self._parts.items() if name == part]

    def id(self, part: str) -> str:
        [found] = self.ids(part)
        return found

    def everything(self) -> dict[str, list[Any]]:
        """Give all of it, in an order that does not depend on ids."""
        told = {
            "vpc": [self._vpc(one) for one in self._seen["vpc"]],
            "subnet": [
                (self._of(one, "SubnetId"), one["CidrBlock"], one["AvailabilityZone"]) for one in self._seen["subnet"]
            ],
            "gateway": [
                (self._of(one, "InternetGatewayId"), [self._of(at, "VpcId") for at in one["Attachments"]])
                for one in self._seen["gateway"]
            ],
            "table": [self._table(one) for one in self._seen["table"]],
            "nat": [
                (
                    self._of(one, "NatGatewayId"),
                    one["State"],
                    self._of(one, "SubnetId"),
                    [self._of(address, "AllocationId") for address in one["NatGatewayAddresses"]],
                )
                for one in self._seen["nat"]
            ],
            "address": [self._of(one, "AllocationId") for one in self._seen["address"]],
            "group": [self._group(one) for one in self._seen["group"]],
            "endpoint": [self._endpoint(one) for one in self._seen["endpoint"]],
        }
        return {kind: sorted(one) for kind, one in told.items()}

    def _name(self, one: dict[str, Any], identity: str) -> bool:
        tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
        part = tags.get(TAG_PART)
        if (
            part is None
            or tags[TAG_NAME] != self._object
            or str(one.get("State", "")).lower() in {"deleted", "deleting"}
        ):
            return False
        self._parts[one[identity]] = part
        return True

    def _of(self, one: dict[str, Any], member: str) -> str:
        return self._parts.get(one.get(member, ""), f"another {member}")

    def _vpc(self, one: dict[str, Any]) -> Any:
        attributes = [
            self._ec2.describe_vpc_attribute(VpcId=one["VpcId"], Attribute=name)[f"E{name[1:]}"]["Value"]
            for name in ("enableDnsSupport", "enableDnsHostnames")
        ]
        return self._of(one, "VpcId"), one["CidrBlock"], attributes

    def _table(self, one: dict[str, Any]) -> Any:
        routes = [
            (
                route.get("DestinationCidrBlock", "-"),
                route.get("State"),
                self._parts.get(route.get("NatGatewayId") or route.get("GatewayId") or "", "local"),
            )
            for route in one["Routes"]
            if route.get("DestinationCidrBlock")
        ]
        subnets = [self._of(association, "SubnetId") for association in one["Associations"]]
        return self._of(one, "RouteTableId"), sorted(routes), sorted(subnets)

    def _group(self, one: dict[str, Any]) -> Any:
        def told(rules: list[dict[str, Any]]) -> list[Any]:
            return sorted(
                (
                    rule["IpProtocol"],
                    rule.get("FromPort", -1),
                    sorted(self._of(pair, "GroupId") for pair in rule["UserIdGroupPairs"]),
                    sorted(block["CidrIp"] for block in rule["IpRanges"]),
                )
                for rule in rules
            )

        return self._of(one, "GroupId"), told(one["IpPermissions"]), told(one["IpPermissionsEgress"])

    def _endpoint(self, one: dict[str, Any]) -> Any:
        return (
            self._of(one, "VpcEndpointId"),
            one["ServiceName"],
            one["VpcEndpointType"],
            sorted(self._parts.get(subnet, "another") for subnet in one.get("SubnetIds", ())),
            sorted(self._parts.get(table, "another") for table in one.get("RouteTableIds", ())),
            sorted(self._of(group, "GroupId") for group in one.get("Groups", ())),
            one["VpcEndpointType"] == "Interface" and one["PrivateDnsEnabled"],
        )
