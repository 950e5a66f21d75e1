"""The environments that runs name."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.controller.kubernetes import Kubernetes
from mwaa_operator.controller.store import Key, Store


class Environments:
    """MwaaEnvironments as last seen. One that was not seen may be there all the same: runs may be listed first when the operator starts.

    That there is none decides whether a run is let go of, so the API server is asked before that is believed.
    """

    def __init__(self, store: Store, kubernetes: Kubernetes) -> None:
        self._store = store
        self._kubernetes = kubernetes

    async def get(self, key: Key) -> Mapping[str, Any] | None:
        """An object, or None if there is none. Raises KubernetesError."""
        return self._store.get(key) or await self._kubernetes.find(key)
