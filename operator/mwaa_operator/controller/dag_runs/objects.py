"""What passes write to MwaaDagRuns: the finalizer, the status with its events, and at last the delete."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.api.names import FINALIZER
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.patches import merge_patch
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.dag_run.model import Notice
from mwaa_operator.planning.dag_run.saying import event_of, events_between


def status_in(body: Mapping[str, Any]) -> DagRunStatus:
    """The status, empty where nobody has written one."""
    return DagRunStatus.model_validate(body.get("status") or {})


class DagRunObjects:
    """Writes, and keeps in the store what each write has answered. Each method raises KubernetesError."""

    def __init__(self, store: Store, kubernetes: Kubernetes, events: EventRecorder) -> None:
        self._store = store
        self._kubernetes = kubernetes
        self._events = events

    async def hold(self, key: Key, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put our finalizer on, so that the object does not go before its run has been ended."""
        return await self._set_finalizers(key, body, [*body["metadata"].get("finalizers", ()), FINALIZER])

    async def release(self, key: Key, body: Mapping[str, Any]) -> None:
        """Take our finalizer off."""
        kept = [name for name in body["metadata"].get("finalizers", ()) if name != FINALIZER]
        try:
            await self._set_finalizers(key, body, kept)
        except KubernetesError as error:
            if error.status != 404:
                raise

    async def remove(self, key: Key, body: Mapping[str, Any]) -> None:
        """Delete the object."""
        await self._kubernetes.delete(key, uid=body["metadata"]["uid"])

    async def write(self, key: Key, status: DagRunStatus) -> None:
        """Write a status if it differs from the object's, and say in events what it changes."""
        body = self._store.get(key)
        if body is None:
            return
        patch = merge_patch(body.get("status") or {}, status.to_object())
        if not patch:
            return
        before = status_in(body)
        try:
            self._store.put(await self._kubernetes.patch_status(key, {"status": patch}))
        except KubernetesError as error:
            if error.status == 404:
                self._store.remove(key, uid=body["metadata"].get("uid"))
            raise
        for happened in events_between(before, status):
            self._events.record(body, happened)

    def tell(self, body: Mapping[str, Any], notices: tuple[Notice, ...]) -> None:
        """Send events of what no status tells any more."""
        for notice in notices:
            self._events.record(body, event_of(notice))

    async def _set_finalizers(self, key: Key, body: Mapping[str, Any], finalizers: list[str]) -> Mapping[str, Any]:
        version = body["metadata"]["resourceVersion"]
        written = await self._kubernetes.set_finalizers(key, finalizers, resource_version=version)
        self._store.put(written)
        return written
