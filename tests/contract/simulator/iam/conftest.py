"""A caller who is held to the policies that a test gives it."""

from __future__ import annotations

import pytest

from .callers import KEY, ROLE, allow, client_with, policy


@pytest.fixture(scope="module")
def held(aws):
    """A service's name to the client whose key is held to policies."""
    made = {}

    def client(service):
        if service not in made:
            made[service] = client_with(aws, service, aws_access_key_id=KEY)
        return made[service]

    return client


@pytest.fixture(autouse=True)
def _everybody_may_do_anything_again(aws):
    yield
    aws.admin.enforce(None)


@pytest.fixture
def may(aws):
    """Hold the key to these statements; without any it may do nothing."""

    def hold(*statements, **more):
        aws.admin.enforce(KEY, policy(*(statements or [allow("sts:GetCallerIdentity")])), role_arn=ROLE, **more)

    return hold
