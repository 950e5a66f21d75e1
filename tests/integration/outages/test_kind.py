"""The kind itself changes, goes and comes back, and so does a namespace: with a CRD as somebody else has left it the operator goes on."""

from __future__ import annotations

import copy
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from tests.integration.operator.conftest import ROOT
from tests.integration.world import ENVIRONMENTS, WITHIN, wait_until_served

pytestmark = pytest.mark.slow

CRD = "mwaaenvironments.mwaa-operator.dev"


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
    after = world.environment("after").apply()
    until_ready(after, world)


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


def until_ready(environment, world):
    """With an operator that is started again when it has ended: it does where its watch came to a kind that was not there."""
    deadline = time.monotonic() + WITHIN
    while (environment.condition("Ready") or {}).get("status") != "True":
        ended = world.operator.process.poll()
        if ended is not None:
            assert ended == 1
            world.start_operator()
        assert time.monotonic() < deadline, world.operator.process.log_tail()
        time.sleep(0.2)


def delete_crd(control_plane):
    control_plane.kubectl("delete", f"crd/{CRD}", timeout=120)


def make_crd(control_plane, document):
    control_plane.kubectl("apply", "--server-side", "--filename=-", input=document)
    wait_until_served(control_plane, ENVIRONMENTS)


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
