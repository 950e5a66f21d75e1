"""Airflow options from Secrets: applied, followed, asked for when missing, and never shown."""

from __future__ import annotations

import base64

import pytest

OPTION = "smtp.smtp_password"
"""One that AWS masks."""
CANARY = "canary-0d9f6c"


@pytest.fixture(scope="module")
def world(new_world):
    """One that may read Secrets, and writes all that it ever would to its log."""
    made = new_world(LOG_LEVEL="DEBUG")
    made.allow_secrets()
    made.start_operator()
    return made


def keep(world, secret, **values):
    """Make a Secret, or change it."""
    literals = [f"--from-literal={key}={value}" for key, value in values.items()]
    made = world.kubectl("create", "secret", "generic", secret, *literals, "--dry-run=client", "--output=yaml").stdout
    world.kubectl("apply", "--server-side", "--filename=-", input=made)


def from_secret(secret, key="password"):
    return {OPTION: {"name": secret, "key": key}}


def options(environment):
    return environment.in_aws()["settings"]["AirflowConfigurationOptions"]


def test_option_from_a_secret_is_applied_and_followed(world):
    keep(world, "followed", password=f"{CANARY}-1")
    environment = world.available(
        "followed", allow={"UpdateEnvironment": 1}, airflowConfigurationSecrets=from_secret("followed")
    )
    assert options(environment) == {OPTION: f"{CANARY}-1"}
    keep(world, "followed", password=f"{CANARY}-2")
    world.until(lambda: options(environment) == {OPTION: f"{CANARY}-2"}, "apply the changed Secret")
    environment.wait_ready()
    environment.wait_looks()


@pytest.mark.parametrize("missing", ["secret", "key"])
def test_missing_secret_or_key_is_a_condition_and_goes_on_when_it_is_there(world, missing):
    secret = f"late-{missing}"
    if missing == "key":
        keep(world, secret, other="something")
    environment = world.environment(secret, airflowConfigurationSecrets=from_secret(secret)).apply()
    environment.wait_reason("Stalled", "SecretNotFound")
    assert secret in environment.condition("Stalled")["message"]
    assert environment.calls("CreateEnvironment") == []
    keep(world, secret, password=CANARY, other="something")
    environment.wait_ready()
    assert options(environment) == {OPTION: CANARY}


def test_environment_whose_secret_is_missing_can_be_deleted(world):
    keep(world, "lost", password=CANARY)
    environment = world.available("lost", airflowConfigurationSecrets=from_secret("lost"))
    world.kubectl("delete", "secret", "lost")
    environment.delete()
    assert not environment.is_in_aws()


def test_value_of_an_option_is_nowhere_in_what_the_operator_writes(world):
    """Through a create, a change, a refusal in which AWS repeats the value, a failed update, and drift."""
    keep(world, "canary", password=f"{CANARY}-a")
    environment = world.environment(
        "canary", allow={"UpdateEnvironment": 3}, refusals=20, airflowConfigurationSecrets=from_secret("canary")
    )
    said = f"Value '{{{OPTION}={CANARY}-a}}' at 'airflowConfigurationOptions' is not liked here"
    environment.fault("validation", "CreateEnvironment", count=1, message=said)
    environment.apply().wait_ready()
    environment.script("update", "rolled_back_available", error={"code": "BAD", "message": f"{CANARY}-b is weak"})
    keep(world, "canary", password=f"{CANARY}-b")
    environment.wait_reason("Stalled", "UpdateFailed")
    keep(world, "canary", password=f"{CANARY}-c")
    environment.wait_ready()
    environment.change_in_aws(AirflowConfigurationOptions={OPTION: f"{CANARY}-c", "core.parallelism": CANARY})
    world.until(lambda: options(environment) == {OPTION: f"{CANARY}-c"}, "put the options right")
    environment.wait_ready()
    environment.wait_event("Drifted", "Warning")
    written = {
        "object": world.kubectl("get", "mwaa/canary", "--output=yaml", "--show-managed-fields").stdout,
        "events": world.kubectl("get", "events", "--output=yaml").stdout,
        "log": world.operator.process.log_text(),
        "metrics": world.operator.get("/metrics"),
    }
    assert "is not liked here" in written["log"] + written["events"]
    encoded = base64.b64encode(CANARY.encode()).decode().rstrip("=")
    found = [(where, word) for where, text in written.items() for word in (CANARY, encoded) if word in text]
    assert found == []


def test_without_permission_to_read_secrets_the_condition_says_which_role_to_bind(new_world):
    world = new_world()
    world.start_operator()
    keep(world, "closed", password=CANARY)
    environment = world.environment("closed", airflowConfigurationSecrets=from_secret("closed")).apply()
    environment.wait_reason("Stalled", "SecretNotFound")
    assert "mwaa-operator-secret-reader" in environment.condition("Stalled")["message"]
    world.allow_secrets()
    environment.wait_ready()
