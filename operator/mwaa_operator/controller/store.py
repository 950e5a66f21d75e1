"""The objects as last seen: what the watch brought, and what our own writes answered.

Resource versions of one object are compared as numbers, which Kubernetes guarantees for its built-in storage (KEP-5504): the watch may
bring an older state than our own write has returned, and deciding on that would forget what has just been remembered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_operator.api.names import (
    ANNOTATION_APPROVED_PLAN,
    ANNOTATION_PAUSED,
    ANNOTATION_RECONCILE_REQUESTED_AT,
    FINALIZER,
)

_ANNOTATIONS = (ANNOTATION_PAUSED, ANNOTATION_RECONCILE_REQUESTED_AT, ANNOTATION_APPROVED_PLAN)


@dataclass(frozen=True, order=True)
class Key:
    """Names a MwaaEnvironment."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Store:
    """Objects by key. Keeps only what passes need: managed fields and kubectl's copy of the spec are dropped."""

    def __init__(self) -> None:
        self._objects: dict[Key, Mapping[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[tuple[Key, Mapping[str, Any]]]:
        return iter(list(self._objects.items()))

    def get(self, key: Key) -> Mapping[str, Any] | None:
        return self._objects.get(key)

    def put(self, body: Mapping[str, Any]) -> bool:
        """Keep an object unless a newer state of it is known. Tells whether it asks for a pass: our own status writes do not."""
        key = key_of(body)
        known = self._objects.get(key)
        if known is None and _gone(body):
            # The answer that took the last finalizer off, outrun by the watch's word that the object is gone.
            return False
        if known is not None and not _newer(body, known):
            return False
        self._objects[key] = _trimmed(body)
        return known is None or _asked(known) != _asked(body)

    def remove(self, key: Key, *, uid: str | None = None) -> None:
        """Forget an object, unless the one known under this key is another by now."""
        known = self._objects.get(key)
        if known is not None and uid in {None, known["metadata"].get("uid")}:
            del self._objects[key]


def key_of(body: Mapping[str, Any]) -> Key:
    metadata = body["metadata"]
    return Key(namespace=metadata["namespace"], name=metadata["name"])


def _gone(body: Mapping[str, Any]) -> bool:
    metadata = body["metadata"]
    return bool(metadata.get("deletionTimestamp")) and not metadata.get("finalizers")


def _newer(body: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    new, old = body["metadata"], known["metadata"]
    if new.get("uid") != old.get("uid"):
        return bool(new.get("creationTimestamp", "") >= old.get("creationTimestamp", ""))
    return int(new.get("resourceVersion", 0)) > int(old.get("resourceVersion", 0))


def _asked(body: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of an object people and GitOps tools change to ask for something."""
    metadata = body["metadata"]
    annotations = metadata.get("annotations") or {}
    return (
        metadata.get("uid"),
        metadata.get("generation"),
        metadata.get("deletionTimestamp"),
        FINALIZER in (metadata.get("finalizers") or ()),
        *(annotations.get(name) for name in _ANNOTATIONS),
    )


def _trimmed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {name: value for name, value in body["metadata"].items() if name not in {"managedFields", "labels"}}
    annotations = metadata.get("annotations") or {}
    metadata["annotations"] = {name: annotations[name] for name in _ANNOTATIONS if name in annotations}
    return {**body, "metadata": metadata}
