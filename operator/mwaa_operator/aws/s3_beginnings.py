"""Amazon S3: how an object begins."""

from typing import Any

from mwaa_operator.aws.errors import translated


def beginning(client: Any, *, bucket: str, key: str, version: str | None, size: int) -> bytes:
    """The first `size` bytes of an object that is not empty. Raises AwsError."""
    which = {} if version is None else {"VersionId": version}
    with translated("GetObject", service="s3"):
        answer = client.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{size - 1}", **which)
        with answer["Body"] as body:
            return bytes(body.read())
