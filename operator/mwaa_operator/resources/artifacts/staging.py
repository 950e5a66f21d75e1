"""What a verification has in the environment's own bucket: an archive of the code for as long as it takes, and a record of what passed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_addresses import readable_address
from mwaa_operator.aws.s3_objects import Object, looked_at, put_text, text
from mwaa_operator.aws.s3_uploads import put_file
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.resources.artifacts.zipping import zipped

ADDRESS_SECONDS = 3600
"""For how long the archive can be read: as long as a Job may take, and a while to begin."""


def stage(
    clients: Clients, region: str | None, *, bucket: str, key: str, files: Mapping[str, SourceFile]
) -> tuple[str, str]:
    """Put an archive of the files into the bucket, in the place of an earlier one; gives the address to read it at, and its SHA-256.

    Raises AwsError, ChangedError where somebody else puts another one there, and OSError where there is no room for it.
    """
    storage = clients.client("s3", region)
    with tempfile.TemporaryDirectory(prefix="verification-") as folder:
        archive = zipped(files, Path(folder) / "archive.zip")
        there = looked_at(storage, bucket=bucket, key=key)
        if there is None or there.sha256 != archive.sha256:
            put_file(
                storage,
                bucket=bucket,
                key=key,
                file=archive.at,
                sha256=archive.sha256,
                replaces=there.etag if there else None,
            )
            if there is not None and there.version_id is not None:
                _remove(storage, bucket, key, there)
    address = readable_address(clients, region, bucket=bucket, key=key, seconds=ADDRESS_SECONDS)
    return address, archive.sha256


def unstage(clients: Clients, region: str | None, *, bucket: str, key: str) -> None:
    """Remove the archive. Raises AwsError."""
    storage = clients.client("s3", region)
    there = looked_at(storage, bucket=bucket, key=key)
    if there is not None:
        _remove(storage, bucket, key, there)


def _remove(storage: Any, bucket: str, key: str, there: Object) -> None:
    """Remove an archive by its version, for a versioned bucket would keep it for ever."""
    which = {"Key": key} | ({"VersionId": there.version_id} if there.version_id else {})
    call(storage, "DeleteObjects", {"Bucket": bucket, "Delete": {"Objects": [which]}})


def last_passed(clients: Clients, region: str | None, *, bucket: str, key: str) -> str | None:
    """The name of the last verification that has passed, None if there was none. Raises AwsError."""
    found = text(clients.client("s3", region), bucket=bucket, key=key)
    return found[0].decode(errors="replace") if found else None


def remember_passed(clients: Clients, region: str | None, *, bucket: str, key: str, name: str) -> None:
    """Write down that this verification has passed. Raises AwsError, and ChangedError where somebody else does so at the same time."""
    storage = clients.client("s3", region)
    found = text(storage, bucket=bucket, key=key)
    put_text(storage, bucket=bucket, key=key, content=name.encode(), replaces=found[1] if found else None)
