"""One object brings all that an environment needs, and takes it away again."""

from __future__ import annotations

import pytest

WITH_NAT = {
    "Bucket": 1,
    "ElasticIp": 2,
    "Environment": 1,
    "InternetGateway": 1,
    "LogGroup": 5,
    "NatGateway": 2,
    "Role": 1,
    "Subnet": 4,
    "Vpc": 1,
}
WITHOUT = {"Bucket": 1, "Environment": 1, "LogGroup": 5, "Role": 1, "Subnet": 2, "Vpc": 1}


def counted(world, kinds):
    return {kind: count for kind, count in world.kinds().items() if kind in {*WITH_NAT, *kinds}}


@pytest.mark.parametrize(("gateways", "kinds"), [("PerZone", WITH_NAT), ("None", WITHOUT)])
def test_one_object_makes_all_and_leaves_nothing_but_the_bucket(world, gateways, kinds):
    before = world.inventory()
    environment = world.environment("from-nothing")
    environment.spec["provision"]["network"] = {"natGateways": gateways}
    environment.apply().wait_ready()
    assert counted(world, kinds) == kinds

    status = environment.status()
    conditions = {condition["type"]: condition["status"] for condition in status["conditions"]}
    assert {kind for kind, value in conditions.items() if value == "True"} >= {
        "Ready",
        "Synced",
        "PreflightPassed",
        "BucketReady",
        "NetworkReady",
        "ExecutionRoleReady",
        "LogGroupsReady",
    }
    in_aws = environment.in_aws()["settings"]
    assert in_aws["SourceBucketArn"] == status["provisioned"]["sourceBucketArn"]
    assert in_aws["NetworkConfiguration"]["SubnetIds"] == status["provisioned"]["subnetIds"]

    environment.delete()
    assert world.inventory() - before == {("Bucket", world.bucket_of("from-nothing"))}


@pytest.mark.parametrize("access", ["PUBLIC_ONLY", "PRIVATE_ONLY"])
def test_environment_with_endpoints_of_the_customer_goes_on_by_itself(world, access):
    before = world.inventory()
    environment = world.environment("own-endpoints", endpointManagement="CUSTOMER", webserverAccessMode=access)
    environment.spec["provision"]["customerEndpoints"] = {}
    environment.apply().wait_ready()
    assert environment.condition("EndpointsReady")["status"] == "True"
    assert world.kinds()["VpcEndpoint"] == (2 if access == "PRIVATE_ONLY" else 1)
    made = {
        resource["kind"]
        for resource in environment.status()["resources"]
        if resource.get("part") == "CustomerEndpoints"
    }
    assert made == {"VpcEndpoint", "SecurityGroup"}
    environment.delete()
    assert world.inventory() - before == {("Bucket", world.bucket_of("own-endpoints"))}
