"""What a request to the simulated AWS is: service, operation, account, Region, and the members it carries.

The service and Region are those of the signature's credential scope, as in AWS; the operation stands somewhere else for
each protocol. Only reads the request; carries nothing out.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from moto.core.request import Request as MotoRequest
from moto.core.routing import NotFound, get_service_router
from moto.iam.models import get_account_id_from

from mwaa_sandbox.aws import accounts, wsgi
from mwaa_sandbox.aws.control.call_log import redacted
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.mwaa import responses
from mwaa_sandbox.aws.mwaa.errors import MwaaError

MWAA = "airflow"
"""The name that requests to MWAA are signed for (mwaa-behaviour.md §1)."""

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]+/([^/]+)/([^/]+)/aws4_request")
_UNSIGNED = ("", "us-east-1", "s3")  # moto takes what is not signed for S3, whose objects can be public
_LARGEST_LOGGED_BODY = 64 * 1024
_REST_SERVICES_BY_PATH = (("s3", "/v20180820/", "s3control"),)

Environ = Mapping[str, Any]


def recognise(environ: Environ, body: bytes) -> tuple[Call, responses.Request | MwaaError | None]:
    """Return the call, and for MWAA the parsed request or the error that its parsing ended in."""
    access_key, region, service = _credential(environ)
    account = accounts.account_of(access_key) or get_account_id_from(access_key)
    if service != MWAA:
        operation, parameters = _moto_operation(service, environ, body)
        return Call(service, operation, account, region, access_key, None, redacted(parameters)), None
    request: responses.Request | MwaaError
    try:
        request = responses.parse(environ["REQUEST_METHOD"], _path(environ), environ.get("QUERY_STRING", ""), body)
    except MwaaError as error:
        request = error
        return Call(service, "", account, region, access_key), request
    parameters = redacted(request.parameters)
    environment = _environment_of(request.parameters)
    return Call(service, request.operation, account, region, access_key, environment, parameters), request


def _credential(environ: Environ) -> tuple[str, str, str]:
    scope = environ.get("HTTP_AUTHORIZATION", "")
    if not scope and "X-Amz-Credential" in environ.get("QUERY_STRING", ""):
        scope = "Credential=" + parse_qs(environ["QUERY_STRING"])["X-Amz-Credential"][0]
    found = _CREDENTIAL.search(scope)
    if found is None:
        return _UNSIGNED
    access_key, region, service = found.groups()
    return access_key, region, service.lower()


def _path(environ: Environ) -> str:
    """WSGI hands paths over as Latin-1 (PEP 3333)."""
    return str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")


def _environment_of(parameters: Mapping[str, Any]) -> str | None:
    name = parameters.get("Name") or parameters.get("EnvironmentName")
    if isinstance(name, str):
        return name
    arn = parameters.get("ResourceArn")
    return arn.rpartition(":environment/")[2] if isinstance(arn, str) else None


def _moto_operation(service: str, environ: Environ, body: bytes) -> tuple[str, dict[str, Any]]:
    target = environ.get("HTTP_X_AMZ_TARGET")
    small = body if len(body) <= _LARGEST_LOGGED_BODY else b""
    if target:
        return target.rpartition(".")[2], wsgi.json_object(small)
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        action = form.pop("Action", "")
        form.pop("Version", None)
        return action, form
    return _rest_operation(service, environ)


def _rest_operation(service: str, environ: Environ) -> tuple[str, dict[str, Any]]:
    """Match method and path by the service's model, as moto does for its own dispatch."""
    for signed, prefix, real in _REST_SERVICES_BY_PATH:
        if service == signed and str(environ.get("PATH_INFO", "")).startswith(prefix):
            service = real
    router = _router(service)
    if router is None:
        return "", {}
    try:
        operation, members = router(MotoRequest({**environ, "wsgi.input": io.BytesIO()}))
    except NotFound:
        return "", {}
    return operation.name, dict(members)


@functools.cache
def _router(service: str) -> Callable[[MotoRequest], tuple[Any, Mapping[str, Any]]] | None:
    """Return a matcher for a service, or None if its client's name is not the name it signs for."""
    try:
        matcher: Callable[[MotoRequest], tuple[Any, Mapping[str, Any]]] = get_service_router(service).match
    except UnknownServiceError:
        return None
    return matcher
