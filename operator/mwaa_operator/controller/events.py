"""Kubernetes events about an object, once per thing that happened.

They are sent by a task of their own: news may come a few milliseconds late, but a call to AWS should not wait for it.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mwaa_operator.api.names import API_VERSION, KIND
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.planning.transitions import Event

log = logging.getLogger(__name__)

COMPONENT = "mwaa-operator"
_LONGEST_NAME = 253 - 17
LONGEST_MESSAGE = 1024
"""The API server's limit. It says characters and counts bytes."""


class EventRecorder:
    """Sends events. The same one about the same object is not repeated within `quiet_seconds`."""

    _REMEMBERED = 4096
    _MOST_WAITING = 4096

    def __init__(
        self, kubernetes: Kubernetes, *, clock: Callable[[], float], quiet_seconds: float, instance: str = ""
    ) -> None:
        self._kubernetes = kubernetes
        self._clock = clock
        self._quiet_seconds = quiet_seconds
        self._instance = instance
        self._said: OrderedDict[tuple[str, Event], float] = OrderedDict()
        self._waiting: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue(self._MOST_WAITING)

    def record(self, body: Mapping[str, Any], event: Event) -> None:
        """Have an event sent. One that cannot be sent is logged and lost: events are news, nothing rests on them."""
        metadata = body["metadata"]
        if not self._new(metadata["uid"], event):
            return
        log.info(event.message, extra={"object": f"{metadata['namespace']}/{metadata['name']}", "reason": event.reason})
        try:
            self._waiting.put_nowait((metadata["namespace"], self._document(body, event)))
        except asyncio.QueueFull:
            log.warning("an event was lost: too many are waiting to be sent")

    async def run(self) -> None:
        """Send what is recorded, in order, until cancelled."""
        while True:
            namespace, document = await self._waiting.get()
            try:
                await self._kubernetes.create_event(namespace, document)
            except KubernetesError as error:
                log.warning("an event was lost: %s", error)
            finally:
                self._waiting.task_done()

    async def sent(self) -> None:
        """Wait until all that is recorded has been sent, or lost."""
        await self._waiting.join()

    def _new(self, uid: str, event: Event) -> bool:
        now = self._clock()
        said = self._said.pop((uid, event), None)
        new = said is None or now - said >= self._quiet_seconds
        self._said[(uid, event)] = now if said is None or new else said
        while len(self._said) > self._REMEMBERED:
            self._said.popitem(last=False)
        return new

    def _document(self, body: Mapping[str, Any], event: Event) -> Mapping[str, Any]:
        metadata = body["metadata"]
        now = datetime.now(UTC)
        seconds = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "metadata": {"name": _name_for(metadata["name"]), "namespace": metadata["namespace"]},
            "involvedObject": {
                "apiVersion": API_VERSION,
                "kind": body.get("kind", KIND),
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
                "resourceVersion": metadata["resourceVersion"],
            },
            "type": event.type,
            "reason": event.reason,
            "action": event.reason,
            "message": _cut(event.message),
            "firstTimestamp": seconds,
            "lastTimestamp": seconds,
            "eventTime": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "count": 1,
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "reportingInstance": self._instance or COMPONENT,
        }


def _cut(message: str) -> str:
    encoded = message.encode()
    return message if len(encoded) <= LONGEST_MESSAGE else encoded[: LONGEST_MESSAGE - 3].decode(errors="ignore") + "…"


def _name_for(name: str) -> str:
    """A name for an event about an object, which may be as long as a name can be already."""
    return f"{name[:_LONGEST_NAME].rstrip('-.')}.{secrets.token_hex(8)}"
