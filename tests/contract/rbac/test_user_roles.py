"""People see and change MwaaEnvironments and MwaaDagRuns by Kubernetes' own roles view, edit and admin."""

from __future__ import annotations

import time

import pytest

AGGREGATED_WITHIN = 30
"""Seconds. The controller manager writes the roles anew when a role with one of their labels appears."""


@pytest.fixture
def users(installed, namespace):
    """One user for each of Kubernetes' roles, named like it."""
    if not installed.has_controller_manager:
        pytest.skip("these binaries are without the controller manager, which puts aggregated roles together")
    for role in ("view", "edit", "admin"):
        installed.kubectl(
            *("create", "rolebinding", role, f"--namespace={namespace}", f"--clusterrole={role}", f"--user={role}-user")
        )

    def may(role, verb, resource, *options):
        answer = installed.kubectl(
            *("auth", "can-i", verb, resource, *options, f"--namespace={namespace}", f"--as={role}-user"), check=False
        )
        return answer.stdout.strip() == "yes"

    deadline = time.monotonic() + AGGREGATED_WITHIN
    while not all(may(role, "get", "mwaaenvironments") for role in ("view", "edit", "admin")):
        assert time.monotonic() < deadline, "the roles were not put together"
        time.sleep(0.2)
    return may


KINDS = ["mwaaenvironments", "mwaadagruns"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["view", "edit", "admin"])
def test_whoever_may_view_a_namespace_sees_its_objects(users, role, kind):
    assert all(users(role, verb, kind) for verb in ("get", "list", "watch"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["edit", "admin"])
def test_whoever_may_edit_a_namespace_edits_its_objects(users, role, kind):
    assert all(users(role, verb, kind) for verb in ("create", "update", "patch", "delete"))


@pytest.mark.parametrize("kind", KINDS)
def test_viewers_change_nothing(users, kind):
    assert not any(users("view", verb, kind) for verb in ("create", "update", "patch", "delete"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["view", "edit", "admin"])
def test_nobody_but_the_operator_writes_the_status(users, role, kind):
    assert not any(users(role, verb, kind, "--subresource=status") for verb in ("update", "patch"))
