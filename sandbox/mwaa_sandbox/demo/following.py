"""Follows the environments of all namespaces and their events, by looking at the API server a few times a second.

Looking is simpler than watching, and good for hours: no watch that ends, no thread that dies, nothing that is told out of turn.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ENVIRONMENTS = "/apis/mwaa-operator.dev/v1alpha1/mwaaenvironments"
EVENTS = "/api/v1/events"
ABSENT = "-"
"""In place of a status, while AWS knows of no such environment."""
_PAUSE_SECONDS = 0.2

Get = Callable[[str], Mapping[str, Any]]
"""A path of the Kubernetes API to the document there."""


@dataclass(frozen=True)
class Seen:
    """One environment as last seen."""

    body: Mapping[str, Any]
    since: float
    """When AWS's status was first seen to be this one, on the monotonic clock."""

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.body["metadata"]["namespace"])

    @property
    def environment(self) -> Mapping[str, Any]:
        """What AWS says about it."""
        found: Mapping[str, Any] = self._status.get("environment") or {}
        return found

    @property
    def status(self) -> str:
        """AWS's status, or `ABSENT`."""
        return str(self.environment.get("status", ABSENT))

    @property
    def ready(self) -> bool:
        """Ready, for the generation that the object has now."""
        ready = self.condition("Ready")
        return ready.get("status") == "True" and ready.get("observedGeneration") == self.body["metadata"]["generation"]

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """What the operator says that there is in AWS."""
        return self._status.get("resources") or ()

    def condition(self, kind: str) -> Mapping[str, Any]:
        found = (entry for entry in self._status.get("conditions", ()) if entry["type"] == kind)
        return next(found, {})

    @property
    def _status(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body.get("status") or {}
        return found


@dataclass(frozen=True)
class Event:
    """A Kubernetes event about an environment."""

    name: str
    warning: bool
    reason: str
    message: str


class Following:
    """The environments as they are now. What is new since the last look is told once, in the thread that looks."""

    def __init__(
        self,
        get: Get,
        *,
        on_change: Callable[[Seen | None, Seen], None],
        on_event: Callable[[Event], None],
    ) -> None:
        """Tell `on_change` of each environment what it was at the look before, if it was there, and what it is."""
        self._get = get
        self._on_change = on_change
        self._on_event = on_event
        self._told: set[tuple[str, str]] = set()
        self.environments: Mapping[str, Seen] = {}
        self.last_reason: dict[str, str] = {}
        """The reason of the last event about each environment, by its name."""

    def look(self, now: float) -> None:
        """Look once."""
        events = self._get(EVENTS)["items"]  # read first and told last, so that an event is seldom ahead of its status
        before = self.environments
        self.environments = seen_now(before, self._get(ENVIRONMENTS)["items"], now)
        for key, seen in self.environments.items():
            self._on_change(before.get(key), seen)
        for event in new_events(self._told, events):
            self.last_reason[event.name] = event.reason
            self._on_event(event)

    def wait_for(self, reached: Callable[[], bool], *, timeout: float, check: Callable[[], None], what: str) -> None:
        """Keep looking until `reached`. Raises TimeoutError, or what `check`, called before every look, raises."""
        deadline = time.monotonic() + timeout
        while True:
            check()
            self.look(time.monotonic())
            if reached():
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} took longer than {timeout:.0f} seconds")
            time.sleep(_PAUSE_SECONDS)


def seen_now(before: Mapping[str, Seen], bodies: Iterable[Mapping[str, Any]], now: float) -> dict[str, Seen]:
    """Return what is there now, each with the time since when AWS's status is what it is."""
    seen = {}
    for body in bodies:
        key = f"{body['metadata']['namespace']}/{body['metadata']['name']}"
        new, old = Seen(body, now), before.get(key)
        seen[key] = Seen(body, old.since) if old is not None and old.status == new.status else new
    return seen


def new_events(told: set[tuple[str, str]], bodies: Iterable[Mapping[str, Any]]) -> list[Event]:
    """Return the events about environments that are not in `told`, oldest first, and add them to it."""
    found = []
    for body in sorted(bodies, key=lambda each: int(each["metadata"]["resourceVersion"])):
        key = (body["metadata"]["uid"], body["metadata"]["resourceVersion"])
        about = body.get("involvedObject", {})
        if about.get("kind") == "MwaaEnvironment" and key not in told:
            told.add(key)
            found.append(Event(about["name"], body["type"] == "Warning", body["reason"], body["message"]))
    return found


def api_server(kubeconfig: Path) -> Get:
    """Return a function that reads from the API server as the kubeconfig says."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cadata=authority)),
    )

    def get(path: str) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {user['token']}"}
        with opener.open(urllib.request.Request(cluster["server"] + path, headers=headers), timeout=30) as answer:  # noqa: S310 - loopback
            document: Mapping[str, Any] = json.load(answer)
            return document

    return get
