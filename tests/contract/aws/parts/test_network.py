"""The provisioned network against EC2 as the simulated AWS plays it: slow NAT gateways and endpoints, dependencies checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.resources.network import NetworkPart
from mwaa_sandbox.aws.inventory import inventory

from .rounds import Residents

PART = NetworkPart()
WAYS = ("PerZone", "Single", "None")
ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def residents(simulated_aws):
    """Makes objects in an account of the test's own: moto looks through all tags of an account for each thing that it shows."""
    return Residents(simulated_aws)


@pytest.fixture
def resident(residents):
    """Make an object for which nothing is there yet."""
    return residents.another()


def asking(resident, way="PerZone", **network):
    return resident.asks({"network": {"natGateways": way, **network}})


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def made(resident):
    """Make a network whose private subnets reach the internet by two NAT gateways."""
    assert asking(resident).comes_about(PART).ready
    return resident


def test_nat_gateway_in_each_zone_by_default(made):
    all_of_it = made.picture().everything()
    assert all_of_it["vpc"] == [("vpc", "10.192.0.0/16", [True, True])]
    assert all_of_it["subnet"] == [
        ("private-subnet-1", "10.192.128.0/18", "eu-west-1a"),
        ("private-subnet-2", "10.192.192.0/18", "eu-west-1b"),
        ("public-subnet-1", "10.192.0.0/20", "eu-west-1a"),
        ("public-subnet-2", "10.192.16.0/20", "eu-west-1b"),
    ]
    local = ("10.192.0.0/16", "active", "local")
    assert all_of_it["table"] == [
        ("private-route-table-1", [(ANYWHERE, "active", "nat-gateway-1"), local], ["private-subnet-1"]),
        ("private-route-table-2", [(ANYWHERE, "active", "nat-gateway-2"), local], ["private-subnet-2"]),
        (
            "public-route-table",
            [(ANYWHERE, "active", "internet-gateway"), local],
            ["public-subnet-1", "public-subnet-2"],
        ),
    ]
    assert all_of_it["nat"] == [
        ("nat-gateway-1", "available", "public-subnet-1", ["nat-address-1"]),
        ("nat-gateway-2", "available", "public-subnet-2", ["nat-address-2"]),
    ]
    itself, anywhere = ("-1", -1, ["security-group"], []), ("-1", -1, [], [ANYWHERE])
    assert all_of_it["group"] == [("security-group", [itself], [anywhere])]
    assert all_of_it["endpoint"] == []


def test_single_nat_gateway_serves_both_zones(resident):
    assert asking(resident, "Single").comes_about(PART).ready
    all_of_it = resident.picture().everything()
    assert [name for name, *_ in all_of_it["nat"]] == ["nat-gateway-1"]
    assert [routes[0][2] for name, routes, _ in all_of_it["table"] if "private" in name] == ["nat-gateway-1"] * 2


def test_without_nat_gateways_endpoints_replace_the_way_out(resident):
    assert asking(resident, "None").comes_about(PART).ready
    all_of_it = resident.picture().everything()
    assert not any(all_of_it[kind] for kind in ("gateway", "nat", "address"))
    assert [name for name, *_ in all_of_it["subnet"]] == ["private-subnet-1", "private-subnet-2"]
    subnets, tables = ["private-subnet-1", "private-subnet-2"], ["private-route-table-1", "private-route-table-2"]
    assert all_of_it["endpoint"] == [
        *(
            (f"endpoint-{name}", f"com.amazonaws.eu-west-1.{name}", "Interface", subnets, [], ["security-group"], True)
            for name in ("kms", "logs", "monitoring")
        ),
        ("endpoint-s3", "com.amazonaws.eu-west-1.s3", "Gateway", [], tables, [], False),
        ("endpoint-sqs", "com.amazonaws.eu-west-1.sqs", "Interface", subnets, [], ["security-group"], True),
    ]


def test_given_addresses_and_zones_are_used(resident):
    asking(
        resident,
        "Single",
        cidrBlock="172.20.0.0/20",
        availabilityZones=["eu-west-1c", "eu-west-1a"],
        privateSubnetCidrBlocks=["172.20.0.0/22", "172.20.4.0/22"],
        publicSubnetCidrBlocks=["172.20.8.0/28", "172.20.8.16/28"],
    )
    plan = resident.comes_about(PART)
    seen = resident.picture()
    assert plan.outputs.subnet_ids == (seen.id("private-subnet-1"), seen.id("private-subnet-2"))
    assert seen.everything()["subnet"] == [
        ("private-subnet-1", "172.20.0.0/22", "eu-west-1c"),
        ("private-subnet-2", "172.20.4.0/22", "eu-west-1a"),
        ("public-subnet-1", "172.20.8.0/28", "eu-west-1c"),
        ("public-subnet-2", "172.20.8.16/28", "eu-west-1a"),
    ]


def test_everything_is_tagged_and_listed(made):
    tags: dict[str, dict[str, str]] = {}
    for one in made.client("ec2").describe_tags()["Tags"]:
        tags.setdefault(one["ResourceId"], {})[one["Key"]] = one["Value"]
    plan = PART.plan(made.clients, made.context)
    seen = made.picture()
    assert {one.id for one in plan.resources} == set(seen.parts)
    for identity, part in seen.parts.items():
        assert tags[identity] == {**made.context.tags(part), "Name": f"{made.context.name}-{part}"}
    assert plan.outputs.security_group_ids == (seen.id("security-group"),)


def test_nothing_is_called_when_all_agrees(resident, way):
    asking(resident, way).comes_about(PART)
    made = len(resident.made)
    assert resident.comes_about(PART).ready
    assert len(resident.made) == made


def test_look_takes_ten_calls(made):
    admin, account = made.account.admin, made.account.account
    admin.clear_calls(account=account)
    PART.plan(made.clients, made.context)
    assert len(admin.calls(account=account)) == 10


def test_removal_leaves_nothing(resident, way):
    before = inventory(resident.client)
    asking(resident, way).comes_about(PART)
    assert resident.goes(PART).gone
    assert inventory(resident.client) == before


def test_dying_after_each_call_changes_nothing(residents, way):
    whole, dying = asking(residents.another(), way), asking(residents.another(), way)
    whole.comes_about(PART)
    dying.comes_about_dying_after_each_call(PART)
    assert dying.picture().everything() == whole.picture().everything()
    assert sorted(dying.operations) == sorted(whole.operations)


def test_dying_after_each_call_of_a_removal_leaves_nothing(resident, way):
    before = inventory(resident.client)
    asking(resident, way).comes_about(PART)
    resident.goes_dying_after_each_call(PART)
    assert inventory(resident.client) == before


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_network_is_finished_or_removed_after_dying_once_at_any_call(residents):
    whole = asking(residents.another())
    whole.comes_about(PART)
    wanted, before = whole.picture().everything(), inventory(whole.client)
    for calls in range(0, len(whole.made), 5):  # the tests above die after each
        finished, removed = asking(residents.another()), asking(residents.another())
        finished.comes_about(PART, calls=calls)
        assert finished.comes_about(PART).ready
        assert finished.picture().everything() == wanted, calls
        removed.comes_about(PART, calls=calls)
        for resident in (finished, removed):
            assert resident.goes(PART).gone
        assert inventory(whole.client) == before, calls


@pytest.mark.parametrize(
    ("first", "then"), [("PerZone", "Single"), ("Single", "PerZone"), ("PerZone", "None"), ("None", "Single")]
)
def test_way_out_is_changed_in_place(residents, first, then):
    changed, fresh = residents.another(), residents.another()
    subnets = asking(changed, first).comes_about(PART).outputs.subnet_ids
    assert asking(changed, then).comes_about(PART).outputs.subnet_ids == subnets
    asking(fresh, then).comes_about(PART)
    assert changed.picture().everything() == fresh.picture().everything()


def test_way_out_is_never_closed_by_a_change(resident):
    asking(resident, "PerZone").comes_about(PART)
    asking(resident, "None").comes_about(PART)
    order = resident.operations
    assert order.index("CreateVpcEndpoint") < order.index("DeleteRoute") < order.index("DeleteNatGateway")
    asking(resident, "Single").comes_about(PART)
    order = resident.operations[len(order) :]
    assert order.index("CreateNatGateway") < order.index("CreateRoute") < order.index("DeleteVpcEndpoints")


def _no_names(ec2, seen):
    ec2.modify_vpc_attribute(VpcId=seen.id("vpc"), EnableDnsHostnames={"Value": False})


def _no_default_route(ec2, seen):
    ec2.delete_route(RouteTableId=seen.id("private-route-table-2"), DestinationCidrBlock=ANYWHERE)


def _route_to_the_internet(ec2, seen):
    ec2.replace_route(
        RouteTableId=seen.id("private-route-table-1"),
        DestinationCidrBlock=ANYWHERE,
        GatewayId=seen.id("internet-gateway"),
    )


def _no_self_rule(ec2, seen):
    group = seen.id("security-group")
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _no_way_out_of_the_group(ec2, seen):
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.revoke_security_group_egress(GroupId=seen.id("security-group"), IpPermissions=[rule])


def _no_association(ec2, seen):
    [table] = ec2.describe_route_tables(RouteTableIds=[seen.id("private-route-table-1")])["RouteTables"]
    ec2.disassociate_route_table(AssociationId=table["Associations"][0]["RouteTableAssociationId"])


def _association_with_another_table(ec2, seen):
    [table] = ec2.describe_route_tables(RouteTableIds=[seen.id("private-route-table-1")])["RouteTables"]
    ec2.replace_route_table_association(
        AssociationId=table["Associations"][0]["RouteTableAssociationId"], RouteTableId=seen.id("public-route-table")
    )


def _no_table(ec2, seen):
    _no_association(ec2, seen)
    ec2.delete_route_table(RouteTableId=seen.id("private-route-table-1"))


def _no_subnet(ec2, seen):
    ec2.delete_subnet(SubnetId=seen.id("private-subnet-2"))


@pytest.mark.parametrize(
    "breaks",
    [
        _no_names,
        _no_default_route,
        _route_to_the_internet,
        _no_self_rule,
        _no_way_out_of_the_group,
        _no_association,
        _association_with_another_table,
        _no_table,
        _no_subnet,
    ],
)
def test_change_behind_the_back_is_put_right(made, breaks):
    before = made.picture().everything()
    breaks(made.client("ec2"), made.picture())
    assert made.picture().everything() != before
    assert made.comes_about(PART).ready
    assert made.picture().everything() == before


def test_deleted_nat_gateway_is_replaced_and_keeps_its_address(made):
    before, seen = made.picture().everything(), made.picture()
    made.client("ec2").delete_nat_gateway(NatGatewayId=seen.id("nat-gateway-2"))
    made.comes_about(PART, calls=2)
    assert made.operations[-2:] == ["CreateNatGateway", "ReplaceRoute"]
    after = made.picture()
    assert (after.everything()["nat"], after.id("nat-address-2")) == (before["nat"], seen.id("nat-address-2"))


def test_endpoint_is_put_right(resident):
    asking(resident, "None").comes_about(PART)
    ec2, before, seen = resident.client("ec2"), resident.picture().everything(), resident.picture()
    ec2.modify_vpc_endpoint(VpcEndpointId=seen.id("endpoint-kms"), RemoveSubnetIds=[seen.id("private-subnet-1")])
    ec2.modify_vpc_endpoint(
        VpcEndpointId=seen.id("endpoint-s3"), RemoveRouteTableIds=[seen.id("private-route-table-1")]
    )
    ec2.delete_vpc_endpoints(VpcEndpointIds=[seen.id("endpoint-sqs")])
    assert resident.comes_about(PART).ready
    assert resident.picture().everything() == before


def test_restored_object_finds_its_network_again(made):
    before = made.picture().everything()
    calls = len(made.made)
    made.context = replace(made.context, identity=replace(made.context.identity, uid="uid-2"))
    assert made.comes_about(PART).ready
    assert (made.picture().everything(), len(made.made)) == (before, calls)


def test_second_vpc_and_address_that_came_of_a_late_answer_are_removed(made):
    ec2, context, before = made.client("ec2"), made.context, made.picture().everything()

    def specification(kind, part):
        tags = [{"Key": key, "Value": value} for key, value in context.tags(part).items()]
        return [{"ResourceType": kind, "Tags": tags}]

    ec2.create_vpc(CidrBlock="10.192.0.0/16", TagSpecifications=specification("vpc", "vpc"))
    ec2.allocate_address(Domain="vpc", TagSpecifications=specification("elastic-ip", "nat-address-1"))
    ec2.create_internet_gateway(TagSpecifications=specification("internet-gateway", "internet-gateway"))
    assert made.comes_about(PART).ready
    assert made.picture().everything() == before


def test_network_of_another_object_is_left_alone(residents):
    asking(residents.another()).comes_about(PART)
    before = inventory(residents.another().client)
    another = asking(residents.another())
    assert PART.plan(another.clients, another.context).resources == ()
    assert PART.removal(another.clients, another.context).gone
    assert inventory(another.client) == before


def test_interface_of_somebody_else_is_named_while_it_holds_up_the_removal(made):
    ec2, seen = made.client("ec2"), made.picture()
    foreign = ec2.create_network_interface(SubnetId=seen.id("private-subnet-1"), Description="a database")
    interface = foreign["NetworkInterface"]["NetworkInterfaceId"]
    plan = made.goes_as_far_as_it_can(PART)
    assert (plan.gone, plan.stalled, plan.calls, plan.reason) == (False, False, (), Reason.REMOVING)
    assert f"{interface} (a database)" in plan.message
    assert {one.kind for one in plan.resources} == {"Vpc", "Subnet", "RouteTable"}
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    assert made.goes(PART).gone
