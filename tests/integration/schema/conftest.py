"""A real API server that knows the committed CRDs, and documents to give it."""

from __future__ import annotations

import copy
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mwaa_sandbox.cluster import ControlPlane

CRDS = Path(__file__).parents[3] / "crds"
SERVED_WITHIN = 30  # seconds from the CRD's acceptance until kubectl finds the kind

MINIMAL: dict[str, Any] = {
    "apiVersion": "mwaa-operator.dev/v1alpha1",
    "kind": "MwaaEnvironment",
    "metadata": {"name": "ricsue-dublin"},
    "spec": {
        "sourceBucketArn": "arn:aws:s3:::airflow-mybucket",
        "dagS3Path": "dags",
        "executionRoleArn": "arn:aws:iam::123456789012:role/airflow-demo",
        "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
    },
}

Changes = Mapping[str | tuple[str, ...], Any]


class Removed:
    """Stands for a field that a document is to be without."""


def changed(document: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Copy a document and set members of its spec: a name, or a path of names, to a value."""
    result = copy.deepcopy(dict(document))
    for path, value in changes.items():
        *parents, last = (path,) if isinstance(path, str) else path
        node = result["spec"]
        for parent in parents:
            node = node.setdefault(parent, {})
        if value is Removed:
            del node[last]
        else:
            node[last] = value
    return result


class Schema:
    """What the API server says about documents, through the real kubectl."""

    def __init__(self, control_plane: ControlPlane, namespace: str) -> None:
        self._control_plane = control_plane
        self._namespace = namespace

    def kubectl(self, verb: str, document: Mapping[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
        """Give a document to kubectl, which asks for strict validation of fields by itself."""
        return self._control_plane.kubectl(
            verb, "--namespace", self._namespace, *options, "-f", "-", input=json.dumps(document), check=False
        )

    def refuses(self, document: Mapping[str, Any]) -> str:
        """Create a document that must be refused, and give the answer."""
        done = self.kubectl("create", document, "--dry-run=server")
        assert done.returncode != 0, f"the API server takes {document}"
        return done.stderr

    def accepts(self, document: Mapping[str, Any]) -> None:
        """Create a document that must not be refused, without keeping it."""
        done = self.kubectl("create", document, "--dry-run=server")
        assert done.returncode == 0, done.stderr

    def read(self, name: str) -> dict[str, Any]:
        """Give an object as it is stored."""
        done = self._control_plane.kubectl("get", "mwaa", name, "--namespace", self._namespace, "--output=json")
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="session")
def installed(control_plane: ControlPlane) -> ControlPlane:
    """The control plane, serving the committed CRDs."""
    control_plane.kubectl("apply", "--server-side", "-f", str(CRDS))
    control_plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", str(CRDS))
    deadline = time.monotonic() + SERVED_WITHIN
    while control_plane.kubectl("explain", "mwaa.spec", check=False).returncode != 0:
        assert time.monotonic() < deadline, f"the API server does not serve the CRD after {SERVED_WITHIN} s"
    return control_plane


@pytest.fixture(scope="session")
def schema(installed: ControlPlane) -> Schema:
    """The schema as the API server enforces it, for documents that are not kept; so one namespace does for all."""
    installed.kubectl("create", "namespace", "schema-rules")
    return Schema(installed, "schema-rules")


@pytest.fixture
def stored(installed: ControlPlane, namespace: str) -> Schema:
    """The same for documents that are kept, in a namespace of the test's own."""
    return Schema(installed, namespace)


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """Make a document that is valid but for the changes that are asked for."""
    return lambda changes=None, **metadata: {
        **changed(MINIMAL, changes or {}),
        "metadata": {**MINIMAL["metadata"], **metadata},
    }


@pytest.fixture
def without() -> type[Removed]:
    """The value of a field that a document is to be without."""
    return Removed
