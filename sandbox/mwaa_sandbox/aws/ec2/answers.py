"""Answers of EC2 that moto does not give: its errors, in the form of the EC2 query protocol."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mwaa_sandbox.aws.control.answers import Answer


@dataclass(frozen=True)
class Refusal:
    """An error of EC2. All of them are HTTP 400."""

    code: str
    message: str

    def answer(self) -> Answer:
        request = str(uuid.uuid4())
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error></Errors>"
            f"<RequestID>{request}</RequestID></Response>"
        )
        headers = [("Content-Type", "text/xml;charset=UTF-8"), ("x-amzn-requestid", request)]
        return 400, self.code, headers, body.encode()


def dependency(kind: str, resource: str) -> Refusal:
    """The text that EC2 has for most things that something else still needs."""
    return Refusal("DependencyViolation", f"The {kind} '{resource}' has dependencies and cannot be deleted.")
