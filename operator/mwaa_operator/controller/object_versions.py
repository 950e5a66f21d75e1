"""The versions of one Secret or ConfigMap, as they come to be: one list and one watch.

Both ask for this one name, so that a role with `resourceNames` allows them, and for metadata only. Even that may hold the values, in
the copy that `kubectl apply` makes in an annotation: nothing but the version leaves this module.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import closing
from enum import StrEnum
from typing import Any

from kubernetes.aio import client

from mwaa_operator.controller.kubernetes import TIMEOUT_SECONDS, KubernetesError, translated

WATCH_SECONDS = 270
"""How long the API server is asked to keep a watch open."""

_GRACE_SECONDS = 30
"""How much longer we wait for it to end: a connection that died silently is found out then."""

_METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
"""https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches"""


class Kind(StrEnum):
    """What can be watched so."""

    SECRET = "Secret"  # noqa: S105 - a word, not a secret
    CONFIG_MAP = "ConfigMap"


async def object_versions(api: client.ApiClient, kind: Kind, namespace: str, name: str) -> AsyncGenerator[str | None]:
    """The resourceVersion of one of the kind now, None if there is none of that name, and again at every change until the watch ends.

    Raises KubernetesError, with status 410 where the watch has to begin anew.
    """
    action = f"watch {kind} {namespace}/{name}"
    with translated(action):
        listed = await _ask(api, action, kind, namespace, name, accept=_METADATA.format("List"))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            document = _parsed(action, await listed.read())
        yield next((_version(item) for item in document["items"] or ()), None)
        answer = await _ask(
            *(api, action, kind, namespace, name),
            accept=_METADATA.format(""),
            watch=True,
            resource_version=_version(document),
            timeout_seconds=WATCH_SECONDS,
        )
        with closing(answer):
            async for line in answer.content:
                event = _parsed(action, line)
                if event["type"] == "ERROR":
                    status = event["object"]
                    raise KubernetesError(action, status.get("code", 0), str(status.get("reason")))
                if event["type"] in {"ADDED", "MODIFIED"}:
                    yield _version(event["object"])
                elif event["type"] == "DELETED":
                    yield None


async def _ask(
    api: client.ApiClient, action: str, kind: Kind, namespace: str, name: str, *, accept: str, **options: Any
) -> Any:
    """An answer whose body has not been read yet."""
    core = client.CoreV1Api(api)
    listing = {
        Kind.SECRET: core.list_namespaced_secret_without_preload_content,
        Kind.CONFIG_MAP: core.list_namespaced_config_map_without_preload_content,
    }[kind]
    async with asyncio.timeout(TIMEOUT_SECONDS):
        answer = await listing(
            namespace,
            field_selector=f"metadata.name={name}",
            _headers={"Accept": accept},
            _request_timeout=WATCH_SECONDS + _GRACE_SECONDS,
            **options,
        )
    if answer.status != 200:
        answer.close()
        raise KubernetesError(action, answer.status, f"{answer.status} {answer.reason}")
    return answer


def _parsed(action: str, text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        # Not quoted: it may be a cut-off copy of the values.
        raise KubernetesError(action, 0, "the answer is not JSON") from None


def _version(document: Any) -> str:
    return str(document["metadata"]["resourceVersion"])
