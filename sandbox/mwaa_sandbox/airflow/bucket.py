"""The files of an environment, as they are in moto's S3 at this moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings


@dataclass(frozen=True)
class BucketFile:
    """One object under the DAG prefix. `fingerprint` changes with its content; `read` may be called at any time."""

    fingerprint: str
    read: Callable[[], bytes]


DagFiles = Callable[[Environment], Mapping[str, BucketFile]]
"""An environment's files by their path below the DAG prefix."""


def dag_files(moto_lock: threading.RLock) -> DagFiles:
    """Return a function that lists an environment's files, under moto's lock."""

    def of(environment: Environment) -> Mapping[str, BucketFile]:
        with moto_lock:
            return dict(_files(environment.settings, moto_lock))

    return of


Objects = Callable[[Settings, str], bytes | None]
"""The content of a file that settings name with its version: Requirements, Plugins or StartupScript; None without one."""


def objects(moto_lock: threading.RLock) -> Objects:
    """Return a function that reads a file of an environment, under moto's lock."""

    def of(settings: Settings, file: str) -> bytes | None:
        path, version = settings.get(f"{file}S3Path"), settings.get(f"{file}S3ObjectVersion")
        with moto_lock:
            bucket = moto_buckets.find_by_arn(settings["SourceBucketArn"]) if path else None
            for key in [] if bucket is None else bucket.keys.getlist(path, default=[]):
                if hasattr(key, "etag") and str(key.version_id) == str(version):
                    return bytes(key.value)
        return None

    return of


def _files(settings: Settings, moto_lock: threading.RLock) -> Iterator[tuple[str, BucketFile]]:
    bucket = moto_buckets.find_by_arn(settings["SourceBucketArn"])
    if bucket is None:
        return
    prefix = settings["DagS3Path"].strip("/") + "/"
    for path, key in bucket.keys.items():
        if path.startswith(prefix) and path != prefix and hasattr(key, "etag"):  # delete markers have none
            yield path[len(prefix) :], BucketFile(str(key.etag), _reader(key, moto_lock))


def _reader(key: Any, moto_lock: threading.RLock) -> Callable[[], bytes]:
    def read() -> bytes:
        with moto_lock:
            return bytes(key.value)

    return read
