"""Buckets as moto holds them: in one account and partition each, under a name that is there once."""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend


def find(name: str) -> Any:
    """Return a bucket, whosever it is, or None."""
    s3 = get_backend("s3")
    owner = s3.bucket_accounts.get(name)
    if owner is None:
        return None
    partition, account = owner
    return s3[account][partition].buckets.get(name)


def find_by_arn(arn: str) -> Any:
    """Return the bucket that an ARN names, or None; an ARN of another partition names none."""
    bucket = find(arn.rpartition(":")[2])
    return bucket if bucket is not None and bucket.partition == arn.split(":")[1] else None
