"""`import`: what it writes takes an environment over and changes nothing in it."""

from __future__ import annotations

import pytest
import yaml

MASKED = {"smtp.smtp_password": "hunter2", "core.default_timezone": "utc"}


LOOKS = {"GetEnvironment", "ListEnvironments", "InvokeRestApi", "CreateWebLoginToken"}
"""Calls of the operator that change nothing; Airflow is asked for its health."""


def by_the_operator(world, name):
    return {call.operation for call in world.calls(name)} - LOOKS


def settings(world, name):
    """All that AWS has of it, but for the tags that say whose it is."""
    found = world.client("mwaa").get_environment(Name=name)["Environment"]
    tags = {key: value for key, value in found.pop("Tags", {}).items() if not key.startswith("mwaa-operator.dev/")}
    return {key: value for key, value in found.items() if key != "LastUpdate"} | {"Tags": tags}


def take_over(world, text, name):
    """Apply what was written, and give the object's conditions and what the operator called."""
    world.kubectl("apply", "--filename=-", input=text)
    world.wait(name, "condition=Ready")
    world.mwaa("reconcile", name, "--wait", f"--namespace={world.namespace}")
    return by_the_operator(world, world.get(name)["spec"].get("name", name))


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("plain", {}),
        ("masked", {"AirflowConfigurationOptions": MASKED}),
        (
            "rich",
            {
                "AirflowVersion": "2.10.3",
                "EnvironmentClass": "mw1.medium",
                "MinWorkers": 2,
                "MaxWorkers": 7,
                "Schedulers": 3,
                "WebserverAccessMode": "PUBLIC_ONLY",
                "WeeklyMaintenanceWindowStart": "SUN:14:00",
                "AirflowConfigurationOptions": {"core.default_timezone": "utc"},
                "LoggingConfiguration": {"TaskLogs": {"Enabled": True, "LogLevel": "WARNING"}},
                "Tags": {
                    "team": "data",
                    "cost centre": "42",
                    "backup": "y",
                    "month": "08",
                    "commit": "12e3",
                    "day": "2026-11-22",
                },
            },
        ),
    ],
)
def test_imported_environment_is_taken_over_unchanged(world, name, members):
    world.make_environment(name, **members)
    before = settings(world, name)
    written = world.mwaa("import", f"--name={name}").stdout
    assert take_over(world, written, name) == {"TagResource"}
    assert settings(world, name) == before
    assert world.document("plan", name, f"--namespace={world.namespace}")["standing"] == "settled"


def test_file_stays_at_the_version_that_runs(world):
    bucket, key = world.made.bucket_arn.rpartition(":")[2], "imported/requirements.txt"
    storage = world.client("s3")
    first = storage.put_object(Bucket=bucket, Key=key, Body=b"pandas==2.2.3\n")["VersionId"]
    world.make_environment("filed", RequirementsS3Path=key, RequirementsS3ObjectVersion=first)
    storage.put_object(Bucket=bucket, Key=key, Body=b"pandas==2.2.4\n")
    written = world.mwaa("import", "--name=filed").stdout
    assert take_over(world, written, "filed") == {"TagResource"}
    assert settings(world, "filed")["RequirementsS3ObjectVersion"] == first


def test_values_that_aws_hides_are_not_written_and_said_to_be_left_alone(world):
    world.make_environment("hiding", AirflowConfigurationOptions=MASKED)
    done = world.mwaa("import", "--name=hiding")
    assert "***" not in done.stdout
    assert "smtp.smtp_password" in done.stderr
    assert "airflowConfigurationOptions" not in yaml.safe_load(done.stdout)["spec"]


def test_all_leaves_out_what_an_operator_looks_after_and_names_objects_as_kubernetes_can(world):
    world.make_environment("Old_One")
    world.make_environment("old-one")
    world.apply("looked-after", ready=True)
    done = world.mwaa("import", "--all")
    documents = list(yaml.safe_load_all(done.stdout))
    named = {
        document["spec"].get("name", document["metadata"]["name"]): document["metadata"]["name"]
        for document in documents
    }
    assert named["Old_One"] == "old-one"
    assert named["old-one"].startswith("old-one-")
    assert "looked-after" not in named
    assert "looked-after is left out" in done.stderr


def test_what_was_written_for_all_can_be_applied(world):
    world.make_environment("Third_One")
    written = world.document("import", "--all", f"--namespace={world.namespace}")
    for item in written["items"]:
        world.kubectl("apply", "--dry-run=server", "--filename=-", input=yaml.safe_dump(item))


def test_environment_that_is_not_there_is_told(world):
    assert "There is no environment nobody in eu-west-1" in world.mwaa("import", "--name=nobody", code=1).stderr
