"""The condition If-Match of CompleteMultipartUpload, which moto 5.2.5 does not look at (S3 API Reference: 412 where the object has another
ETag, 404 where there is none).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call


def refusal(call: Call, environ: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a call whose condition does not hold, or None. To be called under the lock that guards moto."""
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is None or (call.service, call.operation) != ("s3", "CompleteMultipartUpload"):
        return None
    bucket = moto_buckets.find(call.parameters["Bucket"])
    if bucket is None:
        return None
    found = bucket.keys.get(call.parameters["Key"])
    if not hasattr(found, "etag"):  # there is none, or a delete marker
        return answers.error("s3", 404, "NoSuchKey", "The specified key does not exist.")
    if found.etag.strip('"') != wanted.strip('"'):
        text = "At least one of the pre-conditions you specified did not hold"
        return answers.error("s3", 412, "PreconditionFailed", text)
    return None
