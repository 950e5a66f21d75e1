"""However little a namespace's owner allows: it is said, nothing breaks, and what is allowed later is made use of by itself."""

from __future__ import annotations

import json

import pytest

PASSWORD = "smtp.smtp_password"

pytestmark = pytest.mark.slow


def test_role_for_a_single_secret_is_enough_to_watch_it(new_world, name):
    world = new_world()
    world.allow_only(name, "get", "list", "watch")
    world.start()
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1
    assert "403" not in world.log_file.read_text()


def test_without_permission_it_says_what_to_bind_and_goes_on_once_bound(new_world, name):
    world = new_world().start()
    world.put_secret(name, password="first-password")
    world.apply(name, {PASSWORD: (name, "password")})
    stalled = world.wait_reason(name, "Stalled", "SecretNotFound")
    assert "mwaa-operator-secret-reader" in stalled["message"]
    assert world.calls(name, "CreateEnvironment") == []
    world.allow_secrets()
    world.wait_ready(name)
    assert world.options(name) == {PASSWORD: "first-password"}
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1


def test_permission_to_read_alone_works_is_warned_of_once_and_mended_by_more(new_world, name):
    world = new_world()
    world.allow_only(name, "get")
    # Its tries to watch are 30 ms apart here, so that there are many of them.
    world.start(TIME_SCALE="10000")
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.until(lambda: refusals(world, name) > 0, "warn that it cannot watch")
    world.put_secret(name, password="second-password")
    world.kubectl("annotate", f"mwaa/{name}", "mwaa-operator.dev/reconcile-requested-at=now")
    world.wait_option(name, PASSWORD, "second-password")
    assert refusals(world, name) == 1
    world.put_secret(name, password="third-password")
    world.allow_secrets()
    world.wait_option(name, PASSWORD, "third-password")
    assert world.updates(name) == 2


def test_token_of_a_service_account_is_not_passed_on(new_world, name):
    """Who may write a MwaaEnvironment is not always who may act as the namespace's service accounts."""
    world = new_world().start()
    world.allow_secrets()
    token = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {"name": name, "annotations": {"kubernetes.io/service-account.name": name}},
        "stringData": {"token": "of-somebody"},
    }
    world.kubectl("create", "serviceaccount", name)
    world.kubectl("apply", "--filename=-", input=json.dumps(token))
    world.apply(name, {PASSWORD: (name, "token")})
    said = world.wait_reason(name, "Stalled", "InvalidConfiguration")["message"]
    assert "not passed on" in said
    assert world.calls(name, "CreateEnvironment") == []


def refusals(world, name):
    return sum(
        "only seen at the next look" in line and f"{world.namespace}/{name}" in line
        for line in world.log_file.read_text().splitlines()
    )
