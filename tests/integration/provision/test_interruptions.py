"""What happens while the network is being made: the object goes, the operator dies or is told to pause, and AWS has bad minutes."""

from __future__ import annotations

import collections
from functools import partial

import pytest

WHOLE = {
    "Environment": 1,
    "InternetGateway": 1,
    "NatGateway": 1,
    "ElasticIp": 1,
    "Role": 1,
    "Subnet": 4,
    "Vpc": 1,
    "LogGroup": 5,
}
"""What an environment stands on whose network has a single NAT gateway."""
WITHOUT_TOKENS = ("CreateVpc", "CreateSubnet", "AllocateAddress", "CreateInternetGateway", "CreateSecurityGroup")
"""Calls that AWS has no token for by which it would know a repetition."""
LOST = (*WITHOUT_TOKENS, "CreateRouteTable", "CreateNatGateway")


@pytest.fixture(autouse=True)
def _no_fault_is_left(shared_world):
    yield
    shared_world.aws.admin.remove_faults(account=shared_world.account)


def environment_of(world, name):
    made = world.environment(name)
    made.spec["provision"]["network"] = {"natGateways": "Single"}
    return made


def counted(found):
    kinds = collections.Counter(kind for kind, _ in found)
    return {kind: kinds[kind] for kind in WHOLE}


def throttle(world, operation):
    """Let AWS refuse a call of EC2 from now on; gives the fault."""
    return world.aws.admin.add_fault("throttle", service="ec2", operation=operation, account=world.account)


def stuck(world, environment, operation="CreateNatGateway"):
    """Apply an environment whose network cannot get further than this call; gives how to let it go on."""
    fault = throttle(world, operation)
    environment.apply().wait_reason("NetworkReady", "Throttled")
    assert environment.calls("CreateEnvironment") == []
    return partial(world.aws.admin.remove_fault, fault)


def ec2_calls(world, operation):
    return world.aws.admin.calls(service="ec2", operation=operation, account=world.account)


def test_nothing_is_left_of_an_object_deleted_while_its_network_is_being_made(shared_world):
    before = shared_world.inventory()
    environment = environment_of(shared_world, "short-lived")
    go_on = stuck(shared_world, environment)
    assert {kind for kind, _ in shared_world.inventory() - before} >= {"Vpc", "Subnet", "ElasticIp"}
    environment.delete()
    go_on()
    assert shared_world.inventory() - before == {("Bucket", shared_world.bucket_of("short-lived"))}
    assert environment.calls("CreateEnvironment") == []


def test_nothing_is_made_during_a_pause_and_the_rest_after_it(shared_world):
    before = shared_world.inventory()
    environment = environment_of(shared_world, "on-hold")
    go_on = stuck(shared_world, environment)
    environment.annotate("paused", "true")
    environment.wait_reason("Synced", "Paused")
    go_on()
    made, tried = shared_world.inventory(), len(ec2_calls(shared_world, "CreateNatGateway"))
    # Another object shows that time goes on meanwhile.
    other = environment_of(shared_world, "not-on-hold")
    other.spec["provision"]["network"] = {"natGateways": "None"}
    other.apply().wait_ready()
    other.delete()
    assert shared_world.inventory() - {("Bucket", shared_world.bucket_of("not-on-hold"))} == made
    assert len(ec2_calls(shared_world, "CreateNatGateway")) == tried

    environment.annotate("paused", None)
    environment.wait_ready()
    left = {("Bucket", shared_world.bucket_of("not-on-hold"))}
    assert counted(shared_world.inventory() - before - left) == WHOLE
    environment.delete()


def storm(world):
    """Let AWS refuse or drop every fifth call; gives how to end it."""
    faults = [
        world.aws.admin.add_fault(kind, service=service, account=world.account, probability=probability)
        for kind, probability in (("throttle", 0.12), ("error5xx", 0.06), ("connection_reset", 0.02))
        for service in ("ec2", "iam")
    ]
    return lambda: [world.aws.admin.remove_fault(fault) for fault in faults]


def test_throttling_and_server_errors_while_parts_are_made_and_removed_leave_no_duplicates(shared_world):
    before = shared_world.inventory()
    environment = environment_of(shared_world, "stormy")
    calm = storm(shared_world)
    environment.apply().wait_ready()
    calm()
    assert counted(shared_world.inventory() - before) == WHOLE
    calm = storm(shared_world)
    environment.delete()
    calm()
    assert shared_world.inventory() - before == {("Bucket", shared_world.bucket_of("stormy"))}


def test_answers_that_get_lost_while_the_network_is_made_leave_no_duplicates(shared_world):
    before = shared_world.inventory()
    for operation in LOST:
        shared_world.aws.admin.add_fault(
            "lost_answer", service="ec2", operation=operation, account=shared_world.account, count=1
        )
    environment = environment_of(shared_world, "unheard")
    environment.apply().wait_ready()
    assert counted(shared_world.inventory() - before) == WHOLE
    environment.delete()
    assert shared_world.inventory() - before == {("Bucket", shared_world.bucket_of("unheard"))}


def test_operator_that_is_killed_while_the_network_is_made_goes_on_where_it_was(shared_world):
    before = shared_world.inventory()
    environment = environment_of(shared_world, "survivor")
    subnets_can_be_made = stuck(shared_world, environment, "CreateSubnet")
    shared_world.operator.kill()
    fault = throttle(shared_world, "CreateNatGateway")
    subnets_can_be_made()
    tried = len(ec2_calls(shared_world, "CreateNatGateway"))
    shared_world.run_operator(RESYNC_SECONDS="60")
    shared_world.until(lambda: len(ec2_calls(shared_world, "CreateNatGateway")) > tried, "come to the NAT gateway")
    shared_world.operator.kill()
    shared_world.aws.admin.remove_fault(fault)
    shared_world.run_operator(RESYNC_SECONDS="60")
    environment.wait_ready()
    assert counted(shared_world.inventory() - before) == WHOLE
    environment.delete()
    assert shared_world.inventory() - before == {("Bucket", shared_world.bucket_of("survivor"))}
