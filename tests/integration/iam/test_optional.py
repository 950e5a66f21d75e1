"""Without the statements that only let the operator look, it works all the same, and says what it could not see."""

from __future__ import annotations

import pytest

from .conftest import PROVISIONING
from .test_existing import unseen

OPTIONAL = ("Checks", "LogsOfWhatFailed", "MetricsOfLoad")
"""How the names of these statements begin, as docs/iam.md says."""


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*PROVISIONING, leaving_out=OPTIONAL)


def test_environment_comes_and_goes_unchecked(world):
    environment = world.environment("unseen", **world.base_spec()).apply()
    environment.wait_ready()
    lacking = " ".join(one["found"] for one in unseen(environment))
    for action in ("iam:SimulatePrincipalPolicy", "airflow:ListEnvironments", "ec2:DescribeNetworkAcls"):
        assert action in lacking
    assert environment.condition("PreflightPassed")["status"] == "True"
    environment.delete()


def test_failure_is_told_without_what_the_logs_say(world):
    environment = world.environment("failing", **world.base_spec())
    environment.script("create", "create_failed")
    environment.apply().wait_reason("Stalled", "CreateFailed")
    environment.delete()
