"""An operator that would look again in weeks, in namespaces with one kind of permission to read Secrets or another.

Resync is set so far away that whatever is seen here was watched, or is looked at again because something is amiss.
"""

from __future__ import annotations

import json
import secrets

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION

from tests.integration.world import OPERATOR, OperatorWorld, fast_aws

WEEKS = 100_000_000
DURATIONS = {"create": 120, "update": 120, "gracefulUpdate": 120, "rollback": 60, "delete": 60, "tombstone": 60}
"""Of AWS's time: a second each."""


class World(OperatorWorld):
    """A world whose environments have options from Secrets."""

    def __init__(self, control_plane, aws, folder):
        kubeconfig = control_plane.service_account_kubeconfig(*OPERATOR)
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="secrets")

    def start(self, **settings):
        """Start the operator, or start it again."""
        self.run_operator(**{"RESYNC_SECONDS": str(WEEKS), **settings})
        return self

    # Permissions

    def allow_only(self, name, *verbs):
        """A role of the namespace's own, for one Secret."""
        self.kubectl(
            *("create", "role", "one-secret", f"--verb={','.join(verbs)}", "--resource=secrets"),
            f"--resource-name={name}",
        )
        self.bind("role", "one-secret")

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
                **self.base_spec(),
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


@pytest.fixture(scope="session")
def quick_aws():
    with fast_aws(DURATIONS, spread=0.1) as running:
        yield running


@pytest.fixture(scope="module")
def new_world(installed, quick_aws, tmp_path_factory, recorder):
    """Makes worlds whose operator is not running yet, on the control plane that all share or on another. They end with the module."""
    made, folder = [], tmp_path_factory.mktemp("secrets")

    def make(control_plane=installed):
        recorder.follow(control_plane)
        made.append(World(control_plane, quick_aws, folder))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture(scope="module")
def world(new_world):
    """A running operator, and a namespace in which it may read all Secrets."""
    made = new_world()
    made.allow_secrets()
    return made.start()


@pytest.fixture
def name():
    """For the Secret and the environment of one test."""
    return f"test-{secrets.token_hex(4)}"
