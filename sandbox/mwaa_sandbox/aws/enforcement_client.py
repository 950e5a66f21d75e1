"""The part of the admin client that holds callers to IAM policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Document = str | Mapping[str, Any]
"""A policy: its JSON, or what that says."""


class _Caller(Protocol):
    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]: ...


class EnforcementClient:
    """What `AdminClient` can do about permissions."""

    def enforce(
        self: _Caller,
        access_key: str | None,
        policies: Document | Sequence[Document] | None = None,
        *,
        role_arn: str | None = None,
        boundary: Document | None = None,
    ) -> None:
        """Hold the caller with an access key to IAM policies: from now on a call they do not allow is refused as AWS does.

        With `role_arn` the caller is a session of that role; with a role alone (`access_key` None) all sessions are meant
        that the simulated STS hands out for it. `policies` None lets that caller do anything again, and `enforce(None)`
        everybody. All keys that are not named may do anything.
        """
        if policies is None:
            self._call("DELETE", "enforcement", query={"accessKey": access_key, "roleArn": role_arn})
            return
        listed = [policies] if isinstance(policies, str | Mapping) else policies
        self._call(
            "PUT",
            "enforcement",
            {
                "accessKey": access_key,
                "roleArn": role_arn,
                "policies": [_text(one) for one in listed],
                "boundary": None if boundary is None else _text(boundary),
            },
        )


def _text(document: Document) -> str:
    return document if isinstance(document, str) else json.dumps(document)
