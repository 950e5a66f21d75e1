"""Amazon S3: objects that the operator puts, looks at and removes. None of them is ever held in memory."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.errors import translated
from mwaa_operator.planning.failure import AwsError, FailureKind

IN_PARTS_FROM = 64 * 1024 * 1024
"""Larger files are uploaded in parts, so that a lost connection costs one of them only. In bytes."""
PART_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
"""What S3 says where an object is not as a conditional call has it (S3 User Guide, conditional requests)."""
_SHA256 = "mwaa-operator-sha256"
"""The name of the metadata that says of an object of ours what it is: an ETag is a hash of the content only sometimes."""


class ChangedError(Exception):
    """The object is not as it was looked at: somebody else has put or removed it meanwhile."""


@dataclass(frozen=True)
class Object:
    """An object. `sha256` is what it says of itself if it is one of ours, not what it was found to be."""

    etag: str
    size: int
    version_id: str | None = None
    sha256: str | None = None


def listed(client: Any, *, bucket: str, prefix: str) -> Iterator[tuple[str, Object]]:
    """The objects below a prefix, page by page. Raises AwsError."""
    place: dict[str, Any] = {}
    while True:
        page = call(client, "ListObjectsV2", {"Bucket": bucket, "Prefix": prefix, **place})
        for one in page.get("Contents", []):
            yield one["Key"], Object(etag=_bare(one["ETag"]), size=one["Size"])
        if not page.get("IsTruncated"):
            return
        place = {"ContinuationToken": page["NextContinuationToken"]}


def looked_at(client: Any, *, bucket: str, key: str, version_id: str | None = None) -> Object | None:
    """An object, or one version of it; None where there is none. Raises AwsError."""
    which = {} if version_id is None else {"VersionId": version_id}
    try:
        found = call(client, "HeadObject", {"Bucket": bucket, "Key": key, **which})
    except AwsError as error:
        # 405: the version is one that marks a deletion; 400: it is none (S3 API reference, HeadObject).
        if error.kind is FailureKind.GONE or (version_id is not None and error.code in {"400", "405"}):
            return None
        if error.kind is FailureKind.DENIED:
            raise _not_shown(
                error, bucket, key, "s3:GetObject" if version_id is None else "s3:GetObjectVersion"
            ) from None
        raise
    return Object(
        etag=_bare(found["ETag"]),
        size=found["ContentLength"],
        version_id=found.get("VersionId"),
        sha256=found.get("Metadata", {}).get(_SHA256),
    )


def content_sha256(client: Any, *, bucket: str, key: str, etag: str) -> str:
    """The SHA-256 of an object's content, which is read for that. Raises AwsError, and ChangedError where its ETag is another."""
    total = hashlib.sha256()
    with _unchanged(), translated("GetObject", service="s3"):
        answer = client.get_object(Bucket=bucket, Key=key, IfMatch=etag)
        with closing(answer["Body"]) as body:
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                total.update(chunk)
    return total.hexdigest()


def text(client: Any, *, bucket: str, key: str) -> tuple[bytes, str] | None:
    """The content and the ETag of a small object; None where there is none. Raises AwsError."""
    try:
        with translated("GetObject", service="s3"):
            answer = client.get_object(Bucket=bucket, Key=key)
            with closing(answer["Body"]) as body:
                return bytes(body.read()), _bare(answer["ETag"])
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return None
        raise


def put_text(client: Any, *, bucket: str, key: str, content: bytes, replaces: str | None) -> str:
    """Put a small object in the place of the one with the ETag `replaces`, None: of none. Gives its ETag.

    Raises AwsError, and ChangedError where another one is there.
    """
    with _unchanged():
        answer = call(client, "PutObject", {"Bucket": bucket, "Key": key, "Body": content, **_condition(replaces)})
    return _bare(answer["ETag"])


def put_file(client: Any, *, bucket: str, key: str, file: Path, sha256: str, replaces: str | None) -> Object:
    """Put a file in the place of the object with the ETag `replaces`, None: of none.

    Raises AwsError, ChangedError where another one is there, and OSError where the file cannot be read.
    """
    size = file.stat().st_size
    if size >= IN_PARTS_FROM:
        return _put_in_parts(client, {"Bucket": bucket, "Key": key}, file, sha256, replaces)
    with file.open("rb") as body, _unchanged():
        answer = call(
            client,
            "PutObject",
            {"Bucket": bucket, "Key": key, "Body": body, "Metadata": {_SHA256: sha256}, **_condition(replaces)},
        )
    return Object(etag=_bare(answer["ETag"]), size=size, version_id=answer.get("VersionId"), sha256=sha256)


def remove(client: Any, *, bucket: str, key: str, etag: str) -> None:
    """Remove the object with this ETag; in a versioned bucket its versions stay. Fine where there is none any more.

    Raises AwsError, and ChangedError where another one is there.
    """
    try:
        with _unchanged():
            call(client, "DeleteObject", {"Bucket": bucket, "Key": key, "IfMatch": etag})
    except AwsError as error:
        if error.kind is not FailureKind.GONE:
            raise


def _put_in_parts(client: Any, place: Mapping[str, str], file: Path, sha256: str, replaces: str | None) -> Object:
    """S3 knows a condition for the last call of such an upload only, which boto3 does not pass on: looked at right before instead."""
    bucket, key = place["Bucket"], place["Key"]
    there = looked_at(client, bucket=bucket, key=key)
    if (there.etag if there else None) != replaces:
        raise ChangedError
    # One part after the other: how many files are uploaded at a time is up to the caller, and so is how much memory that takes.
    parts = TransferConfig(
        multipart_threshold=IN_PARTS_FROM, multipart_chunksize=PART_BYTES, use_threads=False, max_io_queue=1
    )
    with file.open("rb") as body, translated("PutObject", service="s3"):
        client.upload_fileobj(body, bucket, key, ExtraArgs={"Metadata": {_SHA256: sha256}}, Config=parts)
    found = looked_at(client, bucket=bucket, key=key)
    if found is None or found.sha256 != sha256:
        raise ChangedError
    return found


def _not_shown(error: AwsError, bucket: str, key: str, action: str) -> AwsError:
    """S3 answers a HEAD without a word of explanation, and with 403 as well where a caller who may not list asks for nothing."""
    return AwsError(
        kind=error.kind,
        operation=error.operation,
        code=error.code,
        message=f"The operator may not look at {key} in the bucket {bucket}: it needs {action} on the objects and s3:ListBucket on the "
        "bucket.",
        request_id=error.request_id,
        action=action,
    )


def _condition(replaces: str | None) -> Mapping[str, str]:
    return {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}


def _bare(etag: str) -> str:
    return etag.strip('"')


@contextmanager
def _unchanged() -> Iterator[None]:
    """Raise ChangedError where a condition does not hold."""
    try:
        yield
    except AwsError as error:
        if error.code in _CHANGED:
            raise ChangedError from None
        raise
