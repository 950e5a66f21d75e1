"""Follows the environments and their events through the Kubernetes API, by `kubectl get --watch`."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Self

from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.process import clean_environment


@dataclass
class Seen:
    """One environment as last seen."""

    body: dict[str, Any]
    since: float = field(default_factory=time.monotonic)
    """When AWS's status was first seen to be this one."""

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.body["metadata"]["namespace"])

    @property
    def status(self) -> str:
        """AWS's status."""
        return str((self._status.get("environment") or {}).get("status", "-"))

    def condition(self, kind: str) -> dict[str, Any]:
        found = (entry for entry in self._status.get("conditions", ()) if entry["type"] == kind)
        return next(found, {})

    @property
    def ready(self) -> bool:
        """Ready, for the generation that the object has now."""
        ready = self.condition("Ready")
        return ready.get("status") == "True" and ready.get("observedGeneration") == self.body["metadata"]["generation"]

    @property
    def environment(self) -> dict[str, Any]:
        found: dict[str, Any] = self._status.get("environment") or {}
        return found

    @property
    def _status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body.get("status") or {}
        return found


class Following:
    """The environments of all namespaces, kept up to date; each new event is told once."""

    def __init__(self, control_plane: ControlPlane, tell: Callable[[str, str, str], None]) -> None:
        self.environments: dict[str, Seen] = {}
        self._tell = tell
        self._changed = threading.Condition()
        self._watches = [
            _watch(control_plane, self._environment, "mwaa", "--all-namespaces"),
            _watch(control_plane, self._event, "events", "--all-namespaces"),
        ]

    def wait_for(self, reached: Callable[[], bool], *, timeout: float, check: Callable[[], None], what: str) -> None:
        """Wait until `reached`. Raises TimeoutError, or what `check`, called every second, raises."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not reached():
                check()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{what} took longer than {timeout:.0f} seconds")
                self._changed.wait(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._watches:
            process.terminate()
            process.wait()

    def _environment(self, change: str, body: dict[str, Any]) -> None:
        key = f"{body['metadata']['namespace']}/{body['metadata']['name']}"
        with self._changed:
            before = self.environments.get(key)
            if change == "DELETED":
                self.environments.pop(key, None)
            else:
                seen = Seen(body)
                if before is not None and before.status == seen.status:
                    seen.since = before.since
                self.environments[key] = seen
            self._changed.notify_all()

    def _event(self, change: str, body: dict[str, Any]) -> None:
        if change == "ADDED" and body.get("involvedObject", {}).get("kind") == "MwaaEnvironment":
            self._tell(body["type"], body["reason"], body["message"])


def _watch(
    control_plane: ControlPlane, handle: Callable[[str, dict[str, Any]], None], *what: str
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [
            *(str(control_plane.assets.kubectl), "get", *what),
            *("--watch", "--output-watch-events", "--output=json"),
        ],
        env=clean_environment(KUBECONFIG=str(control_plane.kubeconfig)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe, as asked for
    threading.Thread(target=_read, args=(process.stdout, handle), daemon=True).start()
    return process


def _read(stream: IO[str], handle: Callable[[str, dict[str, Any]], None]) -> None:
    """With --output-watch-events, kubectl writes one JSON document a line."""
    for line in stream:
        document = json.loads(line)
        handle(document["type"], document["object"])
