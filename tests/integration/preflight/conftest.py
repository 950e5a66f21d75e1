"""The operator as it is shipped, and environments of which something is wrong before it is asked for."""

from __future__ import annotations

import json

import pytest
from mwaa_operator.api.conditions import ConditionType

from tests.integration.operator.environment import Environment
from tests.integration.world import OperatorWorld, inhabited
from tests.integration.world import fast_aws as start_fast_aws

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
ANYWHERE = "0.0.0.0/0"


class Subject(Environment):
    """An environment with a bucket, a network and a role of its own."""

    def __init__(self, world, name, **spec):
        self.needs = world.make_prerequisites(name)
        super().__init__(world, name, {**world.base_spec(self.needs), **spec}, allow={}, refusals=0)

    def lose_way_out(self):
        """Take the default routes of the private subnets away; gives how to put them back."""
        ec2 = self.world.client("ec2")
        mine = [{"Name": "association.subnet-id", "Values": list(self.needs.subnet_ids)}]
        lost = [
            {
                "RouteTableId": table["RouteTableId"],
                "DestinationCidrBlock": ANYWHERE,
                "NatGatewayId": route["NatGatewayId"],
            }
            for table in ec2.describe_route_tables(Filters=mine)["RouteTables"]
            for route in table["Routes"]
            if route.get("NatGatewayId")
        ]
        for route in lost:
            ec2.delete_route(RouteTableId=route["RouteTableId"], DestinationCidrBlock=ANYWHERE)
        return lambda: [ec2.create_route(**route) for route in lost]

    def copy_role(self, name):
        """Make another role that may do what this environment's may; gives its ARN."""
        iam, mine = self.world.client("iam"), self.needs.role_arn.rpartition("/")[2]
        trust = json.dumps(iam.get_role(RoleName=mine)["Role"]["AssumeRolePolicyDocument"])
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        document = iam.get_role_policy(RoleName=mine, PolicyName="airflow")["PolicyDocument"]
        iam.put_role_policy(RoleName=name, PolicyName="airflow", PolicyDocument=json.dumps(document))
        return made

    def findings(self, verdict):
        """What the checks have found, by their names."""
        found = self.status().get("preflight", {}).get("findings", [])
        return {each["check"]: each for each in found if each["verdict"] == verdict}

    def wait_condition(self, kind, status):
        self.wait_for(f"condition={kind}={status}")

    def wait_held(self):
        """Wait until a check has stopped a call; gives the summary."""
        self.wait_reason("Stalled", "PreflightFailed")
        assert self.condition(ConditionType.PREFLIGHT_PASSED)["status"] == "False"
        return self.condition("Ready")


class World(OperatorWorld):
    """A world in which not everything is in order."""

    def __init__(self, control_plane, aws, kubeconfig, folder):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="preflight")

    def subject(self, name, **spec):
        """A MwaaEnvironment with surroundings of its own, not applied yet."""
        return Subject(self, name, **spec)

    def deny(self, service):
        """Let the operator see nothing of a service."""
        self.aws.admin.add_fault("access_denied", service=service, account=self.account)


@pytest.fixture(scope="session")
def checked_aws():
    """A simulated AWS of these tests' own."""
    with start_fast_aws(DURATIONS, spread=0.0) as running:
        yield running


@pytest.fixture(scope="module")
def world(control_plane, checked_aws, kubeconfig, tmp_path_factory, recorder):
    """An account, and the operator running."""
    made = World(control_plane, checked_aws, kubeconfig, tmp_path_factory.mktemp("preflight"))
    with inhabited(made, recorder):
        yield made


@pytest.fixture(autouse=True)
def _no_fault_is_left(world):
    yield
    world.aws.admin.remove_faults(account=world.account)
