"""Decisions about the provisioned network that need a state of AWS which is hard to bring about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.model import Outputs, PartContext
from mwaa_operator.planning.parts.network import plan_network, plan_network_removal
from mwaa_operator.planning.parts.network_site import SeenNetwork
from mwaa_operator.planning.parts.network_things import Thing, ThingKind

ANYWHERE = "0.0.0.0/0"
ZONES = ("eu-west-1a", "eu-west-1b")
DNS = {"EnableDnsSupport": True, "EnableDnsHostnames": True}
IDENTITY = Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1")
_IDS = {
    ThingKind.VPC: "VpcId",
    ThingKind.INTERNET_GATEWAY: "InternetGatewayId",
    ThingKind.SUBNET: "SubnetId",
    ThingKind.ROUTE_TABLE: "RouteTableId",
    ThingKind.NAT_GATEWAY: "NatGatewayId",
    ThingKind.ELASTIC_IP: "AllocationId",
    ThingKind.SECURITY_GROUP: "GroupId",
    ThingKind.VPC_ENDPOINT: "VpcEndpointId",
}


@dataclass
class Aws:
    """What AWS has of one network. The id of each thing is the name of its part, unless said otherwise."""

    spec: dict[str, Any] = field(default_factory=dict)
    region: str = "eu-west-1"
    things: dict[str, Thing] = field(default_factory=dict)
    others: list[Thing] = field(default_factory=list)
    dns: dict[str, bool] = field(default_factory=lambda: dict(DNS))
    zones: tuple[str, ...] = ZONES
    interfaces: list[dict[str, Any]] = field(default_factory=list)
    known: tuple[ResourceStatus, ...] = ()
    user_tags: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> PartContext:
        provision = {"bucket": {"name": "some-bucket"}, "executionRole": {}, "network": self.spec}
        return PartContext(
            identity=IDENTITY,
            name="env",
            account_id="123456789012",
            region=self.region,
            spec=EnvironmentSpec.model_validate({"provision": provision, "tags": self.user_tags}),
            environment=None,
            known=self.known,
            outputs=Outputs(),
        )

    @property
    def seen(self) -> SeenNetwork:
        return SeenNetwork(
            ours=tuple(self.things.values()),
            others=tuple(self.others),
            dns={thing.id: self.dns for thing in self.things.values() if thing.kind is ThingKind.VPC},
            zones=self.zones,
            interfaces=tuple(self.interfaces),
        )

    @property
    def plan(self):
        network = self.context.spec.provision.network
        assert network is not None
        return plan_network(self.context, network, self.seen)

    @property
    def removal(self):
        return plan_network_removal(self.seen)

    @property
    def calls(self):
        return [(call.operation, dict(call.parameters)) for call in self.plan.calls]

    @property
    def operations(self):
        return [call.operation for call in self.plan.calls]

    def has(self, kind: ThingKind, part: str, identity: str | None = None, **document: Any) -> Aws:
        tags = [{"Key": key, "Value": value} for key, value in self.context.tags(part).items()]
        members = {_IDS[kind]: identity or part, "Tags": tags, **document}
        self.things[identity or part] = Thing(kind=kind, document=members)
        return self

    def says(self, identity: str, **document: Any) -> Aws:
        thing = self.things[identity]
        self.things[identity] = Thing(kind=thing.kind, document={**thing.document, **document})
        return self

    def has_ground(self) -> Aws:
        self.has(ThingKind.VPC, "vpc", State="available")
        for number, zone in enumerate(ZONES, start=1):
            self.has(
                ThingKind.SUBNET, f"private-subnet-{number}", VpcId="vpc", AvailabilityZone=zone, State="available"
            )
            self.table(f"private-route-table-{number}", [f"private-subnet-{number}"])
        itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "security-group"}]}
        anywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
        return self.has(
            ThingKind.SECURITY_GROUP,
            "security-group",
            VpcId="vpc",
            IpPermissions=[itself],
            IpPermissionsEgress=[anywhere],
        )

    def table(self, part: str, subnets: list[str], **route: str) -> Aws:
        associations = [
            {"SubnetId": subnet, "RouteTableAssociationId": f"association-{subnet}", "Main": False}
            for subnet in subnets
        ]
        routes = [{"DestinationCidrBlock": ANYWHERE, "State": "active", **route}] if route else []
        return self.has(ThingKind.ROUTE_TABLE, part, VpcId="vpc", Associations=associations, Routes=routes)

    def has_all(self) -> Aws:
        """Have all that two NAT gateways ask for."""
        self.has_ground()
        attached = [{"VpcId": "vpc", "State": "available"}]
        self.has(ThingKind.INTERNET_GATEWAY, "internet-gateway", Attachments=attached)
        for number, zone in enumerate(ZONES, start=1):
            self.has(ThingKind.SUBNET, f"public-subnet-{number}", VpcId="vpc", AvailabilityZone=zone, State="available")
            self.has(ThingKind.ELASTIC_IP, f"nat-address-{number}", AssociationId="by-nat")
            self.nat_gateway(number)
            self.table(
                f"private-route-table-{number}", [f"private-subnet-{number}"], NatGatewayId=f"nat-gateway-{number}"
            )
        return self.table("public-route-table", ["public-subnet-1", "public-subnet-2"], GatewayId="internet-gateway")

    def nat_gateway(self, number: int, identity: str | None = None, state: str = "available", **document: Any) -> Aws:
        name = identity or f"nat-gateway-{number}"
        address = {"AllocationId": f"nat-address-{number}", "NetworkInterfaceId": f"eni-{name}"}
        return self.has(
            ThingKind.NAT_GATEWAY,
            f"nat-gateway-{number}",
            identity,
            VpcId="vpc",
            SubnetId=f"public-subnet-{number}",
            State=state,
            NatGatewayAddresses=[address],
            **document,
        )

    def has_endpoints(self, **document: Any) -> Aws:
        tables = ["private-route-table-1", "private-route-table-2"]
        subnets = ["private-subnet-1", "private-subnet-2"]
        self.has(ThingKind.VPC_ENDPOINT, "endpoint-s3", VpcId="vpc", State="available", RouteTableIds=tables)
        for service in ("monitoring", "logs", "sqs", "kms"):
            interface = {"SubnetIds": subnets, "Groups": [{"GroupId": "security-group"}], "PrivateDnsEnabled": True}
            self.has(
                ThingKind.VPC_ENDPOINT,
                f"endpoint-{service}",
                **{"VpcId": "vpc", "State": "Available", **interface, **document},
            )
        return self


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def private() -> Aws:
    """Give a network without a way to the internet, all of it there."""
    return Aws(spec={"natGateways": "None"}).has_ground().has_endpoints()


# ---- making ----


def test_what_needs_nothing_else_is_made_first(aws):
    assert aws.operations == ["CreateInternetGateway", "CreateVpc", "AllocateAddress", "AllocateAddress"]
    assert [call.made for call in aws.plan.calls] == [
        "InternetGateway.InternetGatewayId",
        "Vpc.VpcId",
        "AllocationId",
        "AllocationId",
    ]


def test_nothing_is_made_in_a_vpc_that_is_not_there_yet(aws):
    aws.has(ThingKind.VPC, "vpc", State="pending")
    assert "CreateSubnet" not in aws.operations
    assert aws.operations == ["CreateInternetGateway", "AllocateAddress", "AllocateAddress"]


def test_zone_of_an_existing_subnet_stays(aws):
    aws.has(ThingKind.VPC, "vpc", State="available").zones = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    aws.has(ThingKind.SUBNET, "private-subnet-2", VpcId="vpc", AvailabilityZone="eu-west-1a", State="available")
    zones = [parameters["AvailabilityZone"] for operation, parameters in aws.calls if operation == "CreateSubnet"]
    assert zones == ["eu-west-1b", "eu-west-1b", "eu-west-1a"]


def test_region_with_one_zone_is_told(aws):
    aws.has(ThingKind.VPC, "vpc", State="available").zones = ("eu-west-1a",)
    assert (aws.plan.stalled, aws.plan.calls) == (True, ())
    assert "two Availability Zones" in aws.plan.message


def test_network_that_is_all_there_is_left_alone(aws):
    plan = aws.has_all().plan
    assert (plan.ready, plan.calls) == (True, ())
    assert plan.outputs.subnet_ids == ("private-subnet-1", "private-subnet-2")
    assert plan.outputs.security_group_ids == ("security-group",)


def test_routes_and_rules_of_others_are_left_alone(aws):
    aws.has_all()
    [route] = aws.things["private-route-table-1"].document["Routes"]
    peering = {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "active"}
    aws.says("private-route-table-1", Routes=[route, peering])
    [rule] = aws.things["security-group"].document["IpPermissions"]
    another = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}
    aws.says("security-group", IpPermissions=[rule, another])
    assert aws.plan.ready


def test_the_same_call_carries_the_same_token(aws):
    aws.has_all().things.pop("nat-gateway-1")
    aws.says("nat-address-1", AssociationId=None)
    [(_, first)], [(_, again)] = aws.calls, aws.calls
    assert first["ClientToken"] == again["ClientToken"]
    assert len(first["ClientToken"]) <= 64


def test_token_is_another_once_the_former_thing_is_dead(aws):
    aws.has_all().things.pop("nat-gateway-1")
    aws.says("nat-address-1", AssociationId=None)
    [(_, first)] = aws.calls
    aws.nat_gateway(1, "nat-dead", "deleted")
    [(_, then)] = aws.calls
    assert first["ClientToken"] != then["ClientToken"]


def test_token_is_another_once_only_the_status_knows_the_former_thing(aws):
    aws.has_all().things.pop("private-route-table-1")
    first = dict(aws.calls)["CreateRouteTable"]["ClientToken"]
    aws.known = (ResourceStatus(kind="RouteTable", id="rtb-former", provisioned=True),)
    assert dict(aws.calls)["CreateRouteTable"]["ClientToken"] != first


def test_no_thing_carries_more_tags_than_aws_allows(aws):
    aws.user_tags = {f"tag-{number}": "x" for number in range(45)}
    for _, parameters in aws.calls:
        [specification] = parameters["TagSpecifications"]
        assert len(specification["Tags"]) == 50


# ---- NAT gateways ----


def test_failed_nat_gateway_is_replaced(aws):
    aws.has_all().things.pop("nat-gateway-2")
    aws.says("nat-address-2", AssociationId=None)
    aws.nat_gateway(2, "nat-failed", "failed", FailureMessage="Network vpc has no Internet gateway attached")
    assert aws.operations == ["CreateNatGateway"]


def test_failed_nat_gateways_are_not_replaced_for_ever(aws):
    aws.has_all().things.pop("nat-gateway-2")
    aws.says("nat-address-2", AssociationId=None)
    for number in range(3):
        aws.nat_gateway(2, f"nat-failed-{number}", "failed", FailureMessage="Something is wrong.")
    plan = aws.plan
    assert (plan.ready, plan.stalled, plan.calls) == (False, False, ())
    assert "nat-gateway-2, which AWS could not make (Something is wrong)" in plan.message


def test_nat_gateway_waits_for_the_address_of_its_predecessor(aws):
    aws.has_all().things.pop("nat-gateway-2")
    aws.nat_gateway(2, "nat-leaving", "deleting")
    plan = aws.plan
    assert (plan.ready, plan.calls) == (False, ())
    assert "Elastic IP of nat-gateway-2" in plan.message


def test_nat_gateway_is_not_made_before_the_internet_gateway_is_attached(aws):
    aws.has_all().things.pop("nat-gateway-2")
    aws.says("nat-address-2", AssociationId=None).says("internet-gateway", Attachments=[])
    assert aws.operations == ["AttachInternetGateway"]


def test_no_route_leads_to_a_nat_gateway_in_the_making(aws):
    aws.has_all().says("nat-gateway-2", State="pending")
    aws.says("private-route-table-2", Routes=[])
    assert aws.plan.calls == ()
    assert aws.plan.message == "The network waits for nat-gateway-2 (nat-gateway-2) to become available."


def test_black_hole_is_replaced(aws):
    aws.has_all()
    dead = {"DestinationCidrBlock": ANYWHERE, "NatGatewayId": "nat-dead", "State": "blackhole"}
    aws.says("private-route-table-1", Routes=[dead])
    wanted = {
        "RouteTableId": "private-route-table-1",
        "DestinationCidrBlock": ANYWHERE,
        "NatGatewayId": "nat-gateway-1",
    }
    assert aws.calls == [("ReplaceRoute", wanted)]


def test_nat_gateway_goes_only_once_no_route_leads_to_it(aws):
    aws.has_all().spec = {"natGateways": "Single"}
    assert aws.operations == ["ReplaceRoute"]
    aws.table("private-route-table-2", ["private-subnet-2"], NatGatewayId="nat-gateway-1")
    assert aws.calls == [("DeleteNatGateway", {"NatGatewayId": "nat-gateway-2"})]


def test_deleted_gateways_that_aws_still_shows_are_not_listed(aws):
    aws.has_all().nat_gateway(1, "nat-dead", "deleted")
    plan = aws.plan
    assert plan.ready
    assert "nat-dead" not in {resource.id for resource in plan.resources}


# ---- endpoints ----


def test_private_names_that_were_turned_off_are_turned_on_again(private):
    private.says("endpoint-sqs", PrivateDnsEnabled=False)
    assert private.calls == [("ModifyVpcEndpoint", {"VpcEndpointId": "endpoint-sqs", "PrivateDnsEnabled": True})]


def test_endpoint_in_the_making_is_not_modified(private):
    private.says("endpoint-sqs", PrivateDnsEnabled=False, State="pending")
    assert private.plan.calls == ()
    assert "endpoint-sqs (endpoint-sqs) to become available" in private.plan.message


def test_endpoint_is_not_made_while_its_predecessor_holds_the_names(private):
    private.says("endpoint-sqs", State="deleting")
    assert private.plan.calls == ()
    assert private.plan.message == (
        "The network waits for the former endpoint-sqs to be gone and the VPC endpoint endpoint-sqs to be deleted."
    )


def test_endpoint_that_aws_could_not_make_is_taken_away(private):
    private.says("endpoint-sqs", State="failed")
    assert private.calls == [("DeleteVpcEndpoints", {"VpcEndpointIds": ["endpoint-sqs"]})]


def test_interface_endpoints_wait_for_name_resolution(private):
    for service in ("monitoring", "logs", "sqs", "kms"):
        private.things.pop(f"endpoint-{service}")
    private.dns = {**DNS, "EnableDnsHostnames": False}
    assert private.operations == ["ModifyVpcAttribute"]


def test_services_are_named_as_they_are_in_china():
    aws = Aws(spec={"natGateways": "None"}, region="cn-north-1").has_ground()
    assert sorted(
        parameters["ServiceName"] for operation, parameters in aws.calls if operation == "CreateVpcEndpoint"
    ) == [
        "cn.com.amazonaws.cn-north-1.monitoring",
        "cn.com.amazonaws.cn-north-1.sqs",
        "com.amazonaws.cn-north-1.kms",
        "com.amazonaws.cn-north-1.logs",
        "com.amazonaws.cn-north-1.s3",
    ]


def test_routes_out_stay_until_all_endpoints_serve(private):
    private.table("private-route-table-1", ["private-subnet-1"], NatGatewayId="nat-1").says(
        "endpoint-kms", State="pending"
    )
    assert private.plan.calls == ()
    private.says("endpoint-kms", State="available")
    assert private.operations == ["DeleteRoute"]


# ---- too much ----


def test_of_two_vpcs_the_known_one_is_kept(aws):
    aws.has_all().has(ThingKind.VPC, "vpc", "vpc-0", State="available")
    assert aws.calls == [("DeleteVpc", {"VpcId": "vpc-0"})]
    for identity in list(aws.things):
        if identity not in {"vpc", "vpc-0"}:
            aws.things.pop(identity)
    aws.known = (ResourceStatus(kind="Vpc", id="vpc", provisioned=True),)
    assert ("DeleteVpc", {"VpcId": "vpc-0"}) in aws.calls


def test_second_vpc_with_something_of_others_in_it_is_not_deleted(aws):
    aws.has_all().has(ThingKind.VPC, "vpc", "vpc-0", State="available")
    aws.others.append(Thing(kind=ThingKind.SUBNET, document={"SubnetId": "subnet-foreign", "VpcId": "vpc-0"}))
    assert aws.plan.calls == ()
    assert "the subnet subnet-foreign" in aws.plan.message


# ---- removal ----


def test_removal_begins_with_what_takes_long(aws):
    assert [call.operation for call in aws.has_all().removal.calls][:2] == ["DeleteNatGateway", "DeleteNatGateway"]


def test_nothing_else_goes_while_its_user_is_there(aws):
    aws.has_all()
    for number in (1, 2):
        aws.says(f"nat-gateway-{number}", State="deleting")
    held = {
        "VpcId": "vpc",
        "Description": "arn:aws:ecs:eu-west-1:1:attachment/1",
        "Groups": [{"GroupId": "security-group"}],
        "RequesterManaged": True,
    }
    for number in (1, 2):
        aws.interfaces.append({"NetworkInterfaceId": f"eni-{number}", "SubnetId": f"private-subnet-{number}", **held})
        aws.interfaces.append(
            {"NetworkInterfaceId": f"eni-nat-gateway-{number}", "SubnetId": f"public-subnet-{number}", "VpcId": "vpc"}
        )
    plan = aws.removal
    assert (plan.gone, plan.calls) == (False, ())
    assert "the NAT gateway nat-gateway-1 to be deleted" in plan.message
    assert "the network interface eni-1, which AWS takes away itself" in plan.message
    assert "eni-nat-gateway-1" not in plan.message
    assert "Remove what is not the operator's" not in plan.message


def test_instance_that_is_in_the_way_is_named(aws):
    aws.has_ground()
    interface = {"NetworkInterfaceId": "eni-1", "SubnetId": "private-subnet-1", "VpcId": "vpc"}
    aws.interfaces.append({**interface, "Attachment": {"InstanceId": "i-1"}})
    plan = aws.removal
    assert "the network interface eni-1 of the instance i-1" in plan.message
    assert "Remove what is not the operator's" in plan.message
    assert plan.look_after == 30
    subnets = [call.parameters for call in plan.calls if call.operation == "DeleteSubnet"]
    assert subnets == [{"SubnetId": "private-subnet-2"}]


def test_internet_gateway_stays_while_something_has_a_public_address(aws):
    aws.has(ThingKind.VPC, "vpc", State="available")
    aws.has(ThingKind.INTERNET_GATEWAY, "internet-gateway", Attachments=[{"VpcId": "vpc", "State": "available"}])
    aws.interfaces.append({"NetworkInterfaceId": "eni-1", "VpcId": "vpc", "Association": {"PublicIp": "192.0.2.1"}})
    assert aws.removal.calls == ()
    aws.interfaces.clear()
    assert [call.operation for call in aws.removal.calls] == ["DetachInternetGateway", "DeleteInternetGateway"]


def test_group_that_others_refer_to_is_kept_and_they_are_named(aws):
    aws.has_ground()
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "security-group"}]}
    document = {"GroupId": "sg-foreign", "GroupName": "theirs", "VpcId": "vpc", "IpPermissions": [rule]}
    aws.others.append(Thing(kind=ThingKind.SECURITY_GROUP, document=document))
    assert "DeleteSecurityGroup" not in [call.operation for call in aws.removal.calls]
    assert "the security group sg-foreign" in aws.removal.message


def test_main_route_table_and_default_group_go_with_the_vpc(aws):
    aws.has(ThingKind.VPC, "vpc", State="available")
    main = {"RouteTableId": "rtb-main", "VpcId": "vpc", "Associations": [{"Main": True}]}
    default = {"GroupId": "sg-default", "GroupName": "default", "VpcId": "vpc"}
    aws.others += [
        Thing(kind=ThingKind.ROUTE_TABLE, document=main),
        Thing(kind=ThingKind.SECURITY_GROUP, document=default),
    ]
    assert [call.operation for call in aws.removal.calls] == ["DeleteVpc"]


def test_network_is_gone_though_aws_still_shows_its_dead_gateways(aws):
    aws.nat_gateway(1, state="deleted").nat_gateway(2, state="failed")
    assert (aws.removal.gone, aws.removal.calls) == (True, ())
