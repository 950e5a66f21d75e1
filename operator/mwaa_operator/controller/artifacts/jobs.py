"""Jobs of verifications in Kubernetes, under the role that a namespace binds to the operator."""

from collections.abc import Awaitable, Mapping
from typing import Any

from kubernetes.aio import client

from mwaa_operator.controller.kubernetes import FIELD_MANAGER, TIMEOUT_SECONDS, KubernetesError, translated
from mwaa_operator.planning.artifacts.verification import JOB_NAME

_Document = Mapping[str, Any]


class Jobs:
    """The calls. Each raises KubernetesError, and gives documents as Kubernetes has them."""

    def __init__(self, api: client.ApiClient) -> None:
        self._api = api
        self._batch = client.BatchV1Api(api)
        self._core = client.CoreV1Api(api)

    async def get(self, namespace: str, name: str) -> _Document | None:
        """A Job, None if there is none of that name."""
        try:
            return await self._called(
                f"read Job {namespace}/{name}",
                self._batch.read_namespaced_job(name, namespace, _request_timeout=TIMEOUT_SECONDS),
            )
        except KubernetesError as error:
            if error.status == 404:
                return None
            raise

    async def create(self, namespace: str, job: _Document) -> None:
        """Create a Job, unless there is one of that name."""
        await self._created(
            f"create Job {namespace}/{job['metadata']['name']}",
            self._batch.create_namespaced_job(
                namespace, job, field_manager=FIELD_MANAGER, _request_timeout=TIMEOUT_SECONDS
            ),
        )

    async def create_secret(self, namespace: str, secret: _Document) -> None:
        """Create a Secret, unless there is one of that name."""
        await self._created(
            f"create Secret {namespace}/{secret['metadata']['name']}",
            self._core.create_namespaced_secret(
                namespace, secret, field_manager=FIELD_MANAGER, _request_timeout=TIMEOUT_SECONDS
            ),
        )

    async def pods(self, namespace: str, job: str) -> list[_Document]:
        """The pods of a Job."""
        found = await self._called(
            f"list the pods of Job {namespace}/{job}",
            self._core.list_namespaced_pod(
                namespace, label_selector=f"{JOB_NAME}={job}", _request_timeout=TIMEOUT_SECONDS
            ),
        )
        return list(found["items"])

    async def _created(self, action: str, call: Awaitable[Any]) -> None:
        try:
            await self._called(action, call)
        except KubernetesError as error:
            if error.status != 409:
                raise

    async def _called(self, action: str, call: Awaitable[Any]) -> _Document:
        with translated(action):
            document: _Document = self._api.sanitize_for_serialization(await call)
            return document
