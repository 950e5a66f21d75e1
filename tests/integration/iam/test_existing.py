"""An environment among things that are there already: operator-policy.json is enough, checks and diagnosis included."""

from __future__ import annotations

import pytest

from .conftest import EXISTING


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*EXISTING)


@pytest.fixture(autouse=True)
def _nothing_was_refused(world):
    yield
    assert world.refused() == []


def unseen(environment):
    """Give the checks that could not look, or that found the operator's own permissions wanting."""
    findings = environment.status()["preflight"]["findings"]
    return [one for one in findings if one["verdict"] == "Unknown" or one["check"].startswith("Caller")]


def test_environment_is_made_changed_and_deleted(world):
    world.upload("requirements.txt", "apache-airflow-providers-http\n")
    environment = world.environment("plain", **world.base_spec(), requirementsS3Path="requirements.txt")
    environment.allowed |= {"UpdateEnvironment": 2, "TagResource": 1, "UntagResource": 1}
    environment.apply(tags={"team": "data"}).wait_ready()
    assert unseen(environment) == []

    environment.apply(maxWorkers=5, tags={"unit": "platform"})
    world.until(lambda: environment.in_aws()["settings"].get("MaxWorkers") == 5, "update it")
    environment.wait_ready()
    world.until(lambda: "team" not in environment.in_aws()["tags"], "take a tag off")

    world.upload("requirements.txt", "apache-airflow-providers-ftp\n")
    environment.request_reconcile()
    world.until(lambda: len(environment.accepted("UpdateEnvironment")) == 2, "follow the file")
    environment.wait_ready()
    environment.delete()
    assert not environment.is_in_aws()
    assert environment.too_many_calls() == []


def test_failure_is_explained(world):
    world.upload("startup.sh", "set -e\ncurl -o /tmp/tool https://downloads.example.com/tool\nexit 1\n")
    environment = world.environment("failing", **world.base_spec(), startupScriptS3Path="startup.sh")
    environment.apply(
        policies={"preflight": "Warn"}, loggingConfiguration={"webserverLogs": {"enabled": True, "logLevel": "INFO"}}
    )
    environment.wait_reason("Stalled", "CreateFailed")
    causes = environment.status()["likelyCauses"]
    assert any("startup_script_execution" in cause["evidence"] for cause in causes)
    environment.delete()
