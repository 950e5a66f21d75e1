"""MwaaDagRuns come later than MwaaEnvironments: an operator that was upgraded before their CRD was installed does its other work."""

from __future__ import annotations

import json

import pytest

from tests.integration.operator.conftest import ROOT

pytestmark = pytest.mark.slow

CRD = "mwaadagruns.mwaa-operator.dev"
FILE = str(ROOT / "crds" / "mwaa-operator.dev_mwaadagruns.yaml")
RUN = {
    "apiVersion": "mwaa-operator.dev/v1alpha1",
    "kind": "MwaaDagRun",
    "metadata": {"name": "early"},
    "spec": {"environmentRef": {"name": "nowhere"}, "dagId": "etl"},
}


def created(world):
    return world.kubectl("apply", "--filename=-", input=json.dumps(RUN), check=False).returncode == 0


def told(world):
    answer = world.kubectl("get", "mwaadagruns/early", "--output=jsonpath={.status.conditions[0].reason}", check=False)
    return answer.stdout == "WaitingForEnvironment"


def install(control_plane):
    control_plane.kubectl("apply", "--filename", FILE)
    control_plane.kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=60s", timeout=65)


def test_runs_are_looked_after_once_their_crd_is_there(world, control_plane):
    control_plane.kubectl("delete", f"crd/{CRD}", "--timeout=60s", timeout=65)
    world.operator.kill()
    world.start_operator()
    world.available("meanwhile").delete()
    install(control_plane)
    world.until(lambda: created(world), "let a run be created")
    world.until(lambda: told(world), "look at the run")


def test_environments_are_looked_after_by_the_same_process_while_runs_cannot_be_watched(world, control_plane):
    """As with a role that is older than the operator: kopf gives up on all that it watches together."""
    process = world.operator.process
    control_plane.kubectl("delete", f"crd/{CRD}", "--timeout=60s", timeout=65)
    world.until(lambda: "MwaaDagRuns cannot be watched" in world.log_file.read_text(), "give runs up")
    world.available("beside").delete()
    install(control_plane)
    world.until(lambda: created(world), "let a run be created")
    world.until(lambda: told(world), "look at the run")
    assert world.operator.process is process
    assert world.operator.ready()
