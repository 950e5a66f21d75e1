"""Amazon S3: objects that the operator looks at and removes, and small ones that it puts."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.errors import translated
from mwaa_operator.planning.failure import AwsError, FailureKind

_CHUNK_BYTES = 1024 * 1024
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
"""What S3 says where an object is not as a conditional call has it (S3 User Guide, conditional requests)."""
SHA256 = "mwaa-operator-sha256"
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
            yield one["Key"], Object(etag=bare(one["ETag"]), size=one["Size"])
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
        etag=bare(found["ETag"]),
        size=found["ContentLength"],
        version_id=found.get("VersionId"),
        sha256=found.get("Metadata", {}).get(SHA256),
    )


def content_sha256(client: Any, *, bucket: str, key: str, etag: str) -> str:
    """The SHA-256 of an object's content, which is read for that. Raises AwsError, and ChangedError where its ETag is another."""
    total = hashlib.sha256()
    with unchanged(), translated("GetObject", service="s3"):
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
                return bytes(body.read()), bare(answer["ETag"])
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return None
        raise


def put_text(client: Any, *, bucket: str, key: str, content: bytes, replaces: str | None) -> str:
    """Put a small object in the place of the one with the ETag `replaces`, None: of none. Gives its ETag.

    Raises AwsError, and ChangedError where another one is there.
    """
    with unchanged():
        answer = call(client, "PutObject", {"Bucket": bucket, "Key": key, "Body": content, **condition(replaces)})
    return bare(answer["ETag"])


def remove(client: Any, *, bucket: str, key: str, etag: str) -> None:
    """Remove the object with this ETag; in a versioned bucket its versions stay. Fine where there is none any more.

    Raises AwsError, and ChangedError where another one is there.
    """
    try:
        with unchanged():
            call(client, "DeleteObject", {"Bucket": bucket, "Key": key, "IfMatch": etag})
    except AwsError as error:
        if error.kind is not FailureKind.GONE:
            raise


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


def condition(replaces: str | None) -> Mapping[str, str]:
    """The members of a call that puts an object in the place of the one with the ETag `replaces`, None: of none."""
    return {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}


def bare(etag: str) -> str:
    """An ETag without the quotes that HTTP has around it."""
    return etag.strip('"')


@contextmanager
def unchanged() -> Iterator[None]:
    """Raise ChangedError where a condition does not hold."""
    try:
        yield
    except AwsError as error:
        if error.code in _CHANGED:
            raise ChangedError from None
        raise
