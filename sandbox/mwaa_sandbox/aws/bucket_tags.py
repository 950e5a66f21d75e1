"""The tags that a bucket is created with.

S3 takes them in CreateBucketConfiguration, so that a bucket is never without its tags (S3 API Reference, CreateBucket);
moto 5.2.5 does not read them.
"""

from __future__ import annotations

from moto.backends import get_backend

from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.iam import requests


def put(call: Call, body: bytes) -> None:
    """Tag the bucket if moto has just made one for this call. To be called under the lock that it was made under."""
    creates = call.service == "s3" and call.operation == "CreateBucket"
    tags = requests.bucket_tags(body) if creates else {}
    if not tags:
        return
    s3 = get_backend("s3")
    partition, account = s3.bucket_accounts[call.parameters["Bucket"]]
    s3[account][partition].put_bucket_tagging(call.parameters["Bucket"], tags)
