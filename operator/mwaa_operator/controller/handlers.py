"""kopf's side: it watches, lists again after gaps, and hands over what it sees. Nothing is decided here.

kopf's change handlers, timers and daemons are not used: they write annotations and cost memory for each object (design §2).
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import kopf

from mwaa_operator.api.names import GROUP, PLURAL, VERSION
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key, Store, key_of


def registry_for(
    store: Store,
    queue: WorkQueue[Key],
    *,
    login: Callable[..., Any],
    loop: asyncio.AbstractEventLoop,
    told: Callable[[Mapping[str, Any]], None] | None = None,
) -> kopf.OperatorRegistry:
    """The handlers, bound to where they put what they see: on `loop`, which is not kopf's.

    `told` is called with every state of every environment that is seen, after the store has it.
    """
    registry = empty_registry(login=login)
    watch(registry, PLURAL, store, queue, loop=loop, told=told)
    return registry


def empty_registry(*, login: Callable[..., Any]) -> kopf.OperatorRegistry:
    """A registry that watches nothing yet."""
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(login)
    return registry


def watch(
    registry: kopf.OperatorRegistry,
    plural: str,
    store: Store,
    queue: WorkQueue[Key],
    *,
    loop: asyncio.AbstractEventLoop,
    told: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Have objects of a kind kept in a store, and looked at when somebody asks for something."""

    def keep(kind: str | None, body: Mapping[str, Any]) -> None:
        if kind == "DELETED":
            store.remove(key_of(body), uid=body["metadata"].get("uid"))
            queue.add(key_of(body))
        elif store.put(body):
            queue.add(key_of(body))
        if told is not None:
            told(body)

    @kopf.on.event(GROUP, VERSION, plural, registry=registry)
    async def seen(event: Any, **_: Any) -> None:
        loop.call_soon_threadsafe(keep, event["type"], event["object"])


def kopf_settings() -> kopf.OperatorSettings:
    """kopf as a watcher and nothing more."""
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    # Without this kopf watches all CustomResourceDefinitions of the cluster, which it would need a permission for.
    settings.scanning.disabled = True
    settings.persistence.finalizer = f"{GROUP}/kopf-unused"
    settings.peering.standalone = True
    settings.watching.server_timeout = 270
    settings.watching.client_timeout = 300
    settings.networking.connect_timeout = 10
    settings.networking.request_timeout = 60
    # One worker a few seconds after the last event, not a minute: with a thousand objects they are memory.
    settings.queueing.idle_timeout = 2
    settings.queueing.exit_timeout = 1
    return settings
