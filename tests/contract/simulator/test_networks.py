"""Networks in which a create fails after half an hour, as in AWS with a text that says little (mwaa-behaviour.md §5, §9.2).

Each is broken first, and then mended, so that it is known that nothing else is wrong with it.
"""

from __future__ import annotations

import pytest

from .networks import ANYWHERE, INTERFACE_SERVICES, Vpc


def test_nat_gateway_and_a_group_that_admits_itself_will_do(vpc, subnets, outcome):
    vpc.route(subnets, **vpc.nat())
    assert outcome(subnets, vpc.group(443, 5432)) == "AVAILABLE"


def test_vpc_endpoints_will_do_instead_of_a_nat_gateway(vpc, subnets, outcome):
    group = vpc.group()
    vpc.s3_endpoint(vpc.route(subnets))
    for service in INTERFACE_SERVICES:
        vpc.endpoint(service, subnets, group)
    assert outcome(subnets, group) == "AVAILABLE"


@pytest.mark.parametrize("missing", ["s3", *INTERFACE_SERVICES])
def test_each_of_the_five_endpoints_is_needed(vpc, subnets, outcome, missing):
    group, table = vpc.group(), vpc.route(subnets)
    makers = {service: lambda service=service: vpc.endpoint(service, subnets, group) for service in INTERFACE_SERVICES}
    makers["s3"] = lambda: vpc.s3_endpoint(table)
    for service, make in makers.items():
        if service != missing:
            make()
    assert outcome(subnets, group) == "CREATE_FAILED"
    makers[missing]()
    assert outcome(subnets, group) == "AVAILABLE"


@pytest.fixture
def private(vpc, subnets):
    """Make all endpoints but the one for logs; return the group that they admit, and the route table."""
    group, table = vpc.group(), vpc.route(subnets)
    vpc.s3_endpoint(table)
    for service in INTERFACE_SERVICES:
        if service != "logs":
            vpc.endpoint(service, subnets, group)
    return group


def test_endpoint_without_private_dns_does_not_count(vpc, subnets, private, outcome):
    vpc.endpoint("logs", subnets, private, private_dns=False)
    assert outcome(subnets, private) == "CREATE_FAILED"


def test_endpoint_on_one_subnet_does_not_count(vpc, subnets, private, outcome):
    vpc.endpoint("logs", subnets[:1], private)
    assert outcome(subnets, private) == "CREATE_FAILED"
    vpc.endpoint("logs", subnets[1:], private)
    assert outcome(subnets, private) == "AVAILABLE"


def test_endpoint_whose_group_does_not_admit_the_environment_does_not_count(vpc, subnets, private, outcome):
    closed = vpc.empty_group()
    vpc.endpoint("logs", subnets, closed)
    assert outcome(subnets, private) == "CREATE_FAILED"
    itself = {"UserIdGroupPairs": [{"GroupId": private}]}
    vpc.admit(closed, IpProtocol="tcp", FromPort=443, ToPort=443, **itself)
    assert outcome(subnets, private) == "AVAILABLE"


def test_endpoint_that_is_being_deleted_does_not_count(vpc, subnets, private, outcome):
    endpoint = vpc.endpoint("logs", subnets, private)
    vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert outcome(subnets, private) == "CREATE_FAILED"


def test_s3_endpoint_is_needed_in_the_table_of_both_subnets(vpc, subnets, outcome):
    group = vpc.group()
    for service in INTERFACE_SERVICES:
        vpc.endpoint(service, subnets, group)
    vpc.s3_endpoint(vpc.route(subnets[:1]))
    other = vpc.route(subnets[1:])
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.s3_endpoint(other)
    assert outcome(subnets, group) == "AVAILABLE"


def test_missing_default_route_fails_the_create(vpc, subnets, outcome):
    group, table = vpc.group(), vpc.route(subnets)
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **vpc.nat())
    assert outcome(subnets, group) == "AVAILABLE"


def test_deleted_nat_gateway_is_a_black_hole(aws, vpc, subnets, outcome):
    group, nat = vpc.group(), vpc.nat()
    table = vpc.route(subnets, **nat)
    vpc.ec2.delete_nat_gateway(**nat)
    assert outcome(subnets, group) == "CREATE_FAILED"

    def states():
        [found] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [route["State"] for route in found["Routes"] if route["DestinationCidrBlock"] == ANYWHERE]

    assert states() == ["blackhole"]
    vpc.ec2.replace_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **vpc.nat())
    assert states() == ["active"]
    assert outcome(subnets, group) == "AVAILABLE"


def test_nat_gateway_of_another_vpc_is_a_black_hole(vpc, subnets, clients, outcome):
    vpc.route(subnets, **Vpc(clients("ec2"), f"{vpc.name}-other").nat())
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_nat_gateway_whose_own_subnet_has_no_way_out_fails_the_create(vpc, subnets, outcome):
    group, public, internet = vpc.group(), vpc.subnet("a"), vpc.internet()
    public_table = vpc.route([public])
    address = vpc.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = vpc.ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    vpc.route(subnets, NatGatewayId=nat)
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.create_route(RouteTableId=public_table, DestinationCidrBlock=ANYWHERE, **internet)
    assert outcome(subnets, group) == "AVAILABLE"


def test_route_to_an_internet_gateway_fails_the_create(vpc, subnets, outcome):
    group = vpc.group()
    table = vpc.route(subnets, **vpc.internet())
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.replace_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **vpc.nat())
    assert outcome(subnets, group) == "AVAILABLE"


def test_main_route_table_counts_for_subnets_without_one_of_their_own(vpc, subnets, outcome):
    mine = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "association.main", "Values": ["true"]}]
    [main] = vpc.ec2.describe_route_tables(Filters=mine)["RouteTables"]
    table = main["RouteTableId"]
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **vpc.internet())
    assert outcome(subnets, vpc.group()) == "CREATE_FAILED"


def test_egress_only_gateway_does_no_harm(vpc, subnets, outcome):
    table = vpc.route(subnets, **vpc.nat())
    made = vpc.ec2.create_egress_only_internet_gateway(VpcId=vpc.id)["EgressOnlyInternetGateway"]
    vpc.ec2.create_route(
        RouteTableId=table,
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=made["EgressOnlyInternetGatewayId"],
    )
    assert outcome(subnets, vpc.group()) == "AVAILABLE"


def test_subnets_in_one_zone_fail_the_create(vpc, outcome):
    group, subnets = vpc.group(), [vpc.subnet("a"), vpc.subnet("a"), vpc.subnet("b")]
    vpc.route(subnets, **vpc.nat())
    assert outcome(subnets[:2], group) == "CREATE_FAILED"
    assert outcome(subnets[1:], group) == "AVAILABLE"


def test_subnets_of_two_vpcs_fail_the_create(vpc, prerequisites, outcome):
    network = [prerequisites.subnet_ids[0], vpc.subnet("b")]
    assert outcome(network, *prerequisites.security_group_ids) == "CREATE_FAILED"


def test_security_group_of_another_vpc_fails_the_create(vpc, prerequisites, outcome):
    assert outcome(list(prerequisites.subnet_ids), vpc.group()) == "CREATE_FAILED"


@pytest.mark.parametrize("attribute", ["EnableDnsSupport", "EnableDnsHostnames"])
def test_vpc_without_names_fails_the_create(vpc, subnets, outcome, attribute):
    vpc.route(subnets, **vpc.nat())
    group = vpc.group()
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, **{attribute: {"Value": False}})
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, **{attribute: {"Value": True}})
    assert outcome(subnets, group) == "AVAILABLE"


def test_subnet_without_free_addresses_fails_the_create(vpc, outcome):
    subnets = [vpc.subnet("a", size=28), vpc.subnet("b", size=28)]
    vpc.route(subnets, **vpc.nat())
    group = vpc.group()
    made = [vpc.ec2.create_network_interface(SubnetId=subnets[0]) for _ in range(8)]
    assert outcome(subnets, group) == "CREATE_FAILED"
    for one in made:
        vpc.ec2.delete_network_interface(NetworkInterfaceId=one["NetworkInterface"]["NetworkInterfaceId"])
    assert outcome([subnets[0], vpc_subnet_beside(vpc, subnets)], group) == "AVAILABLE"


def vpc_subnet_beside(vpc, subnets):
    """Another subnet on the same routes, for the environment that failed still has its interfaces in the first ones."""
    [table] = vpc.ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": subnets[:1]}])[
        "RouteTables"
    ]
    other = vpc.subnet("b")
    vpc.ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=other)
    return other


def test_mending_while_the_environment_is_being_created_helps(aws, mwaa, vpc, subnets, name, request_for):
    table = vpc.route(subnets)
    network = {"SubnetIds": subnets, "SecurityGroupIds": [vpc.group()]}
    mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
    aws.admin.advance(600)
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **vpc.nat())
    aws.admin.advance(3600)
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "AVAILABLE"


def test_what_breaks_after_the_create_does_not_fail_it(aws, mwaa, vpc, subnets, name, request_for):
    nat = vpc.nat()
    vpc.route(subnets, **nat)
    network = {"SubnetIds": subnets, "SecurityGroupIds": [vpc.group()]}
    mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
    aws.admin.advance(3600)
    vpc.ec2.delete_nat_gateway(**nat)
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "AVAILABLE", "nobody had looked until now"


def test_update_to_a_group_that_admits_nobody_is_rolled_back(aws, mwaa, available, prerequisites, clients):
    closed = clients("ec2").create_security_group(
        GroupName=f"closed-{available}", Description="x", VpcId=prerequisites.vpc_id
    )["GroupId"]
    mwaa.update_environment(Name=available, NetworkConfiguration={"SecurityGroupIds": [closed]})
    aws.admin.advance(86400)
    environment = mwaa.get_environment(Name=available)["Environment"]
    assert environment["Status"] == "UPDATE_FAILED"
    assert environment["LastUpdate"]["Error"]["ErrorCode"] == "INCORRECT_CONFIGURATION"
    assert environment["NetworkConfiguration"]["SecurityGroupIds"] == list(prerequisites.security_group_ids)


def test_shared_subnets_need_endpoints_of_the_customers(aws, mwaa, clients, name, request_for):
    owner = aws.client("ec2", account="999900002222", region="eu-west-1")
    vpc = Vpc(owner, name)
    subnets, group = vpc.subnets(), vpc.group()
    vpc.route(subnets, **vpc.nat())
    arns = [f"arn:aws:ec2:eu-west-1:999900002222:subnet/{subnet}" for subnet in subnets]
    ram = aws.client("ram", account="999900002222", region="eu-west-1")
    network = {"SubnetIds": subnets, "SecurityGroupIds": [group]}
    with pytest.raises(mwaa.exceptions.ValidationException, match="do not exist"):
        mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
    ram.create_resource_share(name=name, resourceArns=arns, principals=["111122223333"])
    mwaa.create_environment(**request_for(name, NetworkConfiguration=network))
    mwaa.create_environment(
        **request_for(f"{name}-customer", NetworkConfiguration=network, EndpointManagement="CUSTOMER")
    )
    aws.admin.advance(3600)
    assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "CREATE_FAILED"
    pending = mwaa.get_environment(Name=f"{name}-customer")["Environment"]
    for service in (pending["DatabaseVpcEndpointService"], pending["WebserverVpcEndpointService"]):
        vpc.endpoint(service, subnets, group)
    assert mwaa.get_environment(Name=f"{name}-customer")["Environment"]["Status"] == "CREATING"
    aws.admin.advance(3600)
    assert mwaa.get_environment(Name=f"{name}-customer")["Environment"]["Status"] == "AVAILABLE"
