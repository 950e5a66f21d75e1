"""What every world of these tests has: an operator as it is shipped, a namespace that it looks after, and an AWS account."""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from functools import cached_property
from pathlib import Path

from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.operator_process import OperatorProcess

from tests.integration.api import GROUP, ApiError, Namespace, api_of
from tests.integration.warm import LAUNCH

ROOT = Path(__file__).parents[2]
SCALE = 120
"""How many times as fast as ours AWS's time and the operator's waits run."""
WITHIN = 60
"""Seconds that anything may take on a busy machine."""
ENVIRONMENTS, RUNS = "mwaaenvironments", "mwaadagruns"
"""The kinds, as the API has them in its paths."""
OPERATOR = ("mwaa-operator-system", "mwaa-operator")
"""Its service account, as namespace and name."""


def install(control_plane):
    """Apply the manifests that are shipped: the kind, and the operator's permissions and no others."""
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
    wait_until_served(control_plane, ENVIRONMENTS, RUNS)


def wait_until_served(control_plane, *kinds):
    """Return when the API server answers for kinds whose CRDs are there. It takes a moment to."""
    api, deadline = api_of(control_plane), time.monotonic() + WITHIN
    for kind in kinds:
        while api.get(f"{GROUP}/{kind}", limit=1) is None:
            assert time.monotonic() < deadline, f"nobody serves {kind}"
            time.sleep(0.02)


@contextlib.contextmanager
def fast_aws(durations, *, spread):
    """A simulated AWS of these tests' own, in which operations take so many seconds of its time, more or less."""
    with SimulatedAws.start(time_scale=SCALE, quota=1000, warm=True) as running:
        running.admin.set_durations(
            **{name: {"meanSeconds": seconds, "spread": spread} for name, seconds in durations.items()}
        )
        yield running


class OperatorWorld:
    """A namespace and an AWS account, and the operator that is started for them. It is not started yet."""

    scale = SCALE

    def __init__(self, control_plane, aws, kubeconfig, folder, *, prefix):
        self.control_plane, self.aws = control_plane, aws
        self.account = f"{random.randrange(10**11, 10**12)}"
        self.namespace = f"{prefix}-{secrets.token_hex(4)}"
        self.log_file = folder / f"{self.namespace}.log"
        self.operator = None
        self._kubeconfig = kubeconfig
        self.objects = Namespace(api_of(control_plane), self.namespace)
        self.objects.make()

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

    def run_operator(self, **settings):
        """Start the operator, or start it again."""
        own = {
            "TIME_SCALE": str(SCALE),
            "WATCH_NAMESPACES": self.namespace,
            "WEBSERVER_ENDPOINT": self.aws.endpoint,  # AWS's names of web servers are nobody's here
        }
        self.operator = OperatorProcess.start(
            kubeconfig=self._kubeconfig,
            aws_environment=self.aws.environment(account=self.account),
            log_file=self.log_file,
            settings={**own, **settings},
            launch=LAUNCH,
        )
        return self.operator

    def bind(self, kind, role):
        """Give the operator a Role or a ClusterRole in this namespace."""
        self.kubectl(
            *("create", "rolebinding", f"{kind}-{role}", f"--{kind}={role}"),
            f"--serviceaccount={':'.join(OPERATOR)}",
        )

    def allow_secrets(self):
        """Let the operator read Secrets here, as docs/operations.md says."""
        self.bind("clusterrole", "mwaa-operator-secret-reader")

    def base_spec(self, needs=None):
        """What every spec has to name, for the prerequisites that all share or for others."""
        needs = needs or self.made
        return {
            "sourceBucketArn": needs.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": needs.role_arn,
            "networkConfiguration": {
                "subnetIds": list(needs.subnet_ids),
                "securityGroupIds": list(needs.security_group_ids),
            },
        }

    def until(self, probe, what, seconds=WITHIN):
        """Return as soon as `probe()` is true; fails with the operator's log."""
        self.operator.process.wait_until(probe, seconds, what)

    def close(self):
        """Stop the operator, and take the finalizers off that nobody will take off any more."""
        if self.operator is not None:
            self.operator.stop()
        self.let_go(ENVIRONMENTS)
        self.objects.remove()

    def let_go(self, kind):
        """Take the finalizers off all objects of a kind."""
        for found in self.objects.list(kind):
            with contextlib.suppress(ApiError):  # it may have gone meanwhile
                self.objects.patch(kind, found["metadata"]["name"], {"metadata": {"finalizers": None}})


@contextlib.contextmanager
def inhabited(world, recorder, **settings):
    """A world whose operator runs and whose objects are recorded from the start. Both end with the block."""
    recorder.follow(world.control_plane)
    world.run_operator(**settings)
    yield world
    world.close()
