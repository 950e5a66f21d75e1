"""An operator that asks Airflow and CloudWatch, beside environments whose web server it can reach, and one where it cannot.

AWS's time runs 120 times as fast as ours, and so do the rhythms of the looks.
"""

from __future__ import annotations

from functools import partial

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION

from tests.integration.world import ENVIRONMENTS, WITHIN, OperatorWorld
from tests.integration.world import fast_aws as start_fast_aws

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}


class World(OperatorWorld):
    """One operator and its environments."""

    def apply(self, name, **spec):
        document = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": name},
            "spec": {**self.base_spec(), "webserverAccessMode": "PUBLIC_ONLY", **spec},
        }
        self.objects.apply(ENVIRONMENTS, document)
        return Environment(self, name)

    def put_dag(self, file, source):
        bucket = self.made.bucket_arn.rpartition(":")[2]
        self.client("s3").put_object(Bucket=bucket, Key=f"dags/{file}", Body=source.encode())

    def remove_dag(self, file):
        bucket = self.made.bucket_arn.rpartition(":")[2]
        self.client("s3").delete_object(Bucket=bucket, Key=f"dags/{file}")


class Environment:
    """One MwaaEnvironment."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.where = (world.account, DEFAULT_REGION, name)

    @property
    def status(self):
        return self.world.objects.get(ENVIRONMENTS, self.name).get("status", {})

    def condition(self, kind):
        return next((one for one in self.status.get("conditions", []) if one["type"] == kind), {})

    def wait(self, kind, status, reason):
        """Wait until a condition is so; gives it."""
        wanted = {"status": status, "reason": reason}
        found = partial(self.condition, kind)
        self.world.until(
            lambda: {name: found().get(name) for name in wanted} == wanted, f"say {kind} {wanted}", seconds=2 * WITHIN
        )
        return found()

    def events(self):
        return [(one["reason"], one["type"]) for one in self.world.objects.events(name=self.name)]

    def calls(self, operation):
        return self.world.aws.admin.calls(account=self.world.account, operation=operation, environment=self.name)


@pytest.fixture(scope="module")
def world(control_plane, kubeconfig, tmp_path_factory, recorder):
    recorder.follow(control_plane)
    with start_fast_aws(DURATIONS, spread=0.1) as aws:
        made = World(control_plane, aws, kubeconfig, tmp_path_factory.mktemp("companions"), prefix="companions")
        made.run_operator()
        yield made
        made.close()


@pytest.fixture(scope="module")
def environment(world):
    """An environment that is Ready."""
    made = world.apply("reached")
    made.wait("Ready", "True", "Available")
    return made
