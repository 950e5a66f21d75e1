"""What an API server does for one custom resource with a status subresource, in memory, strict where it matters.

Resource versions, conflicts, generations, finalizers, deletion and merge patches follow the Kubernetes API conventions and
k8s.io/apiserver `registry/rest`; the schema's rules are the models' own, which other tests hold to the CRD.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import API_VERSION, KIND
from mwaa_operator.api.timestamps import to_rfc3339
from mwaa_operator.controller.store import Key

from .virtual_time import VirtualLoop

Object = dict[str, Any]
Watcher = Callable[[str, Object], None]


class ApiError(Exception):
    """A request that the API server refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiServer:
    """Objects by key, and everybody who watches them."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._versions = itertools.count(1)
        self._uids = itertools.count(1)
        self.objects: dict[Key, Object] = {}
        self.specs: dict[tuple[str, int], Object] = {}
        """Every spec that there was, by uid and generation."""
        self.last_words: dict[Key, Object] = {}
        """Each object as it was when it was removed."""
        self.watchers: list[Watcher] = []

    # What people do ---------------------------------------------------------------------------------------------------

    def create(self, key: Key, spec: Object, annotations: Mapping[str, str] | None = None) -> Object:
        if key in self.objects:
            raise ApiError(409, "already exists")
        body: Object = {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {
                "namespace": key.namespace,
                "name": key.name,
                "uid": f"uid-{next(self._uids)}",
                "generation": 1,
                "creationTimestamp": to_rfc3339(self._loop.moment().replace(microsecond=0)),
                "annotations": dict(annotations or {}),
            },
            "spec": copied(spec),
        }
        MwaaEnvironment.from_object(body)
        return self._keep(key, body, "ADDED")

    def edit(self, key: Key, spec: Object) -> Object:
        """Replace the spec. Raises pydantic's ValidationError, or ApiError for an immutable field."""
        before = self._present(key)
        body = copied(before)
        body["spec"] = copied(spec)
        MwaaEnvironment.from_object(body)
        self._refuse_immutable(before["spec"], spec)
        if body["spec"] == before["spec"]:
            return before
        body["metadata"]["generation"] += 1
        return self._keep(key, body, "MODIFIED")

    def annotate(self, key: Key, annotations: Mapping[str, str | None]) -> Object:
        body = copied(self._present(key))
        kept = {**body["metadata"].get("annotations", {}), **annotations}
        body["metadata"]["annotations"] = {name: value for name, value in kept.items() if value is not None}
        return self._keep(key, body, "MODIFIED")

    def delete(self, key: Key) -> None:
        body = copied(self._present(key))
        if not body["metadata"].get("finalizers"):
            self._remove(key, body)
        elif "deletionTimestamp" not in body["metadata"]:
            body["metadata"]["deletionTimestamp"] = to_rfc3339(self._loop.moment().replace(microsecond=0))
            # As `BeforeDelete` in k8s.io/apiserver does: being deleted is a change of what is asked for.
            body["metadata"]["generation"] += 1
            self._keep(key, body, "MODIFIED")

    # What the operator does -------------------------------------------------------------------------------------------

    def get(self, key: Key) -> Object | None:
        return copied(self.objects.get(key))

    def patch_status(self, key: Key, patch: Mapping[str, Any]) -> Object:
        if set(patch) != {"status"}:
            raise ApiError(422, "the status subresource takes a status and nothing else")
        body = copied(self._present(key))
        body["status"] = _merged(body.get("status") or {}, json.loads(json.dumps(patch["status"])))
        MwaaEnvironment.from_object(body)
        return self._keep(key, body, "MODIFIED")

    def set_finalizers(self, key: Key, finalizers: list[str], *, resource_version: str) -> Object:
        body = copied(self._present(key))
        metadata = body["metadata"]
        if metadata["resourceVersion"] != resource_version:
            raise ApiError(409, "the object has been modified")
        deleting = "deletionTimestamp" in metadata
        if deleting and set(finalizers) - set(metadata.get("finalizers", ())):
            raise ApiError(422, "no new finalizers can be added if the object is being deleted")
        metadata["finalizers"] = list(finalizers)
        if deleting and not finalizers:
            self._remove(key, body)
            return body
        return self._keep(key, body, "MODIFIED")

    # Helpers ----------------------------------------------------------------------------------------------------------

    def _present(self, key: Key) -> Object:
        if key not in self.objects:
            raise ApiError(404, "not found")
        return self.objects[key]

    def _keep(self, key: Key, body: Object, kind: str) -> Object:
        before = self.objects.get(key)
        if before is not None and before == body:
            return copied(body)  # what changes nothing makes no new resource version
        body["metadata"]["resourceVersion"] = str(next(self._versions))
        self.objects[key] = body
        self.specs[body["metadata"]["uid"], body["metadata"]["generation"]] = body["spec"]
        self._tell(kind, body)
        return copied(body)

    def _remove(self, key: Key, body: Object) -> None:
        body["metadata"]["resourceVersion"] = str(next(self._versions))
        self.last_words[key] = self.objects.pop(key)
        self._tell("DELETED", body)

    def _tell(self, kind: str, body: Object) -> None:
        for watcher in list(self.watchers):
            watcher(kind, copied(body))

    def _refuse_immutable(self, before: Object, after: Object) -> None:
        for name in ("name", "region", "kmsKey"):
            if before.get(name) != after.get(name):
                raise ApiError(422, f"{name} is immutable")
        if before.get("endpointManagement", "SERVICE") != after.get("endpointManagement", "SERVICE"):
            raise ApiError(422, "endpointManagement is immutable")
        if before["networkConfiguration"]["subnetIds"] != after["networkConfiguration"]["subnetIds"]:
            raise ApiError(422, "subnetIds are immutable")


def copied(value: Any) -> Any:
    """Copy a JSON document. It is done at every turn here, and `copy.deepcopy`, which minds cycles, takes five times as long."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    return [copied(member) for member in value] if isinstance(value, list) else value


def _merged(before: Object, patch: Mapping[str, Any]) -> Object:
    """RFC 7386."""
    merged = dict(before)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            current = merged.get(name)
            merged[name] = _merged(current if isinstance(current, dict) else {}, value)
        else:
            merged[name] = value
    return merged
