"""The operator as it is shipped, beside a real API server and a simulated AWS, and short words for what people and AWS do to it.

Each module has a `world`: one operator process under its own service account, a namespace, and an AWS account. Tests that
stop or kill an operator make worlds of their own with `new_world`. AWS's time and the operator's waits run `SCALE` times as
fast as ours, and what takes AWS half an hour takes it a minute here, half a second of ours: a test that has to catch AWS at
work holds it there. Every test ends with the hot loop guard: what
each environment cost in calls to AWS has to be what the test says it may cost.
"""

from __future__ import annotations

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION

from tests.integration.world import ENVIRONMENTS, OperatorWorld
from tests.integration.world import ROOT as ROOT  # noqa: PLC0414 - others take it from here
from tests.integration.world import fast_aws as start_fast_aws

from .environment import Environment

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
RESYNC_SECONDS = 60
"""Of AWS's time: how often environments at rest are looked at. Shorter than the default, so that a test can wait for several looks."""


class World(OperatorWorld):
    """A world that keeps an eye on its environments."""

    def __init__(self, control_plane, aws, kubeconfig, folder, settings):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="operator")
        self.environments = []
        self._settings = settings

    def start_operator(self, **more):
        """Start the operator, again with the same settings if it ran before."""
        return self.run_operator(**{"RESYNC_SECONDS": str(RESYNC_SECONDS), **self._settings, **more})

    def environment(self, name, /, *, prerequisites=None, allow=None, refusals=0, **spec):
        """A MwaaEnvironment that has not been applied yet."""
        base = self.base_spec(prerequisites)
        made = Environment(self, name, {**base, **spec}, allow=allow or {}, refusals=refusals)
        self.environments.append(made)
        return made

    def available(self, name, /, **more):
        """A MwaaEnvironment that is Ready."""
        made = self.environment(name, **more)
        made.apply().wait_ready()
        return made

    def make_environment(self, name, **members):
        """An environment in AWS that somebody made without the operator; gives its raw state when it is AVAILABLE."""
        self.aws.admin.script_outcome("create", "success", environment=name, account=self.account, duration_seconds=0)
        self.client("mwaa").create_environment(
            Name=name,
            DagS3Path="dags",
            SourceBucketArn=self.made.bucket_arn,
            ExecutionRoleArn=self.made.role_arn,
            NetworkConfiguration={
                "SubnetIds": list(self.made.subnet_ids),
                "SecurityGroupIds": list(self.made.security_group_ids),
            },
            **members,
        )
        made = self.aws.admin.environment(self.account, DEFAULT_REGION, name)
        assert made["status"] == "AVAILABLE"
        return made

    def end_of_test(self):
        """Hold every environment of the test to what it may cost, and clear away what is left of them."""
        found = {each: each.too_many_calls() for each in self.environments}
        logs = [f"{each.name}: {'; '.join(said)}\n{each.call_log()}" for each, said in found.items() if said]
        self.environments.clear()
        self.objects.delete_all(ENVIRONMENTS)
        return logs


@pytest.fixture(scope="session")
def fast_aws():
    """A simulated AWS of these tests' own: how fast its time runs, and how long things take, is one for all of it."""
    with start_fast_aws(DURATIONS, spread=0.2) as running:
        yield running


@pytest.fixture(scope="session")
def worlds():
    """All worlds that are open."""
    return []


@pytest.fixture(scope="module")
def new_world(control_plane, fast_aws, kubeconfig, tmp_path_factory, worlds, recorder):
    """Makes worlds, with settings of the operator; the operator is not started yet. They end with the module."""
    recorder.follow(control_plane)
    folder, made = tmp_path_factory.mktemp("operator"), []

    def make(**settings):
        world = World(control_plane, fast_aws, kubeconfig, folder, settings)
        made.append(world)
        worlds.append(world)
        return world

    yield make
    for world in made:
        worlds.remove(world)
        world.close()


@pytest.fixture(scope="module")
def world(new_world):
    """The world of the module, with its operator running."""
    made = new_world()
    made.start_operator()
    return made


@pytest.fixture(autouse=True)
def hot_loop_guard(worlds):
    """No environment may cost more calls to AWS than its test says: a loop that goes hot stays unseen otherwise."""
    yield
    logs = [log for world in worlds for log in world.end_of_test()]
    if logs:
        pytest.fail("Calls to AWS beyond what the test allows:\n" + "\n".join(logs), pytrace=False)
