"""The outermost edges of the operator, replaced: its calls to Kubernetes and boto3's clients. Everything inside of them is real."""

# ruff: noqa: ARG002 - a stand-in has the arguments of what it stands in for

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from mwaa_operator.controller.kubernetes import KubernetesError, Secret
from mwaa_operator.controller.store import Key

from .api_server import ApiError
from .aws_model import ACCOUNT, MUTATING, REGION
from .death import Died, Fate
from .faults import AwsFault, KubernetesFault, raised
from .journal import Look

if TYPE_CHECKING:
    from .world import World


class KubernetesEdge:
    """Has the methods of `mwaa_operator.controller.kubernetes.Kubernetes`."""

    SECONDS = 0.01

    def __init__(self, world: World, fate: Fate) -> None:
        self._world = world
        self._fate = fate

    async def patch_status(self, key: Key, patch: Mapping[str, Any]) -> Mapping[str, Any]:
        def write() -> Mapping[str, Any]:
            before = self._world.api.get(key)
            after = self._world.api.patch_status(key, patch)
            self._world.statements.written(before, after)
            return after

        return await self._call("write the status", write, writing=True)

    async def set_finalizers(self, key: Key, finalizers: list[str], *, resource_version: str) -> Mapping[str, Any]:
        api = self._world.api
        return await self._call(
            "set the finalizer",
            lambda: api.set_finalizers(key, finalizers, resource_version=resource_version),
            writing=True,
        )

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        await self._call("create an event", lambda: self._world.statements.said(event))

    async def secret(self, namespace: str, name: str) -> Secret | None:
        return await self._call("read a Secret", lambda: self._world.secrets.read(namespace, name))

    async def secret_versions(self, namespace: str, name: str) -> AsyncGenerator[str | None]:
        """Has the behaviour of `mwaa_operator.controller.object_versions.object_versions`."""
        yield await self._call("list a Secret", lambda: self._world.secrets.version(namespace, name))
        async with aclosing(self._world.secrets.versions(namespace, name)) as versions:
            async for version in versions:
                if not self._fate.dead:
                    yield version

    async def _call(self, action: str, effect: Callable[[], Any], *, writing: bool = False) -> Any:
        try:
            self._fate.begins()
            await asyncio.sleep(self.SECONDS)
            fault = self._world.weather.strikes_kubernetes(writing=writing, now=self._world.loop.time())
            if fault is KubernetesFault.UNREACHABLE:
                raise KubernetesError(action, 0, "TimeoutError")
            if fault is KubernetesFault.ERROR_5XX:
                raise KubernetesError(action, 500, "500 Internal Server Error")
            try:
                answer = effect()
            except ApiError as error:
                raise KubernetesError(action, error.status, str(error)) from None
            self._fate.took_effect()
        except Died:
            await asyncio.Event().wait()  # nobody is left to hear the answer
        if fault is KubernetesFault.LOST:
            self._world.statements.may_be_repeated()
            raise KubernetesError(action, 0, "ServerDisconnectedError")
        return answer


class Clients:
    """Has what `EnvironmentResource` and `Diagnosis` use of `mwaa_operator.aws.sessions.Clients`."""

    region = REGION

    def __init__(self, world: World, fate: Fate) -> None:
        edge = AwsEdge(world, fate)
        self._clients = {"mwaa": _Mwaa(edge), "s3": _S3(edge), "sts": _Sts(edge), "logs": _Logs(edge)}

    def client(self, service: str, region: str | None = None) -> Any:
        return self._clients[service]


class AwsEdge:
    """One call to AWS: what strikes it, what it does, what is written down about it."""

    def __init__(self, world: World, fate: Fate) -> None:
        self._world = world
        self._fate = fate

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        mutating = operation in MUTATING
        world = self._world
        self._fate.begins()
        fault = world.weather.strikes_aws(mutating=mutating, now=world.loop.time())
        lost = fault in {AwsFault.LOST, AwsFault.LOST_THEN_REPEATED}
        if fault is not None and not (lost and mutating):
            raise raised(fault, operation)
        try:
            answer = self._carried_out(operation, parameters)
        except ClientError:
            self._fate.took_effect()
            if lost:
                raise raised(AwsFault.LOST, operation) from None
            raise
        self._fate.took_effect()
        if fault is AwsFault.LOST_THEN_REPEATED:
            return world.aws.call(operation, parameters)
        if fault is AwsFault.LOST:
            raise raised(fault, operation)
        return answer

    def look_up(self, operation: str, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A call of another service."""
        self._fate.begins()
        fault = self._world.weather.strikes_aws(mutating=False, now=self._world.loop.time())
        if fault is not None:
            raise raised(fault, operation)
        return answer()

    @property
    def newest_version(self) -> Callable[[str], dict[str, Any]]:
        return self._world.aws.newest_version

    def _carried_out(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        world = self._world
        if operation not in MUTATING:
            return self._looked(parameters["Name"])
        world.journal.asked(operation)
        try:
            answer = world.aws.call(operation, parameters)
        except ClientError as error:
            world.journal.refused(operation, error.response["Error"]["Message"])
            raise
        name = parameters.get("Name") or parameters["ResourceArn"].rpartition("/")[2]
        world.journal.accepted(operation, parameters, world.aws.environment(name))
        return answer

    def _looked(self, name: str) -> dict[str, Any]:
        world = self._world
        true = world.aws.environment(name)
        try:
            answer = world.aws.call("GetEnvironment", {"Name": name})
        except ClientError:
            world.journal.looked(Look(None, true, dict(world.aws.files)))
            raise
        world.journal.looked(Look(answer["Environment"], true, dict(world.aws.files)))
        return answer


class _Mwaa:
    def __init__(self, edge: AwsEdge) -> None:
        self._edge = edge

    def get_environment(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("GetEnvironment", parameters)

    def create_environment(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("CreateEnvironment", parameters)

    def update_environment(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("UpdateEnvironment", parameters)

    def delete_environment(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("DeleteEnvironment", parameters)

    def tag_resource(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("TagResource", parameters)

    def untag_resource(self, **parameters: Any) -> dict[str, Any]:
        return self._edge.call("UntagResource", parameters)


class _S3:
    def __init__(self, edge: AwsEdge) -> None:
        self._edge = edge

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        return self._edge.look_up("HeadObject", lambda: self._edge.newest_version(Key))


class _Sts:
    def __init__(self, edge: AwsEdge) -> None:
        self._edge = edge

    def get_caller_identity(self) -> dict[str, Any]:
        return self._edge.look_up("GetCallerIdentity", lambda: {"Account": ACCOUNT})


class _Logs:
    """No environment writes logs here."""

    meta = SimpleNamespace(service_model=SimpleNamespace(signing_name="logs"))

    def __init__(self, edge: AwsEdge) -> None:
        self._edge = edge

    def describe_log_streams(self, **_: Any) -> dict[str, Any]:
        return self._edge.look_up("DescribeLogStreams", _no_log_group)


def _no_log_group() -> dict[str, Any]:
    error = {"Code": "ResourceNotFoundException", "Message": "The specified log group does not exist."}
    raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, "DescribeLogStreams")
