"""PENDING, and the endpoints that end it (mwaa-behaviour.md §5, CUSTOMER mode)."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .networks import Vpc

HOUR = 3600.0


class Waiting:
    """An environment in PENDING, and its network."""

    def __init__(self, vpc, subnets, group, environment):
        self.vpc, self.subnets, self.group = vpc, subnets, group
        self.database = environment["DatabaseVpcEndpointService"]
        self.webserver = environment.get("WebserverVpcEndpointService")


@pytest.fixture
def status(mwaa, name):
    return lambda: mwaa.get_environment(Name=name)["Environment"]["Status"]


@pytest.fixture
def waiting(aws, mwaa, clients, name, request_for, status):
    vpc = Vpc(clients("ec2"), name)
    subnets, group = vpc.subnets(), vpc.group()
    vpc.route(subnets, **vpc.nat())
    network = {"SubnetIds": subnets, "SecurityGroupIds": [group]}
    mwaa.create_environment(**request_for(name, EndpointManagement="CUSTOMER", NetworkConfiguration=network))
    aws.admin.advance(HOUR)
    assert status() == "PENDING"
    return Waiting(vpc, subnets, group, mwaa.get_environment(Name=name)["Environment"])


def test_endpoints_to_both_services_let_the_create_go_on(aws, waiting, status):
    waiting.vpc.endpoint(waiting.database, waiting.subnets, waiting.group)
    assert status() == "PENDING", "the web server's is missing"
    waiting.vpc.endpoint(waiting.webserver, waiting.subnets, waiting.group)
    assert status() == "CREATING"
    aws.admin.advance(HOUR)
    assert status() == "AVAILABLE"


def test_gateway_endpoint_does_not_count(waiting, status):
    waiting.vpc.endpoint(waiting.webserver, waiting.subnets, waiting.group)
    waiting.vpc.ec2.create_vpc_endpoint(VpcId=waiting.vpc.id, ServiceName=waiting.database, VpcEndpointType="Gateway")
    assert status() == "PENDING"


def test_endpoint_in_one_subnet_does_not_count(waiting, status):
    waiting.vpc.endpoint(waiting.webserver, waiting.subnets, waiting.group)
    waiting.vpc.endpoint(waiting.database, waiting.subnets[:1], waiting.group)
    assert status() == "PENDING"


@pytest.mark.parametrize("port", [443, 5432])
def test_endpoint_whose_group_does_not_admit_the_environment_does_not_count(waiting, status, port):
    half_closed = waiting.vpc.empty_group()
    itself = {"UserIdGroupPairs": [{"GroupId": waiting.group}]}
    waiting.vpc.admit(half_closed, IpProtocol="tcp", FromPort=port, ToPort=port, **itself)
    for service in (waiting.database, waiting.webserver):
        waiting.vpc.endpoint(service, waiting.subnets, half_closed)
    assert status() == "PENDING"
    other = 443 + 5432 - port
    waiting.vpc.admit(half_closed, IpProtocol="tcp", FromPort=other, ToPort=other, **itself)
    assert status() == "CREATING"


def test_service_that_no_environment_has_is_refused(waiting):
    service = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"
    with pytest.raises(ClientError) as raised:
        waiting.vpc.endpoint(service, waiting.subnets, waiting.group)
    error = raised.value.response["Error"]
    assert error["Code"] == "InvalidServiceName"
    assert error["Message"] == f"The Vpc Endpoint Service '{service}' does not exist"


def test_service_of_an_environment_that_is_gone_is_refused(aws, mwaa, waiting, name):
    mwaa.delete_environment(Name=name)
    aws.admin.advance(24 * HOUR)
    with pytest.raises(ClientError, match="InvalidServiceName"):
        waiting.vpc.endpoint(waiting.database, waiting.subnets, waiting.group)


def test_another_account_does_not_see_the_service(aws, waiting):
    stranger = Vpc(aws.client("ec2", account="999900003333", region="eu-west-1"), "stranger")
    with pytest.raises(ClientError, match="InvalidServiceName"):
        stranger.endpoint(waiting.database, stranger.subnets())
