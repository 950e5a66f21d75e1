"""A namespace that verifications are allowed in, code to verify, and somebody in the place of Kubernetes' Job controller and kubelet."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from pathlib import Path

import pytest
from kubernetes.aio import config
from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts import verification as module
from mwaa_operator.controller.artifacts.jobs import Jobs
from mwaa_operator.controller.artifacts.verification import Verification
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.planning.ownership import Identity

from tests.integration.world import OPERATOR, install

from .kubelet import DIES, Kubelet

VERSION = "3.3.1"
REGION = "eu-west-1"
RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"


class World:
    """One object's code, and what verifying it comes to."""

    def __init__(self, control_plane, namespace, account, folder):
        self.account, self.folder, self.namespace = account, folder, namespace
        self._control_plane = control_plane
        self.kubelet = Kubelet(self.kubectl, folder / "kubelet")
        self.bucket = f"airflow-{account.account}"
        self.storage = account.client("s3")
        self.storage.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.storage.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.uid = self._owner()
        self.record = f".mwaa-operator/{namespace}.etl.verified"

    def kubectl(self, *arguments, **more):
        return self._control_plane.kubectl(*arguments, f"--namespace={self.namespace}", **more)

    def documents(self, kind):
        return json.loads(self.kubectl("get", kind, "--output=json").stdout)["items"]

    def allow(self):
        self.kubectl(
            *("create", "rolebinding", "verifier", "--clusterrole=mwaa-operator-verifier"),
            f"--serviceaccount={':'.join(OPERATOR)}",
        )

    def stored(self):
        """All versions of all that is in the bucket, marks of deletions included."""
        found = self.storage.list_object_versions(Bucket=self.bucket)
        return [each["Key"] for member in ("Versions", "DeleteMarkers") for each in found.get(member, [])]

    def gathered(self, dags):
        files = {}
        for number, (path, text) in enumerate(dags.items()):
            at = self.folder / f"file-{number}"
            at.write_text(text, encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            files[f"dags/{path}"] = SourceFile(path, len(text.encode()), digest, at)
        return Gathered(dags=files)

    def verify(self, dags, *, meanwhile=None, version=VERSION):
        """What a new operator process finds, while `meanwhile` happens in the cluster; None if that says that the process dies."""
        return asyncio.run(self._verify(dags, meanwhile, version))

    async def _verify(self, dags, meanwhile, version):
        kubeconfig = self._control_plane.service_account_kubeconfig(*OPERATOR)
        api = await config.new_client_from_config(config_file=str(kubeconfig))
        verification = Verification(Jobs(api), Clients(connections=2), image="apache/airflow:{version}-python{python}")
        try:
            verifying = verification.verify(Key(self.namespace, "etl"), self.gathered(dags), self._wish(version))
            if meanwhile is None:
                return await verifying
            task = asyncio.create_task(verifying)
            if await asyncio.to_thread(meanwhile) is DIES:
                task.cancel()
                await asyncio.wait([task])
                return None
            return await task
        finally:
            await api.close()
            verification.stop()

    def _wish(self, version):
        return Wish(
            generation=1,
            artifacts=Artifacts(verify="Airflow"),
            identity=Identity(cluster="c", namespace=self.namespace, name="etl", uid=self.uid),
            region=REGION,
            bucket=self.bucket,
            folder="dags/",
            keys={},
            adopt=False,
            airflow_version=version,
            private=False,
            running_folder=None,
        )

    def _owner(self):
        """The object that Jobs belong to: without it Kubernetes would collect them as garbage."""
        spec = {
            "sourceBucketArn": f"arn:aws:s3:::{self.bucket}",
            "dagS3Path": "dags",
            "executionRoleArn": "arn:aws:iam::123456789012:role/etl",
            "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
        }
        document = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": "etl"},
            "spec": spec,
        }
        made = self.kubectl("create", "--filename=-", "--output=json", input=json.dumps(document)).stdout
        return json.loads(made)["metadata"]["uid"]


@pytest.fixture
def world(control_plane, namespace, simulated_aws, tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, value in simulated_aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "LOOKS_SECONDS", 0.1)
    install(control_plane)
    control_plane.kubectl("label", "namespace", namespace, RESTRICTED)
    return World(control_plane, namespace, simulated_aws, Path(tmp_path))
