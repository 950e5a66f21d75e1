"""What the operator does in Kubernetes beside watching, call by call, under the RBAC in `manifests/`."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from kubernetes.aio import client
from kubernetes.aio.client.exceptions import ApiException

from mwaa_operator.api.names import GROUP, PLURAL, VERSION
from mwaa_operator.controller.store import Key

FIELD_MANAGER = "mwaa-operator"
FINGERPRINT_SECRET = "mwaa-operator-fingerprint-key"  # noqa: S105 - the name of one
MERGE_PATCH = "application/merge-patch+json"
TIMEOUT_SECONDS = 15

_IDENTITIES = {"kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"}
"""Types of Secrets by which whoever has them is somebody in the cluster
(https://kubernetes.io/docs/concepts/configuration/secret/#secret-types).
"""


class KubernetesError(Exception):
    """The Kubernetes API did not do what it was asked. `status` is its HTTP status, 0 if it did not answer."""

    def __init__(self, action: str, status: int, message: str) -> None:
        super().__init__(f"{action}: {message}")
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether trying again may help without anybody doing anything."""
        return self.status in {0, 408, 409, 429} or self.status >= 500


@dataclass(frozen=True)
class Secret:
    """A Secret as one pass needs it."""

    version: str
    """Its resourceVersion."""
    data: Mapping[str, bytes] = field(repr=False)
    is_identity: bool = False
    """Whether it is a token for the cluster. Such are passed on to nobody: who may write a spec is not always who may read them."""


@dataclass(frozen=True)
class ConfigMap:
    """A ConfigMap: `version` is its resourceVersion, `files` the contents of data and binaryData by their keys."""

    version: str
    files: Mapping[str, bytes]


class Kubernetes:
    """The calls. Each raises KubernetesError."""

    def __init__(self, api: client.ApiClient, *, plural: str = PLURAL) -> None:
        self._api = api
        self._plural = plural
        self._objects = client.CustomObjectsApi(api)
        self._core = client.CoreV1Api(api)

    def of(self, plural: str) -> "Kubernetes":
        """The same calls for objects of another of our kinds."""
        return Kubernetes(self._api, plural=plural)

    async def patch_status(self, key: Key, patch: Mapping[str, Any]) -> Mapping[str, Any]:
        """Merge a patch into an object's status; gives the object as it is then."""
        return await self._patch(self._objects.patch_namespaced_custom_object_status, "write the status", key, patch)

    async def set_finalizers(self, key: Key, finalizers: list[str], *, resource_version: str) -> Mapping[str, Any]:
        """Replace an object's finalizers, if nobody has changed it since `resource_version`; gives the object as it is then."""
        patch = {"metadata": {"finalizers": finalizers, "resourceVersion": resource_version}}
        return await self._patch(self._objects.patch_namespaced_custom_object, "set the finalizer", key, patch)

    async def find(self, key: Key) -> Mapping[str, Any] | None:
        """An object, or None if there is none: for whoever may list objects, and not get them."""
        found = await _called(
            f"look for {key}",
            self._objects.list_namespaced_custom_object(
                GROUP,
                VERSION,
                key.namespace,
                self._plural,
                field_selector=f"metadata.name={key.name}",
                _request_timeout=TIMEOUT_SECONDS,
            ),
        )
        return next(iter(found["items"]), None)

    async def serves_kind(self) -> bool:
        """Whether the API server knows the kind: its CRD is installed and accepted."""
        try:
            asked = self._objects.get_api_resources(GROUP, VERSION, _request_timeout=TIMEOUT_SECONDS)
            found = await _called(f"look for {self._plural}", asked)
        except KubernetesError as error:
            if error.status == 404:
                return False
            raise
        return any(resource.name == self._plural for resource in found.resources)

    async def delete(self, key: Key, *, uid: str) -> None:
        """Delete an object, unless it is gone, or another by now."""
        options = {"preconditions": {"uid": uid}, "propagationPolicy": "Background"}
        try:
            await _called(
                f"delete {key}",
                self._objects.delete_namespaced_custom_object(
                    GROUP,
                    VERSION,
                    key.namespace,
                    self._plural,
                    key.name,
                    body=options,
                    _request_timeout=TIMEOUT_SECONDS,
                ),
            )
        except KubernetesError as error:
            if error.status not in {404, 409}:
                raise

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        asked = self._core.create_namespaced_event(namespace, event, _request_timeout=TIMEOUT_SECONDS)
        await _called(f"create an event in {namespace}", asked)

    async def secret(self, namespace: str, name: str) -> Secret | None:
        """A Secret, or None if there is none of that name."""
        try:
            found = await _called(
                f"read Secret {namespace}/{name}",
                self._core.read_namespaced_secret(name, namespace, _request_timeout=TIMEOUT_SECONDS),
            )
        except KubernetesError as error:
            if error.status == 404:
                return None
            raise
        data = {key: base64.b64decode(encoded) for key, encoded in (found.data or {}).items()}
        return Secret(str(found.metadata.resource_version), data, is_identity=found.type in _IDENTITIES)

    async def config_map(self, namespace: str, name: str) -> ConfigMap | None:
        """A ConfigMap, or None if there is none of that name."""
        try:
            found = await _called(
                f"read ConfigMap {namespace}/{name}",
                self._core.read_namespaced_config_map(name, namespace, _request_timeout=TIMEOUT_SECONDS),
            )
        except KubernetesError as error:
            if error.status == 404:
                return None
            raise
        texts = {key: text.encode() for key, text in (found.data or {}).items()}
        binary = {key: base64.b64decode(encoded) for key, encoded in (found.binary_data or {}).items()}
        return ConfigMap(version=str(found.metadata.resource_version), files=texts | binary)

    async def cluster_uid(self) -> str:
        """The uid of the namespace kube-system, by which a cluster is commonly named."""
        asked = self._core.read_namespace("kube-system", _request_timeout=TIMEOUT_SECONDS)
        namespace = await _called("read namespace kube-system", asked)
        return str(namespace.metadata.uid)

    async def fingerprint_key(self, namespace: str) -> bytes:
        """The operator's own secret key, made on first use."""
        found = await self.secret(namespace, FINGERPRINT_SECRET)
        if found is None:
            body = {"metadata": {"name": FINGERPRINT_SECRET}, "stringData": {"key": secrets.token_hex(32)}}
            try:
                await _called(
                    f"create Secret {namespace}/{FINGERPRINT_SECRET}",
                    self._core.create_namespaced_secret(namespace, body, _request_timeout=TIMEOUT_SECONDS),
                )
            except KubernetesError as error:
                if error.status != 409:
                    raise
            found = await self.secret(namespace, FINGERPRINT_SECRET)
        key = found.data.get("key") if found else None
        if not key:
            raise KubernetesError(
                "read the fingerprint key", 404, f"Secret {namespace}/{FINGERPRINT_SECRET} holds no key"
            )
        return key

    async def _patch(self, call: Any, action: str, key: Key, patch: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await _called(
            f"{action} of {key}",
            call(
                GROUP,
                VERSION,
                key.namespace,
                self._plural,
                key.name,
                patch,
                field_manager=FIELD_MANAGER,
                _content_type=MERGE_PATCH,
                _request_timeout=TIMEOUT_SECONDS,
            ),
        )
        return answer


async def _called(action: str, call: Any) -> Any:
    with translated(action):
        return await call


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Raise KubernetesError for whatever the client raises within."""
    try:
        yield
    except ApiException as error:
        # The body may quote what was sent; the reason never does.
        raise KubernetesError(action, error.status or 0, f"{error.status} {error.reason}") from None
    except (TimeoutError, aiohttp.ClientError) as error:
        raise KubernetesError(action, 0, type(error).__name__) from None
    except RecursionError:
        # It is done, and the watch brings what it came to (`nesting`).
        raise KubernetesError(action, 400, "the object is nested too deeply to be read") from None
