"""The plugin as kubectl starts it, for people with a kubeconfig and AWS credentials of their own, beside the operator as it is shipped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION
from mwaa_sandbox.process import clean_environment

from tests.integration.waiting import met
from tests.integration.world import ENVIRONMENTS, WITHIN, OperatorWorld, fast_aws

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
PROGRAMS = Path(sys.executable).parent


class World(OperatorWorld):
    """A world that people look at with `kubectl mwaa`."""

    def mwaa(self, *arguments, code=0, aws=True, cluster=True, stdin=None, **variables):
        """Run a command, and hold it to its exit code. Without `aws` there are no credentials, without `cluster` no kubeconfig."""
        return run(self.variables(aws=aws, cluster=cluster, **variables), *arguments, code=code, stdin=stdin)

    def document(self, *arguments, code=0, **more):
        """What a command tells programs."""
        return json.loads(self.mwaa(*arguments, "--output=json", code=code, **more).stdout)

    def variables(self, *, aws=True, cluster=True, **variables):
        """A person's environment."""
        path = f"{self.control_plane.assets.kubectl.parent}:{PROGRAMS}:/usr/bin:/bin"
        kubeconfig = self.control_plane.kubeconfig if cluster else "/nowhere/kubeconfig"
        credentials = self.aws.environment(account=self.account) if aws else {"AWS_EC2_METADATA_DISABLED": "true"}
        return clean_environment(
            **{
                **credentials,
                "PATH": path,
                "HOME": "/nowhere",
                "KUBECACHEDIR": str(self.folder / "kubectl-cache"),
                "KUBERC": "off",
                "KUBECONFIG": str(kubeconfig),
                "MWAA_OPERATOR_TIME_SCALE": str(self.scale),
                **variables,
            }
        )

    def manifest(self, name, /, **spec):
        """A MwaaEnvironment as a file, not applied."""
        document = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {**self.base_spec(), **spec},
        }
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    def apply(self, name, /, *, ready=False, **spec):
        """The same, applied."""
        self.kubectl("apply", "--filename", self.manifest(name, **spec))
        if ready:
            self.wait(name, "condition=Ready")

    def wait(self, name, what):
        self.until(lambda: met(self.get(name), what), f"bring {name} to {what}")

    def get(self, name):
        return self.objects.get(ENVIRONMENTS, name)

    def calls(self, name, *operations):
        """What arrived in AWS for an environment from the operator."""
        found = self.aws.admin.calls(service="airflow", account=self.account, environment=name)
        own = [call for call in found if "mwaa-operator" in call.user_agent]
        return [call for call in own if not operations or call.operation in operations]

    def make_environment(self, name, **members):
        """An environment in AWS that somebody made without the operator, AVAILABLE."""
        self.aws.admin.script_outcome("create", "success", environment=name, account=self.account, duration_seconds=0)
        fields = {field[:1].upper() + field[1:]: value for field, value in self.base_spec().items()}
        network = {"SubnetIds": list(self.made.subnet_ids), "SecurityGroupIds": list(self.made.security_group_ids)}
        self.client("mwaa").create_environment(Name=name, **{**fields, "NetworkConfiguration": network, **members})
        assert self.aws.admin.environment(self.account, DEFAULT_REGION, name)["status"] == "AVAILABLE"


def run(variables, *arguments, code=0, stdin=None):
    """`kubectl mwaa`, as kubectl finds it in PATH."""
    done = subprocess.run(
        ["kubectl", "mwaa", *arguments],
        env=variables,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN * 2,
    )
    assert done.returncode == code, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="session")
def quick_aws():
    """A simulated AWS of these tests' own, in which operations take a minute of its time."""
    with fast_aws(DURATIONS, spread=0.2) as running:
        yield running


@pytest.fixture(scope="module")
def world(installed, quick_aws, kubeconfig, tmp_path_factory):
    """A namespace and an AWS account with an operator, and a person whose kubeconfig has that namespace for its default."""
    folder = tmp_path_factory.mktemp("kubectl")
    made = World(installed, quick_aws, kubeconfig, folder, prefix="kubectl")
    made.folder = folder
    made.run_operator()
    yield made
    made.objects.delete_all(ENVIRONMENTS)
    made.close()


@pytest.fixture
def mwaa(world):
    """Runs a command in the world's namespace."""

    def command(*arguments, **more):
        return world.mwaa(*arguments, f"--namespace={world.namespace}", **more)

    return command


@pytest.fixture
def told(world):
    """What a command tells programs, in the world's namespace."""

    def command(*arguments, **more):
        return world.document(*arguments, f"--namespace={world.namespace}", **more)

    return command
