"""Kubernetes takes back what it allowed: writes of the status, permissions."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

TRIES = 12
"""Of a write that is refused for a few seconds: they wait longer and longer for each other."""


@pytest.fixture
def no_status_writes(control_plane, world):
    """Deny every write of a status in the world's namespace, until told to end."""
    name = f"no-status-{world.namespace}"
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["mwaa-operator.dev"],
                        "apiVersions": ["*"],
                        "operations": ["UPDATE"],
                        "resources": ["mwaaenvironments/status"],
                    }
                ]
            },
            "validations": [{"expression": "false", "message": "not now"}],
        },
    }
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": world.namespace}}},
        },
    }
    both = json.dumps({"apiVersion": "v1", "kind": "List", "items": [policy, binding]})

    def begin(denied):
        control_plane.kubectl("apply", "--filename=-", input=both)
        world.until(lambda: not may_write(denied), "be kept from writing a status")

    def end():
        control_plane.kubectl("delete", "--filename=-", "--ignore-not-found", input=both)

    yield begin, end
    end()


def may_write(environment):
    """Whether the API server, which learns of policies with a delay, lets a status be written."""
    patch = '--patch={"status":{}}'
    command = ("patch", f"mwaa/{environment.name}", "--subresource=status", "--type=merge", "--dry-run=server", patch)
    return environment.world.kubectl(*command, check=False).returncode == 0


def test_nothing_is_called_that_could_not_be_remembered(world, no_status_writes, patches):
    begin, end = no_status_writes
    edited = world.available("edited", maxWorkers=5, allow={"UpdateEnvironment": 1})
    begin(edited)
    new = world.environment("new").apply()
    edited.apply(maxWorkers=8)
    already = {each.name: patches(each) for each in (new, edited)}
    for each in (new, edited):
        world.until(lambda each=each: patches(each) >= already[each.name] + 4, f"try to write {each.name}")
    assert new.calls("CreateEnvironment") == edited.calls("UpdateEnvironment") == []
    end()
    for each in (new, edited):
        each.wait_ready()
    assert edited.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert len(new.calls("CreateEnvironment")) == 1
    assert patches(new) + patches(edited) < 2 * (TRIES + 10)


def test_delete_goes_on_after_its_status_could_not_be_written(world, no_status_writes):
    begin, end = no_status_writes
    environment = world.available("doomed")
    begin(environment)
    environment.delete(wait=False)
    environment.wait_looks()
    end()
    world.until(lambda: not environment.exists(), "let it go")
    assert len(environment.calls("DeleteEnvironment")) == 1


def test_permissions_taken_away_and_given_back(world, control_plane):
    """With the API server restarted in between, so that the watch has to be allowed anew."""
    binding = json.loads(control_plane.kubectl("get", "clusterrolebinding/mwaa-operator", "--output=json").stdout)
    edited = world.available("permitted", maxWorkers=5, allow={"UpdateEnvironment": 1})
    creating = world.environment("creating")
    creating.script("create", duration_seconds=600)
    creating.apply().wait_aws_status("CREATING")
    control_plane.kubectl("delete", "clusterrolebinding/mwaa-operator")
    control_plane.restart_api_server()
    edited.apply(maxWorkers=8)
    world.until(lambda: creating.in_aws()["status"] == "AVAILABLE", "outlive the create")
    for name in ("resourceVersion", "uid", "creationTimestamp"):
        del binding["metadata"][name]
    control_plane.kubectl("create", "--filename=-", input=json.dumps(binding))
    for each in (edited, creating):
        each.wait_ready()
    assert edited.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert len(creating.calls("CreateEnvironment")) == 1
