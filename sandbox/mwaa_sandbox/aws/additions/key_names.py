"""Keys that are named by their ARN. Some operations of moto 5.2.5 find them by their id alone, where KMS takes both."""

from __future__ import annotations

import json

from mwaa_sandbox.aws.control.selector import Call

_BY_ID = frozenset({"EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"})


def by_id(call: Call, body: bytes) -> bytes:
    """Return the body of a request with the id in place of the ARN, where moto needs it."""
    named = str(call.parameters.get("KeyId", ""))
    own = f":kms:{call.region}:{call.account}:key/"
    if call.service != "kms" or call.operation not in _BY_ID or own not in named:
        return body
    return json.dumps({**json.loads(body), "KeyId": named.partition(own)[2]}).encode()
