"""A control plane, an AWS and operators of these tests' own, so that any of them may break.

The words for what people and AWS do, and the guard against hot loops, are those of the other tests of the operator.
Every test ends with two guards: calls to AWS stay within what the test says, and the operator's memory stays where it was.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.cluster.audit import AuditLog

from tests.integration.operator import conftest as operator_tests
from tests.integration.world import OPERATOR, install

fast_aws, worlds, new_world = operator_tests.fast_aws, operator_tests.worlds, operator_tests.new_world
hot_loop_guard = operator_tests.hot_loop_guard

GROWTH_MB = 40
"""More than caches, connections and threads take, and less than a leak in a loop."""
USER = f"system:serviceaccount:{':'.join(OPERATOR)}"


@pytest.fixture(scope="package")
def audit(tmp_path_factory):
    """What the operators have asked of the API server."""
    return AuditLog(tmp_path_factory.mktemp("audit"), user=USER)


@pytest.fixture(scope="package")
def control_plane(audit):
    with ControlPlane.start(assets=ensure_assets(), api_server_flags=audit.flags()) as running:
        install(running)
        yield running


@pytest.fixture(scope="package")
def kubeconfig(control_plane):
    return control_plane.service_account_kubeconfig(*OPERATOR)


@pytest.fixture(scope="module")
def world(new_world):
    """A world with its operator running, which has made its first checks: for these boto3 loads what it knows of EC2, IAM, S3 and KMS."""
    made = new_world()
    made.start_operator()
    made.available("first").delete()
    return made


@pytest.fixture(autouse=True)
def memory_guard(worlds):
    """Hold what outlives an outage to what was there before it."""
    before = {each.operator.process.pid: resident_mb(each) for each in worlds if running(each)}
    yield
    for each in worlds:
        if running(each) and each.operator.process.pid in before:
            grown = resident_mb(each) - before[each.operator.process.pid]
            assert grown < GROWTH_MB, f"the operator has grown by {grown:.0f} MB"


def running(world):
    return world.operator is not None and world.operator.process.poll() is None


def resident_mb(world):
    status = Path(f"/proc/{world.operator.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


@pytest.fixture
def patches(audit):
    """Count what the operators have written to an object so far, all of it or what was answered with one HTTP status."""

    def count(environment, resource="mwaaenvironments/status", *, answered=None):
        # Other modules have objects of the same name in namespaces of their own.
        wanted = ("patch", resource, environment.world.namespace, environment.name)
        return sum(
            (each.verb, each.resource, each.namespace, each.name) == wanted and answered in {None, each.status}
            for each in audit.requests()
        )

    return count
