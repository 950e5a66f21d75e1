"""The people around the operator in one run: who applies, edits and deletes the object, and who meddles in AWS."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException
from mwaa_sandbox.aws.admin_client import AdminError
from mwaa_sandbox.aws.process import DEFAULT_REGION

from .world import SHORT_SECONDS, World

_KIND = ("mwaa-operator.dev", "v1alpha1")
_PLURAL = "mwaaenvironments"
_REQUESTED_AT = "mwaa-operator.dev/reconcile-requested-at"


class Actor:
    """Acts on one object and one environment of an AWS account, both called `name`, and looks at them."""

    def __init__(self, world: World, api: client.ApiClient, *, namespace: str, name: str, account: str) -> None:
        self.world = world
        self.account = account
        self.admin = world.aws.admin
        self.namespace = namespace
        self.name = name
        self._objects = client.CustomObjectsApi(api)
        self._where = (*_KIND, namespace, _PLURAL)
        self._storage = world.storage

    # In Kubernetes ---------------------------------------------------------------------------------------------------

    def apply(self, **spec: Any) -> None:
        """Apply an object that names what all environments of the world share."""
        self.apply_only(**self.world.spec(**spec))

    def apply_only(self, **spec: Any) -> None:
        """Apply an object with nothing in its spec but this."""
        document = {
            "apiVersion": "/".join(_KIND),
            "kind": "MwaaEnvironment",
            "metadata": {"name": self.name},
            "spec": spec,
        }
        self._objects.create_namespaced_custom_object(*self._where, document)

    def edit(self, **spec: Any) -> None:
        self.patch({"spec": spec})

    def request_reconcile(self) -> None:
        self.patch({"metadata": {"annotations": {_REQUESTED_AT: "now"}}})

    def patch(self, patch: Mapping[str, Any]) -> None:
        self._objects.patch_namespaced_custom_object(
            *self._where, self.name, patch, _content_type="application/merge-patch+json"
        )

    def delete(self) -> None:
        try:
            self._objects.delete_namespaced_custom_object(*self._where, self.name)
        except ApiException as error:
            if error.status != 404:
                raise

    def object(self) -> dict[str, Any] | None:
        """The object as it is, None if it is gone."""
        try:
            found: dict[str, Any] = self._objects.get_namespaced_custom_object(*self._where, self.name)
        except ApiException as error:
            if error.status == 404:
                return None
            raise
        return found

    # Its code ---------------------------------------------------------------------------------------------------------

    @property
    def bucket(self) -> str:
        """The one that all environments of the world share, each with folders of its own."""
        return self.world.needs.bucket_arn.rpartition(":")[2]

    def code(self, requirements: str) -> dict[str, Any]:
        """Fields of a spec whose code comes from the source, and its requirements from the spec itself."""
        source = {"bucket": self.bucket, "prefix": f"source/{self.name}", "intervalSeconds": 3600}
        return {
            "dagS3Path": f"{self.name}/dags",
            "requirementsS3Path": f"{self.name}/requirements.txt",
            "webserverAccessMode": "PUBLIC_ONLY",
            "artifacts": {"dags": [{"s3": source}], "requirements": {"inline": requirements}},
        }

    def put_source(self, **files: str) -> None:
        """Let the source have these files, by their names without .py, and no others."""
        for key in self._keys(f"source/{self.name}/"):
            self._storage.delete_object(Bucket=self.bucket, Key=key)
        for name, text in files.items():
            self._storage.put_object(Bucket=self.bucket, Key=f"source/{self.name}/{name}.py", Body=text.encode())

    def files(self) -> dict[str, tuple[str, int]]:
        """What has got into the bucket: the files, each with how many versions there are of it, and what is remembered of them."""
        prefix, own = f"{self.name}/", f".mwaa-operator/{self.namespace}.{self.name}.json"
        listed = self._storage.list_object_versions(Bucket=self.bucket, Prefix=prefix)
        versions = Counter(one["Key"] for one in listed.get("Versions", []))
        found = {key: (self._read(key), count) for key, count in versions.items() if key in self._keys(prefix)}
        if self._keys(own):
            found["remembered"] = (", ".join(sorted(json.loads(self._read(own))["files"])), 1)
        return found

    def place_in_history(self, key: str, version: str) -> str:
        """Which of a file's versions one is, counted from the first: their ids differ from run to run."""
        listed = self._storage.list_object_versions(Bucket=self.bucket, Prefix=key).get("Versions", [])
        known = [one["VersionId"] for one in reversed(listed)]
        return f"version {known.index(version) + 1} of {len(known)}" if version in known else version

    def _keys(self, prefix: str) -> list[str]:
        listed = self._storage.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [one["Key"] for one in listed.get("Contents", [])]

    def _read(self, key: str) -> str:
        return str(self._storage.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode())

    # In AWS ----------------------------------------------------------------------------------------------------------

    def environment(self) -> dict[str, Any] | None:
        """The environment as AWS stores it, None if there is none; a tombstone is none."""
        try:
            found = self.admin.environment(self.account, DEFAULT_REGION, self.name)
        except AdminError as error:
            if error.status == 404:
                return None
            raise
        return None if found["status"] == "DELETED" else found

    def at_rest(self) -> bool:
        """Whether AWS is not at work on the environment."""
        found = self.environment()
        return found is None or found["operation"] is None

    def quick(self, operation: str) -> None:
        """Have AWS do the next operation of a kind quickly."""
        self.script(operation, "success", seconds=SHORT_SECONDS)

    def script(self, operation: str, outcome: str, *, seconds: float | None = None) -> None:
        self.admin.script_outcome(operation, outcome, environment=self.name, duration_seconds=seconds)

    def create_in_aws(self, **members: Any) -> None:
        """Make an environment as somebody who does not know the operator would."""
        spec = self.world.spec()
        self.world.aws.client("mwaa").create_environment(
            Name=self.name,
            SourceBucketArn=spec["sourceBucketArn"],
            DagS3Path=spec["dagS3Path"],
            ExecutionRoleArn=spec["executionRoleArn"],
            NetworkConfiguration={
                "SubnetIds": spec["networkConfiguration"]["subnetIds"],
                "SecurityGroupIds": spec["networkConfiguration"]["securityGroupIds"],
            },
            **members,
        )

    def remove_from_aws(self) -> None:
        """Make the environment vanish at once, if it is there."""
        try:
            self.admin.remove_environment(self.account, DEFAULT_REGION, self.name)
        except AdminError as error:
            if error.status != 404:
                raise

    def anonymous(self, value: Any, names: Mapping[str, str] | None = None) -> Any:
        """Return a document without the names that differ from run to run; `names` are more of them, and what to call them."""
        own = {self.name: "NAME", self.namespace: "NAMESPACE", self.account: "ACCOUNT"}
        text = json.dumps(value, sort_keys=True)
        for private, public in {**own, **(names or {})}.items():
            text = text.replace(private, public)
        return json.loads(text)
