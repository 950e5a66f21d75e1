"""Answers that are not moto's: errors in the form of the protocol that the caller speaks, those of faults among them."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from mwaa_sandbox.aws.control.faults import Fault, FaultKind
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.mwaa import messages

_PAGE = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
_DEFAULTS = {
    FaultKind.THROTTLE: (429, "ThrottlingException", "Rate exceeded"),
    FaultKind.ERROR_5XX: (500, "InternalServerException", "Internal server error"),
    FaultKind.ACCESS_DENIED: (403, "AccessDeniedException", ""),
    FaultKind.VALIDATION: (400, "ValidationException", "The request was not valid"),
}
# Services that answer in XML, by the name they are signed for; all the others speak JSON.
_QUERY_SERVICES = frozenset(
    {"autoscaling", "cloudformation", "elasticloadbalancing", "iam", "rds", "redshift", "ses", "sns", "sts"}
)

Answer = tuple[int, str | None, list[tuple[str, str]], bytes]
"""HTTP status, error code, headers, body."""


def answer(fault: Fault, call: Call, *, lacking: tuple[str, str] | None = None) -> Answer:
    """Return what a fault answers with. Faults that give no answer at all have no place here.

    `lacking`: the action that a call needs, in IAM's words, and on which resource.
    """
    if fault.kind is FaultKind.HTML:
        return 502, None, _headers("text/html", _PAGE), _PAGE
    status, code, message = _DEFAULTS[fault.kind]
    code, message = fault.error_code or code, fault.message or message or _denied(call, lacking)
    if code.startswith("ServiceUnavailable"):
        status = 503
    return error(call.service, status, code, message)


def error(service: str, status: int, code: str, message: str) -> Answer:
    """Return an error in the form of a service's protocol; `service` is the name that its requests are signed for."""
    content_type, body = _body(service, code, message, sender=status < 500)
    headers = _headers(content_type, body)
    if content_type == "application/json":
        headers.append(("x-amzn-errortype", code))
    return status, code, headers, body


def success(content_type: str, body: bytes) -> Answer:
    """Return what a call that was carried out is answered with."""
    return 200, None, _headers(content_type, body), body


def _denied(call: Call, lacking: tuple[str, str] | None) -> str:
    """§1.3: the form in which AWS refuses."""
    action, resource = lacking or (f"{call.service}:{call.operation}", "*")
    return messages.not_authorized(f"arn:aws:iam::{call.account}:user/{call.access_key}", action, resource)


def _body(service: str, code: str, message: str, *, sender: bool) -> tuple[str, bytes]:
    error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    kind = f"<Type>{'Sender' if sender else 'Receiver'}</Type>"
    if service == "s3":
        return "application/xml", f"<Error>{error}</Error>".encode()
    if service == "ec2":
        return "text/xml", f"<Response><Errors><Error>{error}</Error></Errors></Response>".encode()
    if service in _QUERY_SERVICES:
        return "text/xml", f"<ErrorResponse><Error>{kind}{error}</Error></ErrorResponse>".encode()
    # §1.1: AccessDeniedException spells its member with a capital, and MWAA names the error in a header.
    member = "Message" if code == "AccessDeniedException" else "message"
    named = {} if service == "airflow" else {"__type": code}
    return "application/json", json.dumps({**named, member: message}).encode()


def _headers(content_type: str, body: bytes) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), ("Content-Length", str(len(body)))]
