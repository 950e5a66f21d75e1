"""The fleet's objects as a client of the API server sees them."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import ProtocolError

_WHERE = ("mwaa-operator.dev", "v1alpha1")
_PLURAL = "mwaaenvironments"


class ReadyWatch:
    """Notes when each object is first seen Ready, by a watch of its own."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self._api = client.CustomObjectsApi(config.new_client_from_config(str(kubeconfig)))
        self._namespace = namespace
        self._ready: dict[str, float] = {}
        self._news = threading.Event()
        self._watch = watch.Watch()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def count(self) -> int:
        return len(self._ready)

    def ready_at(self) -> dict[str, float]:
        """Real time at which each was first seen Ready."""
        return dict(self._ready)

    def wait_for_news(self, timeout: float) -> None:
        self._news.wait(timeout)
        self._news.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._watch.stop()

    def _run(self) -> None:
        try:
            self._follow()
        except ProtocolError:
            # What a watch ends with when its connection is closed under it.
            if not self._stopping:
                raise

    def _follow(self) -> None:
        stream = self._watch.stream(self._api.list_namespaced_custom_object, *_WHERE, self._namespace, _PLURAL)
        for event in stream:
            body = event["object"]
            name = body["metadata"]["name"]
            conditions = (body.get("status") or {}).get("conditions", ())
            if name not in self._ready and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
                self._ready[name] = time.time()
                self._news.set()


def patch_spec(kubeconfig: Path, namespace: str, name: str, change: Mapping[str, Any]) -> float:
    """Merge a change into an object's spec. Gives the real time just before it was sent, on a warm connection."""
    return _patch(kubeconfig, namespace, name, {"spec": dict(change)})


def annotate(kubeconfig: Path, namespace: str, name: str, annotation: str, value: str | None) -> float:
    """Set one of the operator's annotations, or take it off. Gives the real time just before it was sent, on a warm connection."""
    return _patch(
        kubeconfig, namespace, name, {"metadata": {"annotations": {f"mwaa-operator.dev/{annotation}": value}}}
    )


_asked: dict[str, float] = {}


def asked_to_look(kubeconfig: Path, namespace: str, name: str) -> bool:
    """Ask the operator to look at an object, unless that was done within the last seconds; gives whether there still is one."""
    try:
        if time.time() - _asked.get(name, 0) > 3:
            _asked[name] = time.time()
            annotate(kubeconfig, namespace, name, "reconcile-requested-at", str(time.time()))
        else:
            _connection(str(kubeconfig)).get_namespaced_custom_object(*_WHERE, namespace, _PLURAL, name)
    except ApiException as error:
        if error.status == 404:
            return False
        raise
    return True


def reasons(kubeconfig: Path, namespace: str, name: str) -> dict[str, str]:
    """The reason of each condition of an object, by its type."""
    conditions = status_of(kubeconfig, namespace, name).get("conditions", ())
    return {each["type"]: each["reason"] for each in conditions}


def status_of(kubeconfig: Path, namespace: str, name: str) -> dict[str, Any]:
    """The status of an object, empty where it has none yet."""
    body = _connection(str(kubeconfig)).get_namespaced_custom_object(*_WHERE, namespace, _PLURAL, name)
    return dict(body.get("status") or {})


def _patch(kubeconfig: Path, namespace: str, name: str, patch: Mapping[str, Any]) -> float:
    api = _connection(str(kubeconfig))
    api.get_namespaced_custom_object(*_WHERE, namespace, _PLURAL, name)
    sent = time.time()
    api.patch_namespaced_custom_object(*_WHERE, namespace, _PLURAL, name, patch)
    return sent


_connections: dict[str, Any] = {}


def _connection(kubeconfig: str) -> Any:
    if kubeconfig not in _connections:
        _connections[kubeconfig] = client.CustomObjectsApi(config.new_client_from_config(kubeconfig))
    return _connections[kubeconfig]
