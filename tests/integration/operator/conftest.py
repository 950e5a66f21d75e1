"""The operator as it is shipped, beside a real API server and a simulated AWS, and short words for what people and AWS do to it.

Each module has a `world`: one operator process under its own service account, a namespace, and an AWS account. Tests that
stop or kill an operator make worlds of their own with `new_world`. AWS's time and the operator's waits run `SCALE` times as
fast as ours, and what takes AWS half an hour takes it a minute here, half a second of ours: a test that has to catch AWS at
work holds it there. Every test ends with the hot loop guard: what
each environment cost in calls to AWS has to be what the test says it may cost.
"""

from __future__ import annotations

import random
import secrets
from functools import cached_property
from pathlib import Path

import pytest
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import DEFAULT_REGION, SimulatedAws
from mwaa_sandbox.operator_process import OperatorProcess

from .environment import WITHIN, Environment

ROOT = Path(__file__).parents[3]
SCALE = 120
DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
RESYNC_SECONDS = 60
"""Of AWS's time: how often environments at rest are looked at. Shorter than the default, so that a test can wait for several looks."""


class World:
    """One operator, the namespace that it looks after, and the AWS account that it works in."""

    scale = SCALE

    def __init__(self, control_plane, aws, kubeconfig, folder, settings):
        self.control_plane, self.aws = control_plane, aws
        self.account = f"{random.randrange(10**11, 10**12)}"
        self.namespace = f"operator-{secrets.token_hex(4)}"
        self.environments = []
        self.operator = None
        self._kubeconfig, self._folder, self._settings = kubeconfig, folder, settings
        control_plane.kubectl("create", "namespace", self.namespace)

    @cached_property
    def made(self):
        """Bucket, network and role that environments share."""
        return self.make_prerequisites("shared")

    def make_prerequisites(self, name):
        """A bucket, a network and a role of one's own."""
        clients = self.aws.client_factory(account=self.account)
        return make_prerequisites(
            clients, name=name, bucket=f"airflow-{self.account}-{name}", role_name=f"airflow-{name}"
        )

    def client(self, service):
        return self.aws.client(service, account=self.account)

    def kubectl(self, *arguments, **more):
        return self.control_plane.kubectl(*arguments, f"--namespace={self.namespace}", **more)

    def start_operator(self, **more):
        """Start the operator, again with the same settings if it ran before."""
        own = {"TIME_SCALE": str(SCALE), "RESYNC_SECONDS": str(RESYNC_SECONDS), "WATCH_NAMESPACES": self.namespace}
        self.operator = OperatorProcess.start(
            kubeconfig=self._kubeconfig,
            aws_environment=self.aws.environment(account=self.account),
            log_file=self._folder / f"{self.namespace}.log",
            settings={**own, **self._settings, **more},
        )
        return self.operator

    def allow_secrets(self):
        """Let the operator read Secrets here, as docs/operations.md says."""
        self.kubectl(
            *("create", "rolebinding", "mwaa-operator-secret-reader", "--clusterrole=mwaa-operator-secret-reader"),
            "--serviceaccount=mwaa-operator-system:mwaa-operator",
        )

    def environment(self, name, /, *, prerequisites=None, allow=None, refusals=0, **spec):
        """A MwaaEnvironment that has not been applied yet."""
        needs = prerequisites or self.made
        base = {
            "sourceBucketArn": needs.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": needs.role_arn,
            "networkConfiguration": {
                "subnetIds": list(needs.subnet_ids),
                "securityGroupIds": list(needs.security_group_ids),
            },
        }
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

    def until(self, probe, what, seconds=WITHIN):
        """Return as soon as `probe()` is true; fails with the operator's log."""
        self.operator.process.wait_until(probe, seconds, what)

    def end_of_test(self):
        """Hold every environment of the test to what it may cost, and clear away what is left of them."""
        found = {each: each.too_many_calls() for each in self.environments}
        logs = [f"{each.name}: {'; '.join(said)}\n{each.call_log()}" for each, said in found.items() if said]
        self.environments.clear()
        self.kubectl("delete", "mwaa", "--all", "--wait=false")
        return logs

    def close(self):
        """Stop the operator, and take the finalizers off that nobody will take off any more."""
        if self.operator is not None:
            self.operator.stop()
        for name in self.kubectl("get", "mwaa", "--output=name").stdout.split():
            self.kubectl("patch", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}', check=False)
        self.control_plane.kubectl("delete", "namespace", self.namespace, "--wait=false")


@pytest.fixture(scope="session")
def fast_aws():
    """A simulated AWS of these tests' own: how fast its time runs, and how long things take, is one for all of it."""
    with SimulatedAws.start(time_scale=SCALE, quota=1000) as running:
        running.admin.set_durations(
            **{name: {"meanSeconds": seconds, "spread": 0.2} for name, seconds in DURATIONS.items()}
        )
        yield running


@pytest.fixture(scope="session")
def kubeconfig(control_plane):
    """The operator's own, with the permissions that are shipped and no others."""
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
    return control_plane.service_account_kubeconfig("mwaa-operator-system", "mwaa-operator")


@pytest.fixture(scope="session")
def worlds():
    """All worlds that are open."""
    return []


@pytest.fixture(scope="module")
def new_world(control_plane, fast_aws, kubeconfig, tmp_path_factory, worlds):
    """Makes worlds, with settings of the operator; the operator is not started yet. They end with the module."""
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
