"""An operator in a namespace whose ConfigMaps it may read, and environments whose code comes from them.

Resync is set so far away that whatever is seen here was watched, or is looked at again because something is amiss.
"""

from __future__ import annotations

import json
import secrets

import pytest

from tests.integration.operator.environment import Environment
from tests.integration.world import OperatorWorld, fast_aws, inhabited

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
HOURS = 36_000
"""Of AWS's time: five minutes of ours."""
READER = "mwaa-operator-config-map-reader"


class Coded(Environment):
    """An environment with code from artifacts, and with a bucket of its own."""

    def __init__(self, world, name, *, artifacts, allow=None, **spec):
        self.needs = world.make_prerequisites(name)
        self.bucket = self.needs.bucket_arn.rpartition(":")[2]
        super().__init__(
            world,
            name,
            {
                **world.base_spec(self.needs),
                "webserverAccessMode": "PUBLIC_ONLY",
                **({} if artifacts is None else {"artifacts": artifacts}),
                **spec,
            },
            allow=allow or {},
            refusals=0,
        )
        # The one file that every bucket of the sandbox begins with is somebody else's.
        self.others = set(self.files())

    def artifacts(self, **changes):
        """Change what is asked for."""
        return self.apply(artifacts={**self.spec["artifacts"], **changes})

    def apply_with(self, *documents, **changes):
        """kubectl apply of other objects and this one together, after changes to the spec."""
        self.spec |= changes
        items = [*documents, json.loads(self.document())]
        whole = {"apiVersion": "v1", "kind": "List", "items": items}
        self.world.kubectl("apply", "--filename=-", input=json.dumps(whole))

    # What is in the bucket

    def files(self):
        """The keys of what is in the bucket, without what the operator remembers there."""
        listed = self.world.client("s3").list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(each["Key"] for each in listed if not each["Key"].startswith(".mwaa-operator/"))

    def read(self, key, version=None):
        which = {} if version is None else {"VersionId": version}
        return self.world.client("s3").get_object(Bucket=self.bucket, Key=key, **which)["Body"].read().decode()

    def put(self, key, text):
        """Put a file into the bucket as somebody who does not know the operator; gives its version."""
        return self.world.client("s3").put_object(Bucket=self.bucket, Key=key, Body=text.encode())["VersionId"]

    def versions(self, key):
        """How many versions of a file there are, and marks of its removal."""
        found = self.world.client("s3").list_object_versions(Bucket=self.bucket, Prefix=key)
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))

    def manifest(self):
        """What the operator remembers in the bucket."""
        return json.loads(self.read(f".mwaa-operator/{self.world.namespace}.{self.name}.json"))

    # Waiting

    def wait_files(self, *keys):
        """Until exactly these files are in the bucket, beside those that were there before."""
        self.world.until(
            lambda: set(self.files()) == self.others | set(keys), f"have {', '.join(keys)} in the bucket of {self.name}"
        )

    def wait_file(self, key, text):
        self.world.until(
            lambda: key in self.files() and self.read(key) == text, f"have {text!r} in {key} of {self.name}"
        )

    def wait_code(self, reason):
        """Until the condition of the code says so; gives the message."""
        self.wait_reason("ArtifactsReady", reason)
        return self.condition("ArtifactsReady")["message"]

    def wait_settled(self):
        """Until AWS runs the current spec and nothing more is to be done."""

        def settled():
            found = self.get()
            conditions = {each["type"]: each["status"] for each in found.get("status", {}).get("conditions", [])}
            return (
                found["status"].get("observedGeneration") == found["metadata"]["generation"]
                and conditions.get("Ready") == conditions.get("Synced") == conditions.get("ArtifactsReady") == "True"
                and not {"Reconciling", "Stalled"} & set(conditions)
            )

        self.world.until(settled, f"settle {self.name}")

    def updates(self):
        """The parameters of each UpdateEnvironment that AWS has carried out."""
        return self.accepted("UpdateEnvironment")


class World(OperatorWorld):
    """A world with ConfigMaps."""

    def __init__(self, control_plane, aws, kubeconfig, folder):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="artifacts")
        self.bind("clusterrole", READER)

    def coded(self, name, /, **more):
        """A MwaaEnvironment with code, not applied yet."""
        return Coded(self, name, **more)

    def config_map(self, name, **files):
        """A ConfigMap, not applied yet. Underscores in names stand for dots."""
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": self.namespace},
            "data": {file.replace("_", "."): text for file, text in files.items()},
        }

    def put_config_map(self, name, **files):
        """Create a ConfigMap, or replace it."""
        self.kubectl("apply", "--filename=-", input=json.dumps(self.config_map(name, **files)))


@pytest.fixture(scope="session")
def coded_aws():
    with fast_aws(DURATIONS, spread=0.1) as running:
        yield running


@pytest.fixture(scope="module")
def world(installed, coded_aws, kubeconfig, tmp_path_factory, recorder):
    """A running operator."""
    made = World(installed, coded_aws, kubeconfig, tmp_path_factory.mktemp("artifacts"))
    with inhabited(made, recorder, RESYNC_SECONDS=str(HOURS)):
        yield made


@pytest.fixture
def name():
    """For the ConfigMap and the environment of one test."""
    return f"test-{secrets.token_hex(4)}"
