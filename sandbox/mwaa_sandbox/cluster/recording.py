"""Every version of some objects that the API server stores, in order, as a controller or a GitOps tool would see them.

    with Recording.start(control_plane, "deployments", namespace="data", log_file=folder / "watch.json") as recording:
        ...
        recording.wait_for("web", lambda found: found["status"]["replicas"] == 3, within=60, what="have three replicas")
        recording.versions()

Knows nothing of MWAA.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from mwaa_sandbox.cluster.control_plane import ControlPlane
from mwaa_sandbox.process import ManagedProcess, clean_environment

_START_SECONDS = 60.0
_POLL_SECONDS = 0.05
_RETRY_SECONDS = 0.5
_WATCHES = re.compile(r"^\w.*watch=true.*200 OK", re.MULTILINE)
_Found = TypeVar("_Found")


class Recording:
    """A running `kubectl get --watch`. It ends with `stop`, with a `with` block, and with the API server's process.

    May be used by several threads, each of which follows objects of its own.
    """

    def __init__(
        self, start: Callable[[], ManagedProcess], *, through_restarts: bool, reachable: Callable[[], bool]
    ) -> None:
        self._start = start
        self._reachable = reachable
        self._process = start()
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep_watching, name="recording", daemon=True)
        if through_restarts:
            self._keeper.start()
        self._lock = threading.Lock()
        self._read = 0
        self._versions: list[dict[str, Any]] = []
        self._known: set[tuple[str, str]] = set()
        self._gone: set[str] = set()
        self._seen: dict[str, int] = {}

    @classmethod
    def start(
        cls,
        control_plane: ControlPlane,
        resource: str,
        *,
        namespace: str | None,
        log_file: Path,
        through_restarts: bool = False,
    ) -> Self:
        """Begin to record the objects of a namespace, and return when nothing will be missed any more.

        Args:
            control_plane: whose objects.
            resource: of which kind, as kubectl calls it.
            namespace: None for all of them; then a name means every object of that name.
            log_file: where the watch writes to.
            through_restarts: whether to watch again after the API server, or the kind itself, has gone and come back.
                What is stored before it is watched again is missed, except for each object's latest version.

        Raises:
            mwaa_sandbox.process.ProcessError: if there is no such kind, or no API server.
        """
        where = "--all-namespaces" if namespace is None else f"--namespace={namespace}"
        argv = [
            *(str(control_plane.assets.kubectl), f"--kubeconfig={control_plane.kubeconfig}", "get", resource),
            *(where, "--watch", "--output-watch-events", "--output=json"),
            "--v=6",  # Requests are logged, so that one sees when the watch is there.
        ]
        env = clean_environment(KUBECACHEDIR=str(log_file.with_suffix(".cache")), KUBERC="off")

        def watch() -> ManagedProcess:
            return ManagedProcess(argv, env=env, log_file=log_file, name=f"watch of {resource}")

        recording = cls(watch, through_restarts=through_restarts, reachable=lambda: _accepts(control_plane.server))
        try:
            recording._wait_until_it_watches()
        except BaseException:
            recording.stop()
            raise
        return recording

    def versions(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the stored versions so far, oldest first; of one object, or of all."""
        with self._lock:
            self._take_in()
            return [found for found in self._versions if name in {None, found["metadata"]["name"]}]

    def gone(self, name: str) -> bool:
        """Whether an object of that name was there and has been removed."""
        with self._lock:
            self._take_in()
            return name in self._gone

    def wait_for(
        self, name: str, holds: Callable[[dict[str, Any]], bool], *, within: float, what: str
    ) -> dict[str, Any]:
        """Return the first version of an object for which `holds` is true, from where the last wait for it ended.

        Raises:
            mwaa_sandbox.process.ProcessError: if kubectl ends.
            TimeoutError: after `within` seconds; `what` says what the object failed to do.
        """

        def seen() -> dict[str, Any] | None:
            versions = self.versions(name)
            for position in range(self._seen.get(name, 0), len(versions)):
                self._seen[name] = position
                if holds(versions[position]):
                    return versions[position]
            return None

        return self._wait(seen, name, within, what)

    def wait_until_gone(self, name: str, *, within: float) -> None:
        """Return when an object has been removed; raises like `wait_for`."""
        self._wait(lambda: self.gone(name) or None, name, within, "go")

    def stop(self) -> None:
        """End the recording; what was recorded stays."""
        self._ended.set()
        if self._keeper.is_alive():
            self._keeper.join()
        self._process.stop()

    def _wait_until_it_watches(self) -> None:
        process = self._process
        process.wait_until(lambda: _WATCHES.search(process.log_text()) is not None, _START_SECONDS, "watch")

    def _keep_watching(self) -> None:
        while not self._ended.wait(_RETRY_SECONDS):
            # While nobody is there, a kubectl twice a second would only keep a processor busy.
            if self._process.poll() is not None and self._reachable():
                self._process = self._start()

    def _wait(self, answer: Callable[[], _Found | None], name: str, within: float, what: str) -> _Found:
        deadline = time.monotonic() + within
        while (found := answer()) is None:
            self._process.raise_if_ended(f" before {name} could {what}")
            if time.monotonic() > deadline:
                latest = self.versions(name)[-1:]
                raise TimeoutError(
                    f"{name} did not {what} within {within:g} seconds. Its status: "
                    f"{json.dumps([each.get('status') for each in latest], indent=1)}"
                )
            time.sleep(_POLL_SECONDS)
        return found

    def _take_in(self) -> None:
        with self._process.log_file.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        complete = new[: new.rfind(b"\n") + 1]
        self._read += len(complete)
        for line in complete.splitlines():
            if not line.startswith(b"{"):
                continue  # What kubectl logs comes on the same stream.
            event = json.loads(line)
            if event["type"] == "DELETED":
                self._gone.add(event["object"]["metadata"]["name"])
            elif (version := _version(event["object"])) not in self._known:  # A watch begins with what is there.
                self._known.add(version)
                self._versions.append(event["object"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _accepts(server: str) -> bool:
    """Whether somebody takes connections at an address."""
    place = urlsplit(server)
    try:
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=_START_SECONDS):
            return True
    except OSError:
        return False


def _version(found: dict[str, Any]) -> tuple[str, str]:
    return found["metadata"]["uid"], found["metadata"]["resourceVersion"]
