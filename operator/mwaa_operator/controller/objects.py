"""What passes write to their own object: its finalizer, its status, and events about it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.names import FINALIZER
from mwaa_operator.controller.bodies import status_in
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.patches import merge_patch
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.transitions import Event, event, events_between

Status = TypeVar("Status", bound=StatusModel)


class ObjectWriter(Generic[Status]):
    """Writes objects of one kind, and keeps in the store what each write has answered. Each method raises KubernetesError.

    `status_in` reads a status out of a body, and `events_between` tells what a new one changes.
    """

    def __init__(
        self,
        store: Store,
        kubernetes: Kubernetes,
        events: EventRecorder,
        *,
        status_in: Callable[[Mapping[str, Any]], Status],
        events_between: Callable[[Status, Status], Iterable[Event]],
    ) -> None:
        self._store = store
        self._kubernetes = kubernetes
        self._events = events
        self._status_in = status_in
        self._events_between = events_between

    async def hold(self, key: Key, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put our finalizer on, so that the object outlives what it stands for."""
        return await self._set_finalizers(key, body, [*body["metadata"].get("finalizers", ()), FINALIZER])

    async def let_go(self, key: Key, body: Mapping[str, Any]) -> None:
        """Take our finalizer off. One that is deleted goes then."""
        kept = [name for name in body["metadata"].get("finalizers", ()) if name != FINALIZER]
        try:
            await self._set_finalizers(key, body, kept)
        except KubernetesError as error:
            if error.status != 404:
                raise

    async def write(self, key: Key, status: Status) -> None:
        """Write a status if it differs from the object's, and say in events what it changes."""
        body = self._store.get(key)
        if body is None:
            return
        patch = merge_patch(body.get("status") or {}, status.to_object())
        if not patch:
            return
        before = self._status_in(body)
        try:
            self._store.put(await self._kubernetes.patch_status(key, {"status": patch}))
        except KubernetesError as error:
            if error.status == 404:
                # It went without telling us: somebody took the finalizer off. Nothing may be done in AWS for it any more.
                self._store.remove(key, uid=body["metadata"].get("uid"))
            raise
        for happened in self._events_between(before, status):
            self._events.record(body, happened)

    async def _set_finalizers(self, key: Key, body: Mapping[str, Any], finalizers: list[str]) -> Mapping[str, Any]:
        version = body["metadata"]["resourceVersion"]
        written = await self._kubernetes.set_finalizers(key, finalizers, resource_version=version)
        self._store.put(written)
        return written


class Objects(ObjectWriter[EnvironmentStatus]):
    """Writes to MwaaEnvironments."""

    def __init__(self, store: Store, kubernetes: Kubernetes, events: EventRecorder) -> None:
        super().__init__(store, kubernetes, events, status_in=status_in, events_between=events_between)

    async def release(self, key: Key) -> None:
        """Take our finalizer off; Kubernetes then removes the object."""
        body = self._store.get(key)
        if body is None:
            return
        self._events.record(
            body, event(Reason.DELETING, "Nothing of the environment that this object answers for is left in AWS.")
        )
        await self.let_go(key, body)
