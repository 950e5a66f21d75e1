"""Calls that name the account which they expect a bucket to belong to; moto 5.2.5 does not read that.

S3 refuses them where it is another one (Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call


def refusal(call: Call, environ: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a call on somebody else's bucket, or None. Needs no lock: it looks into one dictionary once."""
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
    owner = get_backend("s3").bucket_accounts.get(call.parameters.get("Bucket")) if call.service == "s3" else None
    if expected is None or owner is None or owner[1] == expected:
        return None
    status, code, headers, content = answers.error("s3", 403, "AccessDenied", "Access Denied")
    return status, code, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else content
