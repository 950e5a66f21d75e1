"""Everything made by the operator: operator-policy-provisioning.json beside operator-policy.json is enough."""

from __future__ import annotations

import pytest

from .conftest import PROVISIONING
from .test_existing import unseen


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*PROVISIONING)


@pytest.mark.parametrize(
    ("name", "gateways", "customer"),
    [("per-zone", "PerZone", False), ("none", "None", False), ("customer", "None", True)],
)
def test_environment_comes_from_nothing_and_goes(world, name, gateways, customer):
    before = world.inventory()
    provision = {
        "bucket": {"name": world.bucket_of(name), "deletion": "Delete", "noncurrentVersionExpirationDays": 30},
        "network": {"natGateways": gateways},
        "executionRole": {},
        "logRetentionDays": 30,
        **({"customerEndpoints": {}} if customer else {}),
    }
    more = {"endpointManagement": "CUSTOMER"} if customer else {}
    environment = world.environment(name, environmentClass="mw1.small", provision=provision, **more)
    environment.apply().wait_ready()
    assert unseen(environment) == []
    environment.apply(tags={"team": "data"})
    world.until(lambda: environment.in_aws()["tags"].get("team") == "data", "tag it")
    environment.wait_ready()
    environment.delete()
    assert world.inventory() == before
    assert world.refused() == []
