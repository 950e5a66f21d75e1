"""Code from another bucket: what is taken, what is asked for again, and what is said where it cannot be had."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from mwaa_operator.api.artifacts import S3File, S3FileOrFolder, S3Folder
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.s3_source import fetch_s3

REGION = "eu-west-1"


@pytest.fixture
def bucket(in_account):
    """A bucket of this test's account, with what puts objects into it."""
    storage = in_account.client("s3")
    name = f"ci-{in_account.account}"
    storage.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def put(**contents):
        for key, content in contents.items():
            storage.put_object(Bucket=name, Key=key, Body=content.encode())

    put.name, put.storage = name, storage
    return put


@pytest.fixture
def fetch(clients, bucket, tmp_path, seen):
    """Fetches, and gives what was fetched with the number of calls by name."""

    def fetched(source=None, **place):
        seen.clear()
        asked = source or S3Folder.model_validate({"bucket": bucket.name, **place})
        found = fetch_s3(clients, REGION, asked, tmp_path / "source")
        return found, Counter(operation for _, operation, *_ in seen)

    return fetched


def texts(found):
    return {path: file.at.read_text(encoding="utf-8") for path, file in found.files.items()}


def test_objects_below_the_prefix_are_files_and_folders_of_the_console_are_none(fetch, bucket):
    bucket(**{"a/dags/etl.py": "1", "a/dags/lib/x.py": "2", "a/dags/": "", "a/dags-old/y.py": "3", "b.py": "4"})
    found, _ = fetch(prefix="a/dags")
    assert texts(found) == {"etl.py": "1", "lib/x.py": "2"}
    file = found.files["etl.py"]
    assert (file.path, file.size, file.sha256) == ("etl.py", 1, hashlib.sha256(b"1").hexdigest())


def test_whole_bucket_where_no_prefix_is_named(fetch, bucket):
    bucket(**{"etl.py": "1", "lib/x.py": "2"})
    assert texts(fetch()[0]) == {"etl.py": "1", "lib/x.py": "2"}


def test_only_what_has_changed_is_fetched_again_and_what_has_gone_is_removed(fetch, bucket, tmp_path):
    bucket(**{"stays.py": "1", "changes.py": "2", "goes.py": "3"})
    first, calls = fetch()
    assert calls == {"ListObjectsV2": 1, "GetObject": 3}
    again, calls = fetch()
    assert (again, calls) == (first, {"ListObjectsV2": 1})
    bucket(**{"changes.py": "20", "comes.py": "4"})
    bucket.storage.delete_object(Bucket=bucket.name, Key="goes.py")
    found, calls = fetch()
    assert calls == {"ListObjectsV2": 1, "GetObject": 2}
    assert texts(found) == {"stays.py": "1", "changes.py": "20", "comes.py": "4"}
    assert found.revision != first.revision
    assert len(list((tmp_path / "source" / "contents").iterdir())) == 3


def test_names_with_other_characters_are_taken_as_they_are(fetch, bucket):
    names = ["a file.py", "größe.py", "dag+1&2=3?.py", "100%25.py", "日本/x.py"]
    bucket(**{f"dags/{name}": "1" for name in names})
    assert texts(fetch(prefix="dags")[0]) == dict.fromkeys(names, "1")


def test_one_object_is_a_file_of_its_own_name(fetch, bucket):
    bucket(**{"builds/7/plugins.zip": "PK"})
    for kind in (S3File, S3FileOrFolder):
        found, calls = fetch(kind(bucket=bucket.name, key="builds/7/plugins.zip"))
        assert texts(found) == {"plugins.zip": "PK"}
        assert calls["ListObjectsV2"] == 0


def problem(fetch, *arguments, **place):
    with pytest.raises(SourceProblemError) as caught:
        fetch(*arguments, **place)
    return caught.value


def test_nothing_there_is_said_and_what_was_fetched_stays(fetch, bucket):
    bucket(**{"dags/etl.py": "1"})
    before, _ = fetch(prefix="dags")
    bucket.storage.delete_object(Bucket=bucket.name, Key="dags/etl.py")
    assert problem(fetch, prefix="dags").reason is Reason.SOURCE_INVALID
    assert texts(before) == {"etl.py": "1"}


def test_object_and_bucket_that_are_not_there_are_named(fetch, bucket):
    found = problem(fetch, S3File(bucket=bucket.name, key="gone.txt"))
    assert found.reason is Reason.SOURCE_NOT_FOUND
    assert f"s3://{bucket.name}/gone.txt" in found.message
    found = problem(fetch, S3Folder(bucket="never-made-by-anybody"))
    assert (found.reason, found.lasting) == (Reason.SOURCE_NOT_FOUND, False)


def test_refused_and_silent_buckets_are_told_apart(fetch, bucket, in_account, one_attempt):
    bucket(**{"etl.py": "1"})
    for kind, reason in (("access_denied", Reason.SOURCE_DENIED), ("error5xx", Reason.SOURCE_UNREACHABLE)):
        in_account.admin.add_fault(kind, operation="ListObjectsV2", account=in_account.account, count=1)
        assert problem(fetch).reason is reason
    assert texts(fetch()[0]) == {"etl.py": "1"}


@pytest.mark.parametrize("key", ["dags/../../etc/passwd", "dags//x.py", "dags/./x.py"])
def test_key_that_leads_elsewhere_is_refused(fetch, bucket, key, tmp_path):
    bucket(**{key: "1"})
    found = problem(fetch, prefix="dags")
    assert (found.reason, found.lasting) == (Reason.SOURCE_INVALID, True)
