"""The operator as it is shipped, in an AWS account with nothing in it.

NAT gateways, endpoints and environments come and go as slowly as in AWS, `SCALE` times as fast as ours.
"""

from __future__ import annotations

import json
from functools import partial

import pytest
from mwaa_sandbox.aws.inventory import inventory

from tests.integration.operator.environment import Environment
from tests.integration.world import OperatorWorld, inhabited
from tests.integration.world import fast_aws as start_fast_aws

DURATIONS = {"create": 300, "update": 120, "gracefulUpdate": 120, "delete": 120, "tombstone": 30}
FROM_NOTHING = {"executionRole": {}, "logRetentionDays": 30, "network": {}}


class World(OperatorWorld):
    """A world that lists what is in its account."""

    def __init__(self, control_plane, aws, kubeconfig, folder):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="provision")

    def environment(self, name, /, *, provision=None, **spec):
        """A MwaaEnvironment that brings all it needs, and has not been applied yet."""
        asked = {**FROM_NOTHING, "bucket": {"name": self.bucket_of(name)}} if provision is None else provision
        whole = {"environmentClass": "mw1.small", "provision": asked, **spec}
        return Environment(self, name, whole, allow={}, refusals=0)

    def bucket_of(self, name):
        return f"airflow-{self.account}-{name}"

    def inventory(self):
        """Kind and id of all there is in the account."""
        return inventory(partial(self.aws.client, account=self.account))

    def kinds(self):
        """How many there are of each kind."""
        kinds = [kind for kind, _ in self.inventory()]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    def log(self):
        """What the operator has logged, as objects."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines() if line.startswith("{")]


@pytest.fixture(scope="session")
def slow_aws():
    """A simulated AWS of these tests' own."""
    with start_fast_aws(DURATIONS, spread=0.0) as running:
        yield running


@pytest.fixture(scope="module")
def shared_world(control_plane, slow_aws, kubeconfig, tmp_path_factory, recorder):
    """An account for all tests of a module, whose operator looks at what is at rest each minute of AWS's time."""
    made = World(control_plane, slow_aws, kubeconfig, tmp_path_factory.mktemp("provision"))
    with inhabited(made, recorder, RESYNC_SECONDS="60"):
        yield made


@pytest.fixture
def world(control_plane, slow_aws, kubeconfig, tmp_path, recorder):
    """An empty account, and the operator running."""
    made = World(control_plane, slow_aws, kubeconfig, tmp_path)
    with inhabited(made, recorder):
        yield made
