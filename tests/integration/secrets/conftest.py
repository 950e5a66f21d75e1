"""An operator that would look again in weeks, in namespaces with one kind of permission to read Secrets or another.

Resync is set so far away that whatever is seen here was watched, or is looked at again because something is amiss.
"""

from __future__ import annotations

import json
import random
import secrets
from pathlib import Path

import pytest
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import DEFAULT_REGION, SimulatedAws
from mwaa_sandbox.operator_process import OperatorProcess

ROOT = Path(__file__).parents[3]
SCALE = 120
WITHIN = 60
"""Seconds that anything may take on a busy machine."""
WEEKS = 100_000_000
DURATIONS = {"create": 120, "update": 120, "gracefulUpdate": 120, "rollback": 60, "delete": 60, "tombstone": 60}
"""Of AWS's time: a second each."""


class World:
    """One operator under its own service account, the namespace that it looks after, and the AWS account that it works in."""

    def __init__(self, cluster, aws, folder):
        self.cluster, self.aws = cluster, aws
        self.account = f"{random.randrange(10**11, 10**12)}"
        self.namespace = f"secrets-{secrets.token_hex(4)}"
        self.log_file = folder / f"{self.namespace}.log"
        self.operator = None
        cluster.kubectl("create", "namespace", self.namespace)
        self._kubeconfig = cluster.service_account_kubeconfig("mwaa-operator-system", "mwaa-operator")
        self._needs = make_prerequisites(
            aws.client_factory(account=self.account),
            name="shared",
            bucket=f"airflow-{self.account}",
            role_name="airflow-shared",
        )

    def kubectl(self, *arguments, **more):
        return self.cluster.kubectl(*arguments, f"--namespace={self.namespace}", **more)

    def start(self, **settings):
        """Start the operator, or start it again."""
        own = {"TIME_SCALE": str(SCALE), "RESYNC_SECONDS": str(WEEKS), "WATCH_NAMESPACES": self.namespace}
        self.operator = OperatorProcess.start(
            kubeconfig=self._kubeconfig,
            aws_environment=self.aws.environment(account=self.account),
            log_file=self.log_file,
            settings={**own, **settings},
        )
        return self

    def until(self, probe, what):
        """Return as soon as `probe()` is true; fails with the operator's log."""
        self.operator.process.wait_until(probe, WITHIN, what)

    # Permissions

    def allow_all(self):
        """As docs/operations.md says."""
        self._bind("clusterrole", "mwaa-operator-secret-reader")

    def allow_only(self, name, *verbs):
        """A role of the namespace's own, for one Secret."""
        self.kubectl(
            *("create", "role", "one-secret", f"--verb={','.join(verbs)}", "--resource=secrets"),
            f"--resource-name={name}",
        )
        self._bind("role", "one-secret")

    def _bind(self, kind, role):
        self.kubectl(
            *("create", "rolebinding", f"{kind}-{role}", f"--{kind}={role}"),
            "--serviceaccount=mwaa-operator-system:mwaa-operator",
        )

    # Objects

    def put_secret(self, name, **values):
        """Create a Secret, or change it. Values may be bytes."""
        data = {key: value.encode() if isinstance(value, str) else value for key, value in values.items()}
        arguments = []
        for key, value in data.items():
            file = self.log_file.with_name(f"{self.namespace}-{key}")
            file.write_bytes(value)
            arguments.append(f"--from-file={key}={file}")
        made = self.kubectl("create", "secret", "generic", name, *arguments, "--dry-run=client", "--output=json")
        self.kubectl("apply", "--filename=-", input=made.stdout)

    def delete_secret(self, name):
        self.kubectl("delete", f"secret/{name}")

    def apply(self, name, options, **spec):
        """A MwaaEnvironment with options from Secrets, {option: (Secret, key)}."""
        document = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {
                "sourceBucketArn": self._needs.bucket_arn,
                "dagS3Path": "dags",
                "executionRoleArn": self._needs.role_arn,
                "networkConfiguration": {
                    "subnetIds": list(self._needs.subnet_ids),
                    "securityGroupIds": list(self._needs.security_group_ids),
                },
                "airflowConfigurationSecrets": {
                    option: {"name": secret, "key": key} for option, (secret, key) in options.items()
                },
                **spec,
            },
        }
        self.kubectl("apply", "--filename=-", input=json.dumps(document))

    def available(self, name, options, **spec):
        self.apply(name, options, **spec)
        self.wait_ready(name)

    def get(self, name):
        return json.loads(self.kubectl("get", f"mwaa/{name}", "--output=json").stdout)

    def condition(self, name, kind):
        """A condition, an empty one if there is none of that type."""
        conditions = self.get(name).get("status", {}).get("conditions", [])
        return next((each for each in conditions if each["type"] == kind), {"status": "", "reason": "", "message": ""})

    def wait_reason(self, name, kind, reason):
        self.until(lambda: self.condition(name, kind)["reason"] == reason, f"say {kind} for {reason} of {name}")
        return self.condition(name, kind)

    def wait_ready(self, name):
        """Until AWS runs the current spec and nothing more is to be done."""

        def ready():
            status = self.get(name).get("status", {})
            conditions = {each["type"]: each["status"] for each in status.get("conditions", [])}
            return conditions.get("Ready") == conditions.get("Synced") == "True" and not {
                "Reconciling",
                "Stalled",
            } & set(conditions)

        self.until(ready, f"make {name} ready")

    # AWS

    def options(self, name):
        """What AWS has, nothing masked."""
        found = self.aws.admin.environment(self.account, DEFAULT_REGION, name)
        return found["settings"]["AirflowConfigurationOptions"]

    def wait_option(self, name, option, value):
        self.until(lambda: self.options(name).get(option) == value, f"apply {option} to {name}")
        self.wait_ready(name)

    def calls(self, name, operation):
        return self.aws.admin.calls(service="airflow", account=self.account, environment=name, operation=operation)

    def updates(self, name):
        """How many UpdateEnvironment have arrived."""
        return len(self.calls(name, "UpdateEnvironment"))

    def close(self):
        if self.operator is not None:
            self.operator.stop()
        for name in self.kubectl("get", "mwaa", "--output=name").stdout.split():
            self.kubectl("patch", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}', check=False)
        self.cluster.kubectl("delete", "namespace", self.namespace, "--wait=false")


@pytest.fixture(scope="session")
def quick_aws():
    with SimulatedAws.start(time_scale=SCALE, quota=1000) as running:
        running.admin.set_durations(
            **{name: {"meanSeconds": seconds, "spread": 0.1} for name, seconds in DURATIONS.items()}
        )
        yield running


@pytest.fixture(scope="session")
def installed(control_plane):
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
    return control_plane


@pytest.fixture(scope="module")
def new_world(installed, quick_aws, tmp_path_factory):
    """Makes worlds whose operator is not running yet. They end with the module."""
    made, folder = [], tmp_path_factory.mktemp("secrets")

    def make(cluster=installed):
        made.append(World(cluster, quick_aws, folder))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture(scope="module")
def world(new_world):
    """A running operator, and a namespace in which it may read all Secrets."""
    made = new_world()
    made.allow_all()
    return made.start()


@pytest.fixture
def name():
    """For the Secret and the environment of one test."""
    return f"test-{secrets.token_hex(4)}"
