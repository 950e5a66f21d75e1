"""Amazon S3: files that become objects. None of them is ever held in memory, and large ones go in parts."""

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_objects import SHA256, ChangedError, Object, bare, condition, looked_at, unchanged
from mwaa_operator.planning.failure import AwsError, FailureKind

IN_PARTS_FROM = 64 * 1024 * 1024
"""Files of so much, in bytes, are better uploaded in parts: a lost connection costs one of them only, and each can be told of."""
PART_BYTES = 16 * 1024 * 1024
_CHECKSUM = "CRC32"
"""S3 wants one kind to be named for the whole upload, and each part's in its last call (S3 User Guide, checking object integrity)."""

Told = Callable[[int], None]
"""Is told of each part that is there, by its size in bytes. What it raises ends the upload."""


def put_file(client: Any, *, bucket: str, key: str, file: Path, sha256: str, replaces: str | None) -> Object:
    """Put a file in the place of the object with the ETag `replaces`, None: of none. All in one call, which leaves nothing behind.

    Raises AwsError, ChangedError where another one is there, and OSError where the file cannot be read.
    """
    size = file.stat().st_size
    with file.open("rb") as body, unchanged():
        answer = call(
            client,
            "PutObject",
            {"Bucket": bucket, "Key": key, "Body": body, "Metadata": {SHA256: sha256}, **condition(replaces)},
        )
    return Object(etag=bare(answer["ETag"]), size=size, version_id=answer.get("VersionId"), sha256=sha256)


def begin_parts(client: Any, *, bucket: str, key: str, sha256: str) -> str:
    """Begin an upload in parts; gives its id. Whoever does so either puts all of it or aborts it: S3 charges for parts for ever."""
    what = {"Bucket": bucket, "Key": key, "Metadata": {SHA256: sha256}, "ChecksumAlgorithm": _CHECKSUM}
    return str(call(client, "CreateMultipartUpload", what)["UploadId"])


def put_in_parts(
    client: Any,
    upload: str,
    *,
    bucket: str,
    key: str,
    file: Path,
    sha256: str,
    replaces: str | None,
    told: Told = lambda _: None,
) -> Object:
    """Put the parts of an upload that was begun, and have them become the object. Whatever ends it before, it is aborted.

    Raises the same as `put_file`. One part goes after the other: how many files are uploaded at a time is up to the caller.
    """
    which = {"Bucket": bucket, "Key": key, "UploadId": upload}
    try:
        # S3 knows the condition for the last call only: this spares the parts.
        _check_unchanged(client, bucket=bucket, key=key, replaces=replaces)
        parts = _put_parts(client, which, file, told)
        with unchanged():
            answer = call(
                client,
                "CompleteMultipartUpload",
                {**which, "MultipartUpload": {"Parts": parts}, **condition(replaces)},
            )
    except Exception:
        with suppress(AwsError):
            abort_parts(client, upload, bucket=bucket, key=key)
        raise
    return Object(
        etag=bare(answer["ETag"]), size=file.stat().st_size, version_id=answer.get("VersionId"), sha256=sha256
    )


def abort_parts(client: Any, upload: str, *, bucket: str, key: str) -> None:
    """Remove the parts of an upload that is not to become an object. Fine where there is none any more. Raises AwsError."""
    try:
        call(client, "AbortMultipartUpload", {"Bucket": bucket, "Key": key, "UploadId": upload})
    except AwsError as error:
        if error.kind is not FailureKind.GONE:
            raise


def _check_unchanged(client: Any, *, bucket: str, key: str, replaces: str | None) -> None:
    there = looked_at(client, bucket=bucket, key=key)
    if (there.etag if there else None) != replaces:
        raise ChangedError


def _put_parts(client: Any, which: Mapping[str, str], file: Path, told: Told) -> list[Mapping[str, Any]]:
    size = file.stat().st_size
    parts: list[Mapping[str, Any]] = []
    with file.open("rb", buffering=0) as whole:
        for number, start in enumerate(range(0, size, PART_BYTES), start=1):
            part = _Part(whole, start, min(PART_BYTES, size - start))
            asked = {**which, "PartNumber": number, "Body": part, "ChecksumAlgorithm": _CHECKSUM}
            answer = call(client, "UploadPart", asked)
            checksums = {name: value for name, value in answer.items() if name == f"Checksum{_CHECKSUM}"}
            parts.append({"PartNumber": number, "ETag": answer["ETag"], **checksums})
            told(part.size)
    return parts


class _Part(io.RawIOBase):
    """So many bytes of a file from a place on, read as they are sent, and again where a call is repeated."""

    def __init__(self, whole: io.FileIO, start: int, size: int) -> None:
        super().__init__()
        self.size = size
        self._whole, self._start, self._at = whole, start, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._whole.seek(self._start + self._at)
        count = self._whole.readinto(memoryview(buffer)[: max(self.size - self._at, 0)])
        self._at += count
        return count
