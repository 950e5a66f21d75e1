"""The wire: from the parts of an HTTP request to an operation, and back to rest-json (mwaa-behaviour.md §1.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from mwaa_sandbox.airflow.seam import AirflowUser, Role
from mwaa_sandbox.aws.mwaa import messages, rest_api, shapes, urls, view, web_access
from mwaa_sandbox.aws.mwaa.backend import MwaaBackend
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.errors import MwaaError, SerializationError, UnknownOperationError, ValidationError

_INTEGERS_IN_QUERY = frozenset({"MaxResults"})
_LISTS_IN_QUERY = frozenset({"tagKeys"})


@dataclass(frozen=True)
class Request:
    """One call, as far as MWAA cares. `parameters` are the members as they came, before any check."""

    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Response:
    """An answer. `error_code` repeats the header, for the call log."""

    status: int
    body: bytes
    error_code: str | None = None

    @property
    def headers(self) -> list[tuple[str, str]]:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(self.body)))]
        if self.error_code is not None:
            headers.append(("x-amzn-errortype", self.error_code))
        return headers


def parse(method: str, path: str, query: str, body: bytes) -> Request:
    """Return what is asked.

    Raises:
        UnknownOperationError: when no operation has such a path.
        SerializationError: for a body that is not a JSON object, or a number in the query that is none.
    """
    found = urls.match(method, path)
    if found is None:
        raise UnknownOperationError(f"There is no operation for {method} {path}")
    operation, in_path = found
    return Request(operation, {**_body_members(body), **_query_members(query), **in_path})


def respond(
    backends: MwaaBackends,
    request: Request,
    *,
    account: str,
    region: str,
    identity: str,
    role: Role = Role.ADMIN,
) -> Response:
    """Carry out a request. `identity` is who asks, as tokens name it, and `role` what they may be in Airflow."""
    user = AirflowUser(web_access.airflow_name(identity), role)
    try:
        accepted = shapes.accepted(request.operation, request.parameters)
        if request.operation == "InvokeRestApi":
            return Response(200, _json(rest_api.invoke(backends, accepted, account=account, region=region, user=user)))
        with backends.lock:
            result = _OPERATIONS[request.operation](backends.of(account, region), accepted, _Caller(identity, user))
    except MwaaError as error:
        return failed(error)
    return Response(200, _json(result))


def failed(error: MwaaError) -> Response:
    """Return the answer that tells of an error."""
    return Response(error.http_status, _json(error.members), error.code)


def _body_members(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        content = json.loads(body)
    except ValueError:
        raise SerializationError("The request body is not valid JSON") from None
    if not isinstance(content, dict):
        raise SerializationError("The request body must be a JSON object")
    return content


def _query_members(query: str) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        if name in _LISTS_IN_QUERY:
            members[name] = values
        elif name in _INTEGERS_IN_QUERY:
            members[name] = _integer(values[-1])
        else:
            members[name] = values[-1]
    return members


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SerializationError(f"{text} can not be converted to an Integer") from None


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


# ---- one function per operation: members in, members out ----

Members = dict[str, Any]


@dataclass(frozen=True)
class _Caller:
    """Who asks: for IAM, and for Airflow."""

    identity: str
    user: AirflowUser


def _create(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    return {"Arn": backend.create_environment(members)}


def _get(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    return {"Environment": view.described(backend.get_environment(members["Name"]))}


def _list(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    names, token = backend.list_environments(limit=members.get("MaxResults"), token=members.get("NextToken"))
    return {"Environments": names} if token is None else {"Environments": names, "NextToken": token}


def _update(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    return {"Arn": backend.update_environment(members)}


def _delete(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    backend.delete_environment(members["Name"])
    return {}


def _tag(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    backend.tag_resource(members["ResourceArn"], members["Tags"])
    return {}


def _untag(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    backend.untag_resource(members["ResourceArn"], members["tagKeys"])
    return {}


def _list_tags(backend: MwaaBackend, members: Members, _caller: _Caller) -> Members:
    return {"Tags": backend.list_tags(members["ResourceArn"])}


def _cli_token(backend: MwaaBackend, members: Members, caller: _Caller) -> Members:
    token, host = backend.create_token(members["Name"], kind="cli", user=caller.user)
    return {"CliToken": token, "WebServerHostname": host}


def _web_token(backend: MwaaBackend, members: Members, caller: _Caller) -> Members:
    token, host = backend.create_token(members["Name"], kind="web", user=caller.user)
    identities = {"IamIdentity": caller.identity, "AirflowIdentity": caller.user.name}
    return {"WebToken": token, "WebServerHostname": host, **identities}


def _publish_metrics(_backend: MwaaBackend, _members: Members, _caller: _Caller) -> Members:
    """§1: deprecated, "model says no longer available"."""
    raise ValidationError(messages.METRICS_RETIRED)


_OPERATIONS: Mapping[str, Callable[[MwaaBackend, Members, _Caller], Members]] = {
    "CreateEnvironment": _create,
    "GetEnvironment": _get,
    "ListEnvironments": _list,
    "UpdateEnvironment": _update,
    "DeleteEnvironment": _delete,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
    "CreateCliToken": _cli_token,
    "CreateWebLoginToken": _web_token,
    "PublishMetrics": _publish_metrics,
}
