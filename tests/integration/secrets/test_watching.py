"""A change of a Secret that an option comes from is applied at once, to every environment that names it, and to no other."""

from __future__ import annotations

import hashlib
import json

import pytest

PASSWORD = "smtp.smtp_password"

pytestmark = pytest.mark.slow


def test_changed_secret_is_applied_at_once_and_once(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    assert world.options(name) == {PASSWORD: "first-password"}
    looks = len(world.calls(name, "GetEnvironment"))
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1
    assert len(world.calls(name, "GetEnvironment")) > looks


def test_every_environment_of_a_secret_follows_it_and_others_are_left_alone(world, name):
    world.put_secret(name, password="first-password")
    one, two, apart = f"{name}-one", f"{name}-two", f"{name}-apart"
    world.put_secret(apart, password="another-password")
    for each in (one, two):
        world.apply(each, {PASSWORD: (name, "password"), "smtp.smtp_user": (name, "password")})
    world.apply(apart, {PASSWORD: (apart, "password")})
    for each in (one, two, apart):
        world.wait_ready(each)
    # What Airflow answers, or does not, is said in a pass of its own, which looks once more.
    world.wait_reason(apart, "AirflowHealthy", "AirflowUnreachable")
    looks = len(world.calls(apart, "GetEnvironment"))
    world.put_secret(name, password="second-password")
    for each in (one, two):
        world.wait_option(each, PASSWORD, "second-password")
        assert world.options(each)["smtp.smtp_user"] == "second-password"
    assert [world.updates(each) for each in (one, two, apart)] == [1, 1, 0]
    assert len(world.calls(apart, "GetEnvironment")) == looks


def test_deleted_secret_is_said_and_the_environment_left_alone_until_there_is_another(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.delete_secret(name)
    stalled = world.wait_reason(name, "Stalled", "SecretNotFound")
    assert f"{name}, key password" in stalled["message"]
    assert PASSWORD in stalled["message"]
    assert world.condition(name, "Ready")["status"] == "True"
    assert world.options(name) == {PASSWORD: "first-password"}
    world.put_secret(name, another="key")
    world.wait_reason(name, "Stalled", "SecretNotFound")
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1


def test_secret_made_anew_with_the_same_value_costs_nothing(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.delete_secret(name)
    world.wait_reason(name, "Stalled", "SecretNotFound")
    world.put_secret(name, password="first-password")
    world.wait_ready(name)
    assert world.updates(name) == 0


def test_change_while_no_operator_runs_is_applied_by_the_next_one(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.operator.kill()
    world.put_secret(name, password="second-password")
    world.start()
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1


def test_environment_is_deleted_though_its_secret_is_gone(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.delete_secret(name)
    world.kubectl("delete", f"mwaa/{name}", timeout=60)
    assert len(world.calls(name, "DeleteEnvironment")) == 1


def test_status_tells_that_a_value_changed_and_not_what_it_is(world, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    first = world.get(name)["status"]
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    second = world.get(name)["status"]
    assert first["lastApplied"]["optionsHash"] != second["lastApplied"]["optionsHash"]
    for status, value in ((first, "first-password"), (second, "second-password")):
        assert value not in json.dumps(status)
        for guess in (value, json.dumps({PASSWORD: value}), json.dumps({PASSWORD: value}, separators=(",", ":"))):
            for algorithm in ("md5", "sha1", "sha256", "sha512"):
                digest = hashlib.new(algorithm, guess.encode(), usedforsecurity=False).hexdigest()
                assert digest[:16] not in json.dumps(status)


@pytest.mark.parametrize(
    ("value", "flaw"),
    [
        (b"", "is empty"),
        (b"tr0ub4dor\n", "ends with a line break"),
        (b"tr0ub\nd4or", "not printable ASCII"),
        ("tr0ubadör".encode(), "not printable ASCII"),
        (b"\xff\xfetr0ub4dor", "not printable ASCII"),
        (b"tr0ub4dor" * 8000, "is longer than 65536 characters"),
    ],
    ids=["empty", "line break at the end", "line break within", "not ASCII", "not UTF-8", "too long"],
)
def test_value_that_aws_would_refuse_is_said_without_being_told(world, name, value, flaw):
    world.put_secret(name, password=value)
    world.apply(name, {PASSWORD: (name, "password")})
    stalled = world.wait_reason(name, "Stalled", "InvalidConfiguration")
    assert flaw in stalled["message"]
    assert PASSWORD in stalled["message"]
    assert f"{name}, key password" in stalled["message"]
    assert "tr0ub" not in json.dumps(world.get(name))
    assert "tr0ub" not in world.log_file.read_text(errors="replace")
    assert world.calls(name, "CreateEnvironment") == []
    world.put_secret(name, password="right-password")
    world.wait_ready(name)
    assert world.options(name) == {PASSWORD: "right-password"}
