"""Reads and writes CloudWatch's messages, in JSON and in its older query protocol, by moto's parsers and serialisers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from mwaa_sandbox.aws import wsgi
from mwaa_sandbox.aws.control.answers import Answer

SERVICE = "monitoring"
"""The name that requests to CloudWatch are signed for."""


class Refusal(ServiceException):  # type: ignore[misc] # moto is not typed
    """An error that CloudWatch answers with: its code, and a text."""


class Message:
    """A request to CloudWatch, and the way to answer it in the protocol that it came in."""

    def __init__(self, operation: str, environ: Mapping[str, Any], body: bytes) -> None:
        model = get_service_model("cloudwatch")
        self._operation = model.operation_model(operation)
        self._protocol = determine_request_protocol(model, environ.get("CONTENT_TYPE", ""))
        parsed = PROTOCOL_PARSERS[self._protocol](self._operation).parse(
            {
                "method": "POST",
                "values": dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)),
                "headers": wsgi.headers_of(environ),
                "body": body,
                "url_path": "/",
                "url_params": {},
            }
        )
        self.members: Mapping[str, Any] = parsed
        """By AWS's names. Times are in UTC and do not say so, as moto has them."""

    def answer(self, result: Mapping[str, Any] | Refusal) -> Answer:
        """Return what a call is answered with: what it has found, or a refusal."""
        written = get_serializer_class("cloudwatch", self._protocol)(self._operation).serialize(result)
        body = written["body"]
        content = body.encode() if isinstance(body, str) else body
        code = str(result.code) if isinstance(result, Refusal) else None
        headers = [(name, str(value)) for name, value in written["headers"].items()]
        return int(written["status_code"]), code, [*headers, ("Content-Length", str(len(content)))], content
