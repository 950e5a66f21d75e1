"""Amazon S3: objects that become files, chunk by chunk."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from mwaa_operator.aws.errors import translated

_CHUNK_BYTES = 1024 * 1024


def download(
    client: Any, *, bucket: str, key: str, etag: str, to: Path, told: Callable[[int], None] = lambda _: None
) -> str:
    """Write an object into a file, if its ETag is still this one; gives the content's SHA-256. `told` hears of bytes as they come.

    Raises AwsError: with the code PreconditionFailed where it is another object meanwhile, of the kind GONE where it is none.
    """
    total = hashlib.sha256()
    with translated("GetObject", service="s3"):
        answer = client.get_object(Bucket=bucket, Key=key, IfMatch=f'"{etag}"')
        with closing(answer["Body"]) as body, to.open("wb") as file:
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                total.update(chunk)
                file.write(chunk)
                told(len(chunk))
    return total.hexdigest()
