"""Large files get into a bucket part by part: each is told of, none is held in memory, and none stays behind."""

from __future__ import annotations

import hashlib
import json
import tracemalloc

import pytest
from mwaa_operator.api.artifacts import S3Folder
from mwaa_operator.aws import s3_objects, s3_uploads
from mwaa_operator.resources.artifacts.s3_source import fetch_s3
from mwaa_operator.resources.artifacts.side_by_side import StoppedError

from .test_delivery import MANIFEST, REGION, Bucket

MIB = 1024**2
LARGE = b"x" * (11 * MIB)


class KilledError(BaseException):
    """The process is gone, and nothing of it has had a chance to put anything in order."""


@pytest.fixture
def bucket(in_account, clients, seen, tmp_path):
    return Bucket(in_account, clients, seen, tmp_path)


@pytest.fixture
def in_parts(monkeypatch):
    """Have files of 6 MiB uploaded in parts of 5, the smallest that S3 takes."""
    monkeypatch.setattr(s3_uploads, "IN_PARTS_FROM", 6 * MIB)
    monkeypatch.setattr(s3_uploads, "PART_BYTES", 5 * MIB)


def test_a_large_file_is_uploaded_in_parts_each_of_which_is_told_of(bucket, in_parts):
    told = []
    delivered = bucket.deliver({"large.py": LARGE, "small.py": "1"}, told=told.append)
    assert (delivered.uploaded, bucket.calls()["UploadPart"]) == (2, 3)
    assert bucket.storage.get_object(Bucket=bucket.name, Key="dags/large.py")["Body"].read() == LARGE
    sizes = [how_far.size for how_far in told]
    assert sizes == sorted(sizes)
    assert {5 * MIB, 10 * MIB, 11 * MIB} <= {size - size % MIB for size in sizes}
    assert (told[0].files, told[-1].files, told[-1].size) == (0, 2, told[-1].of_size)
    assert bucket.deliver({"large.py": LARGE, "small.py": "1"}).uploaded == 0
    assert "uploads" not in json.loads(bucket.read(MANIFEST))
    assert bucket.deliver({"large.py": "small", "small.py": "1"}).uploaded == 1


@pytest.mark.parametrize("when", [("UploadPart", 1), ("UploadPart", 3), ("CompleteMultipartUpload", 1)], ids=str)
def test_parts_of_a_process_that_died_are_removed_by_the_next_one(bucket, in_parts, when):
    bucket.dying(([when[0]], when[1]), {"large.py": LARGE}, death=KilledError)
    assert bucket.unfinished() == ["dags/large.py"]
    bucket.deliver({"large.py": LARGE})
    assert (bucket.unfinished(), bucket.versions("dags/large.py")) == ([], 1)


def test_a_delivery_that_is_stopped_in_a_large_file_leaves_no_parts(bucket, in_parts):
    told = []
    with pytest.raises(StoppedError):
        bucket.deliver({"large.py": LARGE}, told=told.append, stopped=lambda: len(told) > 2)
    assert bucket.calls()["UploadPart"] == 2
    assert (bucket.unfinished(), set(bucket.texts())) == ([], set())


def test_a_large_file_is_never_in_memory_neither_on_its_way_there_nor_back(bucket, clients, tmp_path):
    at, size = tmp_path / "large.bin", 40 * MIB
    with at.open("wb") as file:
        file.truncate(size)
    with at.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    storage = clients.client("s3", REGION)
    tracemalloc.start()
    try:
        place = {"bucket": bucket.name, "key": "ci/large.bin"}
        upload = s3_uploads.begin_parts(storage, **place, sha256=sha256)
        s3_uploads.put_in_parts(storage, upload, **place, file=at, sha256=sha256, replaces=None)
        fetched = fetch_s3(clients, REGION, S3Folder(bucket=bucket.name, prefix="ci"), tmp_path / "source")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    file = fetched.files["large.bin"]
    assert (file.size, file.sha256, bucket.calls()["UploadPart"]) == (size, sha256, 3)
    assert most < 8 * MIB


@pytest.mark.parametrize("before", [None, "ours of yesterday"])
def test_a_file_that_somebody_else_puts_while_ours_goes_in_parts_is_not_overwritten(bucket, in_parts, before):
    if before is not None:
        bucket.deliver({"large.py": before})
    putting = iter([lambda: None, lambda: bucket.put("dags/large.py", "theirs")])
    with pytest.raises(s3_objects.ChangedError):
        bucket.deliver({"large.py": LARGE}, told=lambda _: next(putting, lambda: None)())
    assert (bucket.texts(), bucket.unfinished()) == ({"dags/large.py": "theirs"}, [])
