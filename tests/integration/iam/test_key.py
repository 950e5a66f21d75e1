"""An environment with a key of its own: customer-key-policy.json beside operator-policy.json is enough."""

from __future__ import annotations

import pytest

from .conftest import WITH_KEY
from .test_existing import unseen


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*WITH_KEY)


def test_environment_with_a_key_comes_and_goes(world):
    environment = world.environment("encrypted", **world.base_spec(), kmsKey=world.key).apply()
    environment.wait_ready()
    assert unseen(environment) == []
    environment.delete()
    assert world.refused() == []
