"""Files that an environment's settings name, read from moto's S3."""

from __future__ import annotations

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

_LARGEST = 64 * 1024


def content(settings: Settings, file: str) -> str | None:
    """Return a file's text (`file`: Requirements or StartupScript), or None when there is none that can be read."""
    path, version = settings.get(f"{file}S3Path"), settings.get(f"{file}S3ObjectVersion")
    if not path:
        return None
    bucket = moto_buckets.find_by_arn(settings["SourceBucketArn"])
    if bucket is None:
        return None
    for key in bucket.keys.getlist(path, default=[]):
        if hasattr(key, "etag") and str(key.version_id) == str(version):
            return bytes(key.value[:_LARGEST]).decode("utf-8", "replace")
    return None


def dag_count(settings: Settings) -> int:
    """Return how many Python files are under the DAG prefix."""
    bucket = moto_buckets.find_by_arn(settings["SourceBucketArn"])
    prefix = settings["DagS3Path"].strip("/") + "/"
    return 0 if bucket is None else sum(key.startswith(prefix) and key.endswith(".py") for key in bucket.keys)
