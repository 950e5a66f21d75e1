"""Decisions about the endpoints of endpointManagement CUSTOMER."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.customer_endpoints import (
    SeenEndpoints,
    plan_customer_endpoints,
    plan_customer_endpoints_removal,
)
from mwaa_operator.planning.parts.model import Outputs, PartContext
from mwaa_operator.planning.parts.network_things import Thing, ThingKind

DATABASE, WEBSERVER = "com.amazonaws.vpce.eu-west-1.vpce-svc-1", "com.amazonaws.vpce.eu-west-1.vpce-svc-2"
PART_OF_DATABASE, PART_OF_WEBSERVER = "environment-endpoint-database", "environment-endpoint-webserver"
GROUP = "environment-endpoint-security-group"
SUBNETS = ["subnet-1", "subnet-2"]


@dataclass
class Aws:
    """What there is of one environment's endpoints."""

    environment: dict[str, Any] | None = None
    groups: tuple[str, ...] = ()
    things: dict[str, Thing] = field(default_factory=dict)
    vpc_id: str | None = "vpc-1"

    @property
    def context(self) -> PartContext:
        spec = {
            "provision": {
                "bucket": {"name": "some-bucket"},
                "executionRole": {},
                "customerEndpoints": {"securityGroupIds": self.groups},
            },
            "networkConfiguration": {"subnetIds": SUBNETS, "securityGroupIds": ["sg-1"]},
            "endpointManagement": "CUSTOMER",
        }
        return PartContext(
            identity=Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1"),
            name="env",
            account_id="123456789012",
            region="eu-west-1",
            spec=EnvironmentSpec.model_validate(spec),
            environment=None if self.environment is None else AwsEnvironment(self.environment),
            known=(),
            outputs=Outputs(),
        )

    @property
    def seen(self) -> SeenEndpoints:
        return SeenEndpoints(ours=tuple(self.things.values()), vpc_id=self.vpc_id)

    @property
    def plan(self):
        spec = self.context.spec.provision.customer_endpoints
        assert spec is not None
        return plan_customer_endpoints(self.context, spec, self.seen)

    @property
    def removal(self):
        return plan_customer_endpoints_removal(self.seen)

    @property
    def calls(self):
        hidden = {"TagSpecifications", "ClientToken", "GroupName", "Description"}
        return [
            (call.operation, {name: value for name, value in call.parameters.items() if name not in hidden})
            for call in self.plan.calls
        ]

    def waits(self, status: str = "PENDING", **members: Any) -> Aws:
        """Let AWS wait for endpoints to the database and the web server."""
        self.environment = {
            "Status": status,
            "NetworkConfiguration": {"SubnetIds": SUBNETS, "SecurityGroupIds": ["sg-1"]},
            "DatabaseVpcEndpointService": DATABASE,
            "WebserverVpcEndpointService": WEBSERVER,
            **members,
        }
        return self

    def _tags(self, part: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.context.tags(part).items()]

    def has_group(self, *admitted: tuple[int, str]) -> Aws:
        rules = [
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}
            for port, group in admitted or ((443, "sg-1"), (5432, "sg-1"))
        ]
        document = {"GroupId": "sg-made", "VpcId": "vpc-1", "IpPermissions": rules, "Tags": self._tags(GROUP)}
        self.things["sg-made"] = Thing(kind=ThingKind.SECURITY_GROUP, document=document)
        return self

    def has_endpoint(self, part: str, identity: str, service: str, **document: Any) -> Aws:
        members = {
            "VpcEndpointId": identity,
            "VpcId": "vpc-1",
            "ServiceName": service,
            "State": "available",
            "SubnetIds": SUBNETS,
            "Groups": [{"GroupId": "sg-made"}],
            "Tags": self._tags(part),
            **document,
        }
        self.things[identity] = Thing(kind=ThingKind.VPC_ENDPOINT, document=members)
        return self

    def has_all(self) -> Aws:
        self.waits().has_group().has_endpoint(PART_OF_DATABASE, "vpce-1", DATABASE)
        return self.has_endpoint(PART_OF_WEBSERVER, "vpce-2", WEBSERVER)


@pytest.fixture
def aws() -> Aws:
    return Aws()


def test_there_is_nothing_to_do_without_an_environment(aws):
    assert (aws.plan.ready, aws.plan.calls) == (True, ())


@pytest.mark.parametrize("status", ["DELETING", "DELETED", "CREATE_FAILED"])
def test_environment_that_goes_nowhere_gets_no_endpoints(aws, status):
    aws.waits(status)
    assert (aws.plan.ready, aws.plan.calls) == (True, ())


def test_environment_that_waits_for_nothing_yet_gets_no_endpoints(aws):
    aws.waits("CREATING", DatabaseVpcEndpointService=None, WebserverVpcEndpointService=None)
    assert (aws.plan.ready, aws.plan.calls) == (True, ())


def test_group_is_made_before_the_endpoints(aws):
    assert aws.waits().calls == [("CreateSecurityGroup", {"VpcId": "vpc-1"})]


def test_endpoints_are_interfaces_in_both_subnets_without_private_names(aws):
    aws.waits().has_group()
    common = {
        "VpcId": "vpc-1",
        "VpcEndpointType": "Interface",
        "SubnetIds": SUBNETS,
        "SecurityGroupIds": ["sg-made"],
        "PrivateDnsEnabled": False,
    }
    assert aws.calls == [
        ("CreateVpcEndpoint", {"ServiceName": DATABASE, **common}),
        ("CreateVpcEndpoint", {"ServiceName": WEBSERVER, **common}),
    ]


def test_given_groups_need_none_to_be_made(aws):
    aws.groups = ("sg-given",)
    assert [(name, parameters["SecurityGroupIds"]) for name, parameters in aws.waits().calls] == [
        ("CreateVpcEndpoint", ["sg-given"]),
        ("CreateVpcEndpoint", ["sg-given"]),
    ]


def test_endpoints_that_are_there_are_left_alone(aws):
    assert (aws.has_all().plan.ready, aws.plan.calls) == (True, ())
    assert aws.plan.message == "The environment has its endpoints: database and webserver."


def test_endpoint_in_the_making_is_waited_for(aws):
    aws.has_all().has_endpoint(PART_OF_DATABASE, "vpce-1", DATABASE, State="pendingAcceptance")
    assert (aws.plan.ready, aws.plan.calls) == (False, ())
    assert "vpce-1 to become available (pendingacceptance now)" in aws.plan.message


def test_group_follows_the_groups_of_the_environment(aws):
    aws.has_all().waits(NetworkConfiguration={"SubnetIds": SUBNETS, "SecurityGroupIds": ["sg-2"]})
    assert [operation for operation, _ in aws.calls] == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    aws.has_group((443, "sg-2"), (5432, "sg-2"))
    assert aws.plan.ready


def test_made_group_is_taken_off_before_it_is_deleted(aws):
    aws.has_all().groups = ("sg-given",)
    changes = {"AddSecurityGroupIds": ["sg-given"], "RemoveSecurityGroupIds": ["sg-made"]}
    assert aws.calls == [
        ("ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", **changes}),
        ("ModifyVpcEndpoint", {"VpcEndpointId": "vpce-2", **changes}),
    ]
    for part, identity, service in (
        (PART_OF_DATABASE, "vpce-1", DATABASE),
        (PART_OF_WEBSERVER, "vpce-2", WEBSERVER),
    ):
        aws.has_endpoint(part, identity, service, Groups=[{"GroupId": "sg-given"}])
    assert aws.calls == [("DeleteSecurityGroup", {"GroupId": "sg-made"})]


def test_endpoint_to_the_service_of_an_environment_before_is_replaced(aws):
    aws.has_all().waits(DatabaseVpcEndpointService=f"{DATABASE}0")
    assert [operation for operation, _ in aws.calls] == ["CreateVpcEndpoint", "DeleteVpcEndpoints"]


def test_endpoint_that_is_no_longer_named_stays_while_the_environment_changes(aws):
    aws.has_all().waits("UPDATING", WebserverVpcEndpointService=None)
    assert aws.plan.ready
    aws.waits("AVAILABLE", WebserverVpcEndpointService=None)
    assert aws.calls == [("DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-2"]})]


def test_subnets_that_cannot_be_seen_are_told(aws):
    aws.waits().vpc_id = None
    assert (aws.plan.stalled, aws.plan.calls) == (True, ())
    assert "subnet-1, subnet-2" in aws.plan.message


def test_removal_waits_for_the_endpoints_before_their_group(aws):
    aws.has_all()
    assert [(call.operation, dict(call.parameters)) for call in aws.removal.calls] == [
        ("DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1", "vpce-2"]})
    ]
    for part, identity, service in (
        (PART_OF_DATABASE, "vpce-1", DATABASE),
        (PART_OF_WEBSERVER, "vpce-2", WEBSERVER),
    ):
        aws.has_endpoint(part, identity, service, State="deleting")
    assert aws.removal.calls == ()
    assert "the VPC endpoint vpce-1 to be deleted" in aws.removal.message
    aws.things = {"sg-made": aws.things["sg-made"]}
    assert [call.operation for call in aws.removal.calls] == ["DeleteSecurityGroup"]
    aws.things = {}
    assert aws.removal.gone
