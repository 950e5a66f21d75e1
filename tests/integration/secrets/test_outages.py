"""Secrets stay watched whatever becomes of the API server, and are watched only while an environment takes an option from them."""

from __future__ import annotations

import re

import pytest
from mwaa_sandbox.cluster import ControlPlane, ensure_assets

from tests.integration.world import install

PASSWORD = "smtp.smtp_password"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own_cluster():
    """A control plane that may be broken without disturbing anybody, and in which nobody else watches Secrets by name."""
    with ControlPlane.start(assets=ensure_assets()) as cluster:
        install(cluster)
        yield cluster


@pytest.fixture(scope="module")
def world(own_cluster, new_world):
    made = new_world(own_cluster)
    made.allow_secrets()
    return made.start()


def watches(cluster):
    """How many Secrets are watched by their name, by the API server's own count."""
    found = 0.0
    for line in cluster.kubectl("get", "--raw=/metrics").stdout.splitlines():
        if line.startswith("apiserver_longrunning_requests{") and 'resource="secrets"' in line:
            scope = re.search(r'scope="(\w+)"', line)[1]
            found += float(line.rpartition(" ")[2]) if scope != "cluster" else 0
    return found


def test_secrets_are_watched_while_they_are_named_and_no_longer(world, own_cluster, name):
    one, two = f"{name}-one", f"{name}-two"
    for secret in (one, two):
        world.put_secret(secret, password="first-password")
    assert watches(own_cluster) == 0
    world.available("first", {PASSWORD: (one, "password"), "smtp.smtp_user": (one, "password")})
    world.available("second", {PASSWORD: (one, "password"), "smtp.smtp_user": (two, "password")})
    world.until(lambda: watches(own_cluster) == 2, "watch each Secret once")
    world.apply("second", {PASSWORD: (one, "password")})
    world.until(lambda: watches(own_cluster) == 1, "end the watch of the Secret that nobody names any more")
    world.kubectl("delete", "mwaa/first", timeout=60)
    world.put_secret(one, password="second-password")
    world.wait_option("second", PASSWORD, "second-password")
    assert watches(own_cluster) == 1
    world.kubectl("delete", "mwaa/second", timeout=60)
    world.until(lambda: watches(own_cluster) == 0, "end the last watch")


def test_secrets_are_watched_again_after_the_api_server_was_restarted(world, own_cluster, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.until(lambda: watches(own_cluster) == 1, "watch the Secret")
    own_cluster.restart_api_server()
    # Before the operator can have come back, and after it has.
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    world.until(lambda: watches(own_cluster) == 1, "watch the Secret again")
    world.put_secret(name, password="third-password")
    world.wait_option(name, PASSWORD, "third-password")
    assert world.updates(name) == 2


def test_secrets_are_watched_again_after_etcd_was_restarted(world, own_cluster, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    own_cluster.restart_etcd()
    world.put_secret(name, password="second-password")
    world.wait_option(name, PASSWORD, "second-password")
    assert world.updates(name) == 1


def test_operator_with_open_watches_stops_at_once_and_quietly(world, own_cluster, name):
    world.put_secret(name, password="first-password")
    world.available(name, {PASSWORD: (name, "password")})
    world.until(lambda: watches(own_cluster) >= 1, "watch the Secret")
    assert world.operator.stop() == 0
    assert "Traceback" not in world.log_file.read_text()
    assert "Unclosed" not in world.log_file.read_text()
    world.start()
