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


def test_runs_are_looked_after_once_their_crd_is_there(world, control_plane):
    control_plane.kubectl("delete", f"crd/{CRD}", "--timeout=60s", timeout=65)
    world.operator.kill()
    world.start_operator()
    world.available("meanwhile").delete()
    control_plane.kubectl("apply", "--filename", FILE)
    control_plane.kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=60s", timeout=65)

    def created():
        return world.kubectl("apply", "--filename=-", input=json.dumps(RUN), check=False).returncode == 0

    def told():
        answer = world.kubectl(
            "get", "mwaadagruns/early", "--output=jsonpath={.status.conditions[0].reason}", check=False
        )
        return answer.stdout == "WaitingForEnvironment"

    world.until(created, "let a run be created")
    world.until(told, "look at the run")
