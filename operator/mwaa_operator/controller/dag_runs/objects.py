"""What passes write to MwaaDagRuns: the finalizer, the status with its events, and at last the delete."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import Kubernetes
from mwaa_operator.controller.objects import ObjectWriter
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.dag_run.model import Notice
from mwaa_operator.planning.dag_run.saying import event_of, events_between


def status_in(body: Mapping[str, Any]) -> DagRunStatus:
    """The status, empty where nobody has written one."""
    return DagRunStatus.model_validate(body.get("status") or {})


class DagRunObjects(ObjectWriter[DagRunStatus]):
    """Writes to MwaaDagRuns."""

    def __init__(self, store: Store, kubernetes: Kubernetes, events: EventRecorder) -> None:
        super().__init__(store, kubernetes, events, status_in=status_in, events_between=events_between)

    async def remove(self, key: Key, body: Mapping[str, Any]) -> None:
        """Delete the object. Raises KubernetesError."""
        await self._kubernetes.delete(key, uid=body["metadata"]["uid"])

    def tell(self, body: Mapping[str, Any], notices: tuple[Notice, ...]) -> None:
        """Send events of what no status tells any more."""
        for notice in notices:
            self._events.record(body, event_of(notice))
