"""Files that an environment's settings name, read from moto's S3."""

from __future__ import annotations

from moto.backends import get_backend

from mwaa_sandbox.aws.mwaa.lifecycle import Settings

_LARGEST = 64 * 1024


def content(settings: Settings, file: str) -> str | None:
    """Return a file's text (`file`: Requirements or StartupScript), or None when there is none that can be read."""
    path, version = settings.get(f"{file}S3Path"), settings.get(f"{file}S3ObjectVersion")
    if not path:
        return None
    partition, name = settings["SourceBucketArn"].split(":")[1], settings["SourceBucketArn"].rpartition(":")[2]
    s3 = get_backend("s3")
    owner = s3.bucket_accounts.get(name)
    bucket = None if owner is None else s3[owner[1]][partition].buckets.get(name)
    if bucket is None:
        return None
    for key in bucket.keys.getlist(path, default=[]):
        if hasattr(key, "etag") and str(key.version_id) == str(version):
            return bytes(key.value[:_LARGEST]).decode("utf-8", "replace")
    return None


def dag_count(settings: Settings) -> int:
    """Return how many Python files are under the DAG prefix."""
    name = settings["SourceBucketArn"].rpartition(":")[2]
    s3 = get_backend("s3")
    owner = s3.bucket_accounts.get(name)
    bucket = None if owner is None else s3[owner[1]][owner[0]].buckets.get(name)
    prefix = settings["DagS3Path"].strip("/") + "/"
    return 0 if bucket is None else sum(key.startswith(prefix) and key.endswith(".py") for key in bucket.keys)
