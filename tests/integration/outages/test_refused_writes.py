"""Kubernetes takes back what it allowed: status writes, permissions, fields of the schema, the kind itself, the namespace."""

from __future__ import annotations

import copy
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from tests.integration.operator.conftest import ROOT

pytestmark = pytest.mark.slow

CRD = "mwaaenvironments.mwaa-operator.dev"
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


def older_schema():
    """The CRD as a version that knew less of the status, and of the spec, would have it."""
    crd = yaml.safe_load((ROOT / "crds" / "mwaa-operator.dev_mwaaenvironments.yaml").read_text())
    older = copy.deepcopy(crd)
    for version in older["spec"]["versions"]:
        properties = version["schema"]["openAPIV3Schema"]["properties"]
        status = properties["status"]["properties"]
        for name in ("driftedFields", "plan", "lastHandledReconcileAt"):
            del status[name]
        for name in ("requestId", "contested"):
            del status["lastOperation"]["properties"][name]
        del properties["spec"]["properties"]["weeklyMaintenanceWindowStart"]
    return json.dumps(crd), json.dumps(older)


def test_crd_of_an_older_schema_makes_no_loop_and_no_call_twice(world, control_plane, patches):
    current, older = older_schema()
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "--filename=-", input=older)
    try:
        environment = world.available("older", maxWorkers=5, allow={"UpdateEnvironment": 2})
        environment.apply(maxWorkers=8)
        world.until(lambda: environment.accepted("UpdateEnvironment"), "update it")
        environment.wait_ready()
        environment.change_in_aws(MaxWorkers=3)
        world.until(lambda: len(environment.accepted("UpdateEnvironment")) == 2, "correct the drift")
        environment.wait_ready()
        looks, written = len(environment.calls("GetEnvironment")), patches(environment)
        environment.wait_looks(6)
        assert patches(environment) - written <= len(environment.calls("GetEnvironment")) - looks
        environment.script("update", "rolled_back_available")
        environment.allowed["UpdateEnvironment"] = 3
        environment.apply(maxWorkers=9).wait_reason("Stalled", "UpdateFailed")
        environment.wait_looks(4)
        assert len(environment.accepted("UpdateEnvironment")) == 3
        environment.delete()
        assert not environment.is_in_aws()
    finally:
        control_plane.kubectl("apply", "--server-side", "--force-conflicts", "--filename=-", input=current)


def test_crd_is_deleted_and_made_anew(world, control_plane):
    """Which takes all environments along."""
    current, _ = older_schema()
    environment = world.available("before")
    delete_crd(control_plane)
    assert not environment.is_in_aws()
    make_crd(control_plane, current)
    world.available("after")


def test_operator_that_starts_before_the_crd_waits_for_it(world, control_plane):
    current, _ = older_schema()
    delete_crd(control_plane)
    world.operator.kill()
    log = world.operator.process.log_file
    log.write_text("")
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(world.start_operator)
        deadline = time.monotonic() + 60
        while "is not installed yet" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not starting.done(), "it is not ready before that"
        make_crd(control_plane, current)
        starting.result()
    world.available("late")


def delete_crd(control_plane):
    control_plane.kubectl("delete", f"crd/{CRD}", timeout=120)


def make_crd(control_plane, document):
    control_plane.kubectl("apply", "--server-side", "--filename=-", input=document)
    control_plane.kubectl("wait", "--for=condition=Established", f"crd/{CRD}")


def test_namespace_is_deleted_with_all_that_is_in_it(new_world, control_plane):
    world = new_world()
    world.start_operator()
    resting = world.available("resting")
    creating = world.environment("creating")
    creating.script("create", duration_seconds=600)
    creating.apply().wait_aws_status("CREATING")
    control_plane.kubectl("delete", f"namespace/{world.namespace}", timeout=120)
    for each in (resting, creating):
        assert not each.is_in_aws()
        assert len(each.calls("DeleteEnvironment")) == 1
    control_plane.kubectl("create", "namespace", world.namespace)
    world.available("after")
