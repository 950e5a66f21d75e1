"""EC2 as slow, and as particular about what depends on what, as AWS's is. moto's own is neither."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .networks import Vpc

HOUR = 3600.0


@pytest.fixture
def ec2(clients):
    return clients("ec2")


@pytest.fixture
def vpc(ec2, name):
    return Vpc(ec2, name)


@pytest.fixture
def refused():
    """Make a call that has to be refused, and return the error's code and text."""

    def by(call, **parameters):
        with pytest.raises(ClientError) as raised:
            call(**parameters)
        error = raised.value.response["Error"]
        return error["Code"], error["Message"]

    return by


class Nat:
    """A NAT gateway, and what AWS says of it."""

    def __init__(self, vpc):
        self.ec2, self.vpc = vpc.ec2, vpc
        self.id = vpc.nat()["NatGatewayId"]
        [address] = self.described()["NatGatewayAddresses"]
        self.allocation, self.public_ip = address["AllocationId"], address["PublicIp"]
        self.subnet = self.described()["SubnetId"]

    def described(self):
        return self.ec2.describe_nat_gateways(NatGatewayIds=[self.id])["NatGateways"][0]

    def state(self):
        return self.described()["State"]


@pytest.fixture
def nat(aws, vpc):
    made = Nat(vpc)
    aws.admin.advance(90)
    assert made.state() == "available"
    return made


def test_nat_gateway_is_pending_for_a_minute_or_two(aws, vpc):
    nat = Nat(vpc)
    assert nat.state() == "pending"
    aws.admin.advance(50)
    assert nat.state() == "pending"
    aws.admin.advance(40)
    assert nat.state() == "available"


def test_nat_gateway_in_a_vpc_without_internet_gateway_fails(aws, vpc, ec2):
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=vpc.subnet("a"), AllocationId=address)["NatGateway"]
    assert made["State"] == "pending"
    aws.admin.advance(90)
    [failed] = ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"]
    assert (failed["State"], failed["FailureCode"]) == ("failed", "Gateway.NotAttached")
    assert failed["FailureMessage"] == f"Network {vpc.id} has no Internet gateway attached"
    ec2.release_address(AllocationId=address)


def test_nat_gateway_that_is_being_deleted_keeps_everything_it_needs(aws, nat, vpc, ec2, refused):
    ec2.delete_nat_gateway(NatGatewayId=nat.id)
    calls = [
        (ec2.release_address, {"AllocationId": nat.allocation}),
        (ec2.detach_internet_gateway, {"InternetGatewayId": vpc.gateway, "VpcId": vpc.id}),
        (ec2.delete_subnet, {"SubnetId": nat.subnet}),
        (ec2.delete_vpc, {"VpcId": vpc.id}),
    ]
    aws.admin.advance(30)
    assert nat.state() == "deleting"
    assert [refused(call, **parameters) for call, parameters in calls] == [
        ("InvalidIPAddress.InUse", f"Address {nat.public_ip} is in use."),
        (
            "DependencyViolation",
            (
                f"Network {vpc.id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway."
            ),
        ),
        ("DependencyViolation", f"The subnet '{nat.subnet}' has dependencies and cannot be deleted."),
        ("DependencyViolation", f"The vpc '{vpc.id}' has dependencies and cannot be deleted."),
    ]
    aws.admin.advance(40)
    assert nat.state() == "deleted"
    for call, parameters in calls[:-1]:
        call(**parameters)


def test_address_of_a_nat_gateway_cannot_be_taken_away(nat, ec2, refused):
    [address] = ec2.describe_addresses(AllocationIds=[nat.allocation])["Addresses"]
    code, _ = refused(ec2.disassociate_address, AssociationId=address["AssociationId"])
    assert code == "AuthFailure"


def test_interface_endpoint_takes_its_time_to_go(aws, vpc, ec2, refused):
    subnets, group = vpc.subnets(), vpc.group()
    endpoint = vpc.endpoint("logs", subnets, group)
    assert refused(ec2.delete_security_group, GroupId=group)[1] == f"resource {group} has a dependent object"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert found["State"] == "deleting"
    assert refused(ec2.delete_subnet, SubnetId=subnets[0])[0] == "DependencyViolation"
    interface = found["NetworkInterfaceIds"][0]
    assert "is currently in use" in refused(ec2.delete_network_interface, NetworkInterfaceId=interface)[1]
    aws.admin.advance(40)
    assert "VpcEndpointId" in refused(ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint])[0]
    ec2.delete_subnet(SubnetId=subnets[0])
    ec2.delete_security_group(GroupId=group)


class TestModifiedEndpoint:
    @pytest.fixture
    def subnets(self, vpc):
        return vpc.subnets()

    @pytest.fixture
    def group(self, vpc):
        return vpc.group()

    @pytest.fixture
    def endpoint(self, vpc, subnets, group):
        return vpc.endpoint("logs", subnets[:1], group, private_dns=False)

    @pytest.fixture
    def modified(self, ec2, endpoint):
        """Change the endpoint, and return what EC2 says of it and of its interfaces then."""

        def by(**changes):
            ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, **changes)
            [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
            interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=found["NetworkInterfaceIds"])
            return found, interfaces["NetworkInterfaces"]

        return by

    @pytest.mark.parametrize("wanted", [True, False])
    def test_private_names_are_switched(self, modified, wanted):
        modified(PrivateDnsEnabled=not wanted)
        found, _ = modified(PrivateDnsEnabled=wanted)
        assert found["PrivateDnsEnabled"] is wanted

    def test_private_names_stay_when_something_else_changes(self, vpc, modified):
        modified(PrivateDnsEnabled=True)
        found, _ = modified(AddSecurityGroupIds=[vpc.group()])
        assert found["PrivateDnsEnabled"] is True

    def test_interfaces_wear_the_groups_and_those_taken_off_can_go(self, vpc, ec2, group, modified):
        other = vpc.group()
        found, interfaces = modified(AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[group])
        assert [one["GroupId"] for one in found["Groups"]] == [other]
        assert {worn["GroupId"] for one in interfaces for worn in one["Groups"]} == {other}
        ec2.delete_security_group(GroupId=group)

    def test_interfaces_are_in_the_subnets_and_a_subnet_taken_off_can_go(self, ec2, subnets, group, modified):
        found, interfaces = modified(AddSubnetIds=subnets[1:])
        assert found["SubnetIds"] == subnets
        assert sorted(one["SubnetId"] for one in interfaces) == sorted(subnets)
        assert all(one["RequesterManaged"] and one["Groups"][0]["GroupId"] == group for one in interfaces)
        _, interfaces = modified(RemoveSubnetIds=subnets[:1])
        assert [one["SubnetId"] for one in interfaces] == subnets[1:]
        ec2.delete_subnet(SubnetId=subnets[0])

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"AddSubnetIds": ["subnet-00000000"]}, "InvalidSubnetID.NotFound"),
            ({"AddSecurityGroupIds": ["sg-00000000"]}, "InvalidGroup.NotFound"),
        ],
    )
    def test_what_is_not_there_cannot_be_added(self, ec2, endpoint, refused, changes, code):
        assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, **changes)[0] == code


def test_vpc_goes_only_when_nothing_is_left_in_it(vpc, ec2, refused):
    table, group = vpc.route([subnet := vpc.subnet("a")]), vpc.group()
    vpc.internet()
    endpoint = vpc.s3_endpoint(table)
    acl = vpc.acl([])
    code, text = refused(ec2.delete_internet_gateway, InternetGatewayId=vpc.gateway)
    assert (code, text) == (
        "DependencyViolation",
        f"The internetGateway '{vpc.gateway}' has dependencies and cannot be deleted.",
    )
    for step in (
        lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint]),
        lambda: ec2.delete_subnet(SubnetId=subnet),
        lambda: ec2.delete_route_table(RouteTableId=table),
        lambda: ec2.delete_security_group(GroupId=group),
        lambda: ec2.detach_internet_gateway(InternetGatewayId=vpc.gateway, VpcId=vpc.id),
        lambda: ec2.delete_network_acl(NetworkAclId=acl),
    ):
        assert refused(ec2.delete_vpc, VpcId=vpc.id)[0] == "DependencyViolation"
        step()
    ec2.delete_vpc(VpcId=vpc.id)
    mine = [{"Name": "vpc-id", "Values": [vpc.id]}]
    assert ec2.describe_network_acls(Filters=mine)["NetworkAcls"] == []
    assert ec2.describe_security_groups(Filters=mine)["SecurityGroups"] == []


def test_group_that_another_one_names_cannot_be_deleted(vpc, ec2, refused):
    named, naming = vpc.group(), vpc.empty_group()
    vpc.admit(naming, IpProtocol="-1", UserIdGroupPairs=[{"GroupId": named}])
    assert refused(ec2.delete_security_group, GroupId=named)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=naming)
    ec2.delete_security_group(GroupId=named)


def test_default_group_cannot_be_deleted(vpc, ec2, refused):
    mine = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "group-name", "Values": ["default"]}]
    [default] = ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
    assert refused(ec2.delete_security_group, GroupId=default["GroupId"])[0] == "CannotDelete"


class TestInterfacesOfAnEnvironment:
    @pytest.fixture
    def network(self, vpc):
        subnets, group = vpc.subnets(), vpc.group()
        vpc.route(subnets, **vpc.nat())
        return {"SubnetIds": subnets, "SecurityGroupIds": [group]}

    @pytest.fixture
    def environment(self, aws, mwaa, name, network, request_for):
        mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
        aws.admin.advance(HOUR)
        return name

    def interfaces(self, ec2, network):
        filters = [{"Name": "subnet-id", "Values": network["SubnetIds"]}]
        return ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]

    @pytest.mark.usefixtures("environment")
    def test_they_are_in_both_subnets_and_wear_the_groups(self, ec2, network):
        found = self.interfaces(ec2, network)
        assert {one["SubnetId"] for one in found} == set(network["SubnetIds"])
        assert {group["GroupId"] for one in found for group in one["Groups"]} == set(network["SecurityGroupIds"])
        assert all(one["RequesterManaged"] and one["Status"] == "in-use" for one in found)

    def test_an_update_changes_their_groups(self, aws, mwaa, vpc, ec2, network, environment):
        other = vpc.group()
        mwaa.update_environment(Name=environment, NetworkConfiguration={"SecurityGroupIds": [other]})
        aws.admin.advance(HOUR)
        assert {group["GroupId"] for one in self.interfaces(ec2, network) for group in one["Groups"]} == {other}
        ec2.delete_security_group(GroupId=network["SecurityGroupIds"][0])

    def test_they_go_a_minute_after_the_environment(self, aws, mwaa, ec2, network, environment, refused):
        mwaa.delete_environment(Name=environment)
        for _ in range(200):
            if mwaa.get_environment(Name=environment)["Environment"]["Status"] == "DELETED":
                break
            aws.admin.advance(10)
        [group] = network["SecurityGroupIds"]
        assert refused(ec2.delete_subnet, SubnetId=network["SubnetIds"][0])[0] == "DependencyViolation"
        assert refused(ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
        aws.admin.advance(70)
        for subnet in network["SubnetIds"]:
            ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_security_group(GroupId=group)

    def test_they_go_though_nobody_asks_after_the_environment(self, aws, mwaa, ec2, network, environment):
        mwaa.delete_environment(Name=environment)
        aws.admin.advance(24 * HOUR)
        assert self.interfaces(ec2, network) == []
