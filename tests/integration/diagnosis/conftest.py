"""The operator as it is shipped, and environments whose surroundings are broken and mended."""

from __future__ import annotations

import pytest

from tests.integration.operator.environment import Environment
from tests.integration.world import OperatorWorld, inhabited
from tests.integration.world import fast_aws as start_fast_aws

DURATIONS = {"create": 60, "update": 60, "rollback": 30, "delete": 40, "tombstone": 20}
ANYWHERE = "0.0.0.0/0"
LOGS = {f"{module}Logs": {"enabled": True, "logLevel": "INFO"} for module in ("scheduler", "worker", "webserver")}
"""AWS's default is to keep the logs of tasks alone."""


class Patient(Environment):
    """An environment with a bucket, a network and a role of its own, of which nothing is checked before a create."""

    def __init__(self, world, name, **spec):
        self.needs = world.make_prerequisites(name)
        base = {**world.base_spec(self.needs), "policies": {"preflight": "Warn"}, "loggingConfiguration": LOGS}
        super().__init__(world, name, {**base, **spec}, allow={}, refusals=0)

    @property
    def bucket(self):
        return self.needs.bucket_arn.rpartition(":")[2]

    def upload(self, key, text):
        """Put a file into the bucket."""
        self.world.client("s3").put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def causes(self):
        return self.status().get("likelyCauses", [])

    def told(self):
        """The messages of all events about likely causes."""
        return [text for reason, text in self._messages() if reason == "LikelyCause"]

    def wait_told_why(self):
        """Wait for the event, which may come a moment after the status."""
        self.world.until(lambda: bool(self.told()), "tell the likely causes in an event")
        [told] = self.told()
        return told

    def lose_way_out(self):
        """Take the default routes of the private subnets away; gives how to put them back."""
        ec2 = self.world.client("ec2")
        mine = [{"Name": "association.subnet-id", "Values": list(self.needs.subnet_ids)}]
        tables = ec2.describe_route_tables(Filters=mine)["RouteTables"]
        lost = [
            {
                "RouteTableId": table["RouteTableId"],
                "DestinationCidrBlock": ANYWHERE,
                "NatGatewayId": route["NatGatewayId"],
            }
            for table in tables
            for route in table["Routes"]
            if route.get("NatGatewayId")
        ]
        for route in lost:
            ec2.delete_route(RouteTableId=route["RouteTableId"], DestinationCidrBlock=ANYWHERE)
        return lambda: [ec2.create_route(**route) for route in lost]

    def admit_itself_only(self, port):
        """Have the security group admit itself on one TCP port and no other."""
        ec2, [group] = self.world.client("ec2"), self.needs.security_group_ids
        itself = {"UserIdGroupPairs": [{"GroupId": group}]}
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", **itself}])
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **itself}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def log_groups_fail(self, kind, operation="DescribeLogStreams"):
        """Let AWS not answer who asks for log streams."""
        self.world.aws.admin.add_fault(kind, service="logs", operation=operation, account=self.world.account)

    def _messages(self):
        return [(each["reason"], each["message"]) for each in self.world.objects.events(name=self.name)]


class World(OperatorWorld):
    """A world of patients."""

    def __init__(self, control_plane, aws, kubeconfig, folder):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="diagnosis")

    def patient(self, name, **spec):
        """A MwaaEnvironment with surroundings of its own, not applied yet."""
        return Patient(self, name, **spec)

    def said(self):
        """All that the operator has logged."""
        return self.log_file.read_text()


@pytest.fixture(scope="session")
def busy_aws():
    """A simulated AWS of these tests' own."""
    with start_fast_aws(DURATIONS, spread=0.0) as running:
        yield running


@pytest.fixture(scope="module")
def world(control_plane, busy_aws, kubeconfig, tmp_path_factory, recorder):
    """An account, and the operator running."""
    made = World(control_plane, busy_aws, kubeconfig, tmp_path_factory.mktemp("diagnosis"))
    with inhabited(made, recorder):
        yield made


@pytest.fixture(autouse=True)
def _no_fault_is_left(world):
    yield
    world.aws.admin.remove_faults(account=world.account)
