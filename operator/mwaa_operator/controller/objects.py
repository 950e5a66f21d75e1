"""What passes write to their own object: its finalizer, its status, and events about it."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.names import FINALIZER
from mwaa_operator.controller.bodies import status_in
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.patches import merge_patch
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.transitions import event, events_between


class Objects:
    """Writes, and keeps in the store what each write has answered. Each method raises KubernetesError."""

    def __init__(self, store: Store, kubernetes: Kubernetes, events: EventRecorder) -> None:
        self._store = store
        self._kubernetes = kubernetes
        self._events = events

    async def hold(self, key: Key, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put our finalizer on, so that the object outlives its environment."""
        metadata = body["metadata"]
        finalizers = [*metadata.get("finalizers", ()), FINALIZER]
        return self._kept(
            await self._kubernetes.set_finalizers(key, finalizers, resource_version=metadata["resourceVersion"])
        )

    async def release(self, key: Key) -> None:
        """Take our finalizer off; Kubernetes then removes the object."""
        body = self._store.get(key)
        if body is None:
            return
        metadata = body["metadata"]
        finalizers = [name for name in metadata.get("finalizers", ()) if name != FINALIZER]
        self._events.record(
            body, event(Reason.DELETING, "Nothing of the environment that this object answers for is left in AWS.")
        )
        try:
            self._kept(
                await self._kubernetes.set_finalizers(key, finalizers, resource_version=metadata["resourceVersion"])
            )
        except KubernetesError as error:
            if error.status != 404:
                raise

    async def write(self, key: Key, status: EnvironmentStatus) -> None:
        """Write a status if it differs from the object's, and say in events what it changes."""
        body = self._store.get(key)
        if body is None:
            return
        patch = merge_patch(body.get("status") or {}, status.to_object())
        if not patch:
            return
        before = status_in(body)
        try:
            self._kept(await self._kubernetes.patch_status(key, {"status": patch}))
        except KubernetesError as error:
            if error.status == 404:
                # It went without telling us: somebody took the finalizer off. Nothing may be done in AWS for it any more.
                self._store.remove(key, uid=body["metadata"].get("uid"))
            raise
        for happened in events_between(before, status):
            self._events.record(body, happened)

    def _kept(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self._store.put(body)
        return body
