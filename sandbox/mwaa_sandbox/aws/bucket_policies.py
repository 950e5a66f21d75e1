"""Bucket policies whose statements have conditions.

moto 5.2.5 judges calls on objects by the bucket's policy and leaves the conditions out, so that a statement which denies what does not
come over TLS (Amazon S3 User Guide, security best practices) would deny everything. Such a statement holds for no call to the simulated
AWS, which stands for one that is reached over TLS.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.control.selector import Call

_ABOUT_THE_POLICY = "BucketPolicy"


@contextlib.contextmanager
def without_conditional_denials(call: Call) -> Iterator[None]:
    """Have moto judge a call on objects by the other statements. To be used under the lock that guards moto."""
    bucket = moto_buckets.find(call.parameters.get("Bucket", "")) if call.service == "s3" else None
    if bucket is None or _ABOUT_THE_POLICY in call.operation:
        yield
        return
    whole = bucket.policy
    if whole is not None:
        bucket.policy = _unconditional(whole)
    try:
        yield
    finally:
        bucket.policy = whole


def _unconditional(policy: bytes) -> bytes | None:
    document = json.loads(policy)
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    left = [one for one in listed if one.get("Effect") != "Deny" or "Condition" not in one]
    return json.dumps({**document, "Statement": left}).encode() if left else None
