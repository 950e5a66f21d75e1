"""What the checks find fails in the simulated AWS too, where nobody makes them: at once, or after the time that AWS takes."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from mwaa_sandbox.pytest_plugin import SimulatedAccount

from .ground import REGION, Ground
from .worlds_more import WORLDS, Aws

ACCOUNT = "210987654323"
LONGER_THAN_A_CREATION_SECONDS = 3 * 3600


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests of this file, because a network takes seconds to make."""
    return SimulatedAccount(simulated_aws_server, ACCOUNT)


@pytest.fixture(scope="module")
def ground(simulated_aws):
    return Ground.made(simulated_aws.client, ACCOUNT)


@pytest.fixture
def created(in_account, ground):
    """Give a function that creates the environment and says what becomes of it."""
    mwaa, admin = ground.client("mwaa"), in_account.admin

    def outcome() -> str:
        try:
            mwaa.create_environment(Name="env", Tags=ground.tags, **ground.fields)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        admin.advance(LONGER_THAN_A_CREATION_SECONDS)
        status = str(mwaa.get_environment(Name="env")["Environment"]["Status"])
        admin.remove_environment(ACCOUNT, REGION, "env")
        return status

    return outcome


def test_environment_in_order_becomes_available(created):
    assert created() == "AVAILABLE"


@pytest.mark.parametrize("name", [name for name, world in WORLDS.items() if world.aws is not Aws.NOT_SHOWN])
def test_what_is_broken_fails_in_aws_and_comes_up_once_mended(created, ground, name):
    world = WORLDS[name]
    with world.broken(ground):
        found = created()
    assert found == {Aws.REFUSES: "ValidationException", Aws.FAILS: "CREATE_FAILED"}[world.aws]
    assert created() == "AVAILABLE"
