"""Networks in which a create fails after half an hour, as in AWS with a text that says little (mwaa-behaviour.md §5, §9.2)."""

from __future__ import annotations

import pytest

DAY = 86400.0
REGION = "eu-west-1"


class Vpc:
    """A VPC under construction, with boto3."""

    def __init__(self, ec2, name):
        self.ec2 = ec2
        self.name = name
        self.id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self._next = 0

    def subnet(self, zone):
        self._next += 1
        cidr = f"10.0.{self._next}.0/24"
        made = self.ec2.create_subnet(VpcId=self.id, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
        return made["Subnet"]["SubnetId"]

    def route(self, subnets, **target):
        table = self.ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]
        if target:
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for subnet in subnets:
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table

    def nat(self):
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=self.subnet("a"), AllocationId=address)
        return {"NatGatewayId": made["NatGateway"]["NatGatewayId"]}

    def internet(self):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.id)
        return {"GatewayId": gateway}

    def group(self, *ports):
        """Make a security group that admits itself on these ports, or on all without any."""
        made = self.ec2.create_security_group(GroupName=f"{self.name}-{self._next}", Description="x", VpcId=self.id)
        group = made["GroupId"]
        itself = {"UserIdGroupPairs": [{"GroupId": group}]}
        rules = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **itself} for port in ports]
        self.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=rules or [{"IpProtocol": "-1", **itself}]
        )
        return group

    def endpoints(self, table, subnets, services=("monitoring", "logs", "sqs", "kms")):
        self.ec2.create_vpc_endpoint(
            VpcId=self.id, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
        )
        for service in services:
            self.ec2.create_vpc_endpoint(
                VpcId=self.id,
                ServiceName=f"com.amazonaws.{REGION}.{service}",
                VpcEndpointType="Interface",
                SubnetIds=subnets,
                PrivateDnsEnabled=True,
            )


@pytest.fixture
def vpc(clients, name):
    return Vpc(clients("ec2"), name)


@pytest.fixture
def outcome(aws, mwaa, name, request_for):
    """Create an environment in a network and return its last state."""

    def of(subnets, *groups):
        network = {"SubnetIds": subnets, "SecurityGroupIds": list(groups)}
        mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
        assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "CREATING", "nothing is noticed at once"
        aws.admin.advance(DAY)
        environment = mwaa.get_environment(Name=name)["Environment"]
        if environment["Status"] == "CREATE_FAILED":
            error = environment["LastUpdate"]["Error"]
            assert error["ErrorCode"] == "INCORRECT_CONFIGURATION"
            assert error["ErrorMessage"].startswith("You may need to check the execution role permissions policy")
        return environment["Status"]

    return of


def test_nat_gateway_and_a_group_that_admits_itself_will_do(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.route(subnets, **vpc.nat())
    assert outcome(subnets, vpc.group(443, 5432)) == "AVAILABLE"


def test_vpc_endpoints_will_do_instead_of_a_nat_gateway(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.endpoints(vpc.route(subnets), subnets)
    assert outcome(subnets, vpc.group()) == "AVAILABLE"


def test_a_missing_endpoint_fails_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.endpoints(vpc.route(subnets), subnets, services=("monitoring", "logs", "sqs"))
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_endpoints_on_one_subnet_fail_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.endpoints(vpc.route(subnets), subnets[:1])
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_subnets_without_a_way_out_fail_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.route(subnets)
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_subnets_that_route_to_an_internet_gateway_fail_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.route(subnets, **vpc.internet())
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_main_route_table_counts_for_subnets_without_one_of_their_own(vpc, clients, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    ec2 = clients("ec2")
    mine = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "association.main", "Values": ["true"]}]
    [main] = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", **vpc.internet())
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_subnets_in_one_zone_fail_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("a")]
    vpc.route(subnets, **vpc.nat())
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_security_group_of_another_vpc_fails_the_create(vpc, prerequisites, outcome):
    assert outcome(list(prerequisites.subnet_ids), vpc.group()) == "CREATE_FAILED"


def test_security_group_that_does_not_admit_the_database_fails_the_create(vpc, outcome):
    subnets = [vpc.subnet("a"), vpc.subnet("b")]
    vpc.route(subnets, **vpc.nat())
    assert outcome(subnets, vpc.group(443)) == "CREATE_FAILED"


def test_update_to_a_group_that_admits_nobody_is_rolled_back(aws, mwaa, available, vpc, prerequisites, clients):
    closed = clients("ec2").create_security_group(
        GroupName=f"closed-{available}", Description="x", VpcId=prerequisites.vpc_id
    )["GroupId"]
    mwaa.update_environment(Name=available, NetworkConfiguration={"SecurityGroupIds": [closed]})
    aws.admin.advance(DAY)
    environment = mwaa.get_environment(Name=available)["Environment"]
    assert environment["Status"] == "UPDATE_FAILED"
    assert environment["NetworkConfiguration"]["SecurityGroupIds"] == list(prerequisites.security_group_ids)
