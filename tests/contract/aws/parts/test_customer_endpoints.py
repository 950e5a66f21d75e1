"""The endpoints of endpointManagement CUSTOMER, and environments that come up in what the operator has made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.aws import mwaa
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.resources.customer_endpoints import CustomerEndpointsPart
from mwaa_operator.resources.network import NetworkPart
from mwaa_sandbox.aws.inventory import inventory
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.pytest_plugin import SimulatedAccount

from .rounds import Residents

NETWORK, PART = NetworkPart(), CustomerEndpointsPart()
DAY = 86400.0
HOUR = 3600.0
DATABASE, WEBSERVER, GROUP = (
    "environment-endpoint-database",
    "environment-endpoint-webserver",
    "environment-endpoint-security-group",
)


@pytest.fixture(scope="module")
def residents(simulated_aws_server):
    return Residents(SimulatedAccount(simulated_aws_server, "510987654321"))


@pytest.fixture(scope="module")
def there(residents):
    """Make a bucket and a role, and a network that is not ours."""
    account = residents.account
    yield make_prerequisites(residents.another().client, name="there", bucket="there-510987654321", role_name="there")
    account.admin.reset(account=account.account)


@pytest.fixture
def resident(residents, there):
    resident = residents.another()
    yield resident
    admin, account = resident.account.admin, resident.account.account
    for one in admin.environments(account=account):
        admin.remove_environment(account, "eu-west-1", one["name"])


class Environment:
    """The environment of an object, in AWS."""

    def __init__(self, resident, there, *, subnet_ids=None, security_group_ids=None, **members):
        self.resident = resident
        self.client = resident.client("mwaa")
        self.client.create_environment(
            Name=resident.context.name,
            ExecutionRoleArn=there.role_arn,
            SourceBucketArn=there.bucket_arn,
            DagS3Path="dags",
            NetworkConfiguration={
                "SubnetIds": list(subnet_ids or there.subnet_ids),
                "SecurityGroupIds": list(security_group_ids or there.security_group_ids),
            },
            **members,
        )

    def later(self, seconds):
        """Let time go on, and let the object know what has become of the environment."""
        self.resident.account.admin.advance(seconds)
        found = mwaa.get_environment(self.client, self.resident.context.name)
        self.resident.context = replace(self.resident.context, environment=found)
        return None if found is None else found.status

    def deleted(self):
        self.client.delete_environment(Name=self.resident.context.name)
        status = self.later(DAY)
        self.resident.context = replace(self.resident.context, environment=None)
        return status


def network_of(resident):
    """Give all there is in the account but the log groups, which outlive environments."""
    return {(kind, identity) for kind, identity in inventory(resident.client) if kind != "LogGroup"}


@pytest.fixture
def pending(resident, there):
    """Give an object whose environment waits for endpoints, in a network that was there before."""
    resident.asks({"customerEndpoints": {}}, endpointManagement="CUSTOMER")
    environment = Environment(resident, there, EndpointManagement="CUSTOMER", WebserverAccessMode="PRIVATE_ONLY")
    assert environment.later(HOUR) == "PENDING"
    return environment


@pytest.mark.parametrize("way", ["PerZone", "Single", "None"])
def test_environment_comes_up_in_the_provisioned_network(resident, there, way):
    made = resident.asks({"network": {"natGateways": way}}).comes_about(NETWORK).outputs
    environment = Environment(resident, there, subnet_ids=made.subnet_ids, security_group_ids=made.security_group_ids)
    assert environment.later(DAY) == "AVAILABLE"


def test_network_goes_only_after_the_environment(resident, there):
    before = network_of(resident)
    made = resident.asks({"network": {"natGateways": "Single"}}).comes_about(NETWORK).outputs
    environment = Environment(resident, there, subnet_ids=made.subnet_ids, security_group_ids=made.security_group_ids)
    environment.later(DAY)
    plan = resident.goes_as_far_as_it_can(NETWORK)
    assert not plan.gone
    assert "network interface" in plan.message
    environment.deleted()
    assert resident.goes(NETWORK).gone
    assert network_of(resident) == before


def test_nothing_is_made_before_aws_waits_for_it(resident, there):
    resident.asks({"customerEndpoints": {}}, endpointManagement="CUSTOMER")
    assert PART.plan(resident.clients, resident.context).ready
    Environment(resident, there, EndpointManagement="CUSTOMER").later(0)
    plan = PART.plan(resident.clients, resident.context)
    assert (plan.ready, plan.calls, plan.resources) == (True, (), ())


def test_environment_goes_on_by_itself(pending, there):
    resident = pending.resident
    assert resident.comes_about(PART).ready
    services = resident.context.environment.document
    subnets = sorted(there.subnet_ids)
    ec2, seen = resident.client("ec2"), resident.picture()
    for part, service in ((DATABASE, "DatabaseVpcEndpointService"), (WEBSERVER, "WebserverVpcEndpointService")):
        [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[seen.id(part)])["VpcEndpoints"]
        assert endpoint["ServiceName"] == services[service]
        assert (endpoint["VpcId"], sorted(endpoint["SubnetIds"])) == (there.vpc_id, subnets)
        assert (endpoint["VpcEndpointType"], endpoint["PrivateDnsEnabled"]) == ("Interface", False)
        assert [group["GroupId"] for group in endpoint["Groups"]] == [seen.id(GROUP)]
    assert pending.later(DAY) == "AVAILABLE"


def test_group_admits_the_environment_and_nobody_else(pending, there):
    resident = pending.resident
    resident.comes_about(PART)
    [group] = resident.client("ec2").describe_security_groups(GroupIds=[resident.picture().id(GROUP)])["SecurityGroups"]
    admitted = [
        (rule["FromPort"], rule["ToPort"], [pair["GroupId"] for pair in rule["UserIdGroupPairs"]], rule["IpRanges"])
        for rule in group["IpPermissions"]
    ]
    [environments] = there.security_group_ids
    assert sorted(admitted) == [(443, 443, [environments], []), (5432, 5432, [environments], [])]


def test_public_web_server_needs_no_endpoint(resident, there):
    resident.asks({"customerEndpoints": {}}, endpointManagement="CUSTOMER")
    environment = Environment(resident, there, EndpointManagement="CUSTOMER", WebserverAccessMode="PUBLIC_ONLY")
    environment.later(HOUR)
    resident.comes_about(PART)
    assert [name for name, *_ in resident.picture().everything()["endpoint"]] == [DATABASE]
    assert environment.later(DAY) == "AVAILABLE"


def test_given_groups_are_used_instead(pending, there):
    resident = pending.resident
    [given] = there.security_group_ids
    resident.asks({"customerEndpoints": {"securityGroupIds": [given]}}, endpointManagement="CUSTOMER")
    assert resident.comes_about(PART).ready
    ec2, seen = resident.client("ec2"), resident.picture()
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[seen.id(DATABASE)])["VpcEndpoints"]
    assert [group["GroupId"] for group in endpoint["Groups"]] == [given]
    assert seen.ids(GROUP) == []


def test_nothing_is_called_when_all_agrees(pending):
    resident = pending.resident
    resident.comes_about(PART)
    made = len(resident.made)
    pending.later(DAY)
    assert resident.comes_about(PART).ready
    assert len(resident.made) == made


def test_change_behind_the_back_is_put_right(pending, there):
    resident = pending.resident
    resident.comes_about(PART)
    pending.later(DAY)
    before, seen, ec2 = resident.picture().everything(), resident.picture(), resident.client("ec2")
    pairs = [{"GroupId": group} for group in there.security_group_ids]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": pairs}
    ec2.revoke_security_group_ingress(GroupId=seen.id(GROUP), IpPermissions=[rule])
    ec2.modify_vpc_endpoint(VpcEndpointId=seen.id(DATABASE), RemoveSubnetIds=[there.subnet_ids[0]])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[seen.id(WEBSERVER)])
    assert resident.picture().everything() != before
    assert resident.comes_about(PART).ready
    assert resident.picture().everything() == before


def test_dying_after_each_call_leaves_nothing_twice_and_nothing_behind(pending):
    resident = pending.resident
    before = inventory(resident.client)
    resident.comes_about_dying_after_each_call(PART)
    told = resident.picture().everything()
    assert [name for name, *_ in told["endpoint"]] == [DATABASE, WEBSERVER]
    assert [name for name, *_ in told["group"]] == [GROUP]
    resident.goes_dying_after_each_call(PART)
    assert inventory(resident.client) == before


def test_both_parts_go_in_the_opposite_order(resident, there):
    before = network_of(resident)
    resident.asks({"network": {"natGateways": "None"}, "customerEndpoints": {}}, endpointManagement="CUSTOMER")
    made = resident.comes_about(NETWORK).outputs
    environment = Environment(
        resident,
        there,
        subnet_ids=made.subnet_ids,
        security_group_ids=made.security_group_ids,
        EndpointManagement="CUSTOMER",
    )
    environment.later(HOUR)
    resident.comes_about(PART)
    resident.comes_about(NETWORK)
    assert environment.later(DAY) == "AVAILABLE"
    environment.deleted()
    assert resident.goes(PART).gone
    assert resident.goes(NETWORK).gone
    assert network_of(resident) == before


def test_endpoints_of_an_environment_before_are_replaced(pending, there):
    resident = pending.resident
    resident.comes_about(PART)
    former = resident.picture().id(DATABASE)
    assert pending.later(DAY) == "AVAILABLE"
    pending.deleted()
    again = Environment(resident, there, EndpointManagement="CUSTOMER", WebserverAccessMode="PRIVATE_ONLY")
    assert again.later(HOUR) == "PENDING"
    assert isinstance(resident.context.environment, AwsEnvironment)
    assert resident.comes_about(PART).ready
    assert resident.picture().id(DATABASE) != former
    assert again.later(DAY) == "AVAILABLE"
