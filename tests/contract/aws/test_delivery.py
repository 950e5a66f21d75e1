"""Files get into a bucket of the simulated AWS: nothing twice, nothing of anybody else's, whenever the process dies."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from mwaa_operator.api.artifacts import S3Folder
from mwaa_operator.aws import s3_objects, s3_uploads
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.manifest import UnreadableManifestError
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.places import REQUIREMENTS
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.resources.artifacts import delivery
from mwaa_operator.resources.artifacts.delivery import Delivery, Order, StoppedError
from mwaa_operator.resources.artifacts.s3_source import fetch_s3

US = Identity(cluster="c", namespace="data", name="etl", uid="1")
MANIFEST = ".mwaa-operator/data.etl.json"
REGION = "eu-west-1"


class Bucket:
    """A bucket, and deliveries to it."""

    def __init__(self, account, clients, seen, folder):
        self.storage = account.client("s3")
        self.name = f"airflow-{account.account}"
        self.storage.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.storage.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})
        self._client = clients.client("s3", REGION)
        self._seen, self._folder = seen, folder

    def deliver(
        self,
        dags=None,
        requirements=None,
        *,
        prune=True,
        adopt=False,
        identity=US,
        stopped=None,
        told=None,
        contents=None,
    ):
        """Deliver texts by their paths, and requirements."""
        self._seen.clear()
        files = {} if requirements is None else {REQUIREMENTS: self._file("requirements.txt", requirements)}
        gathered = Gathered(
            dags=None if dags is None else {f"dags/{path}": self._file(path, text) for path, text in dags.items()},
            files=files,
            keys={REQUIREMENTS: "requirements.txt"},
        )
        order = Order(bucket=self.name, identity=identity, folder="dags/", gathered=gathered, prune=prune, adopt=adopt)
        with ThreadPoolExecutor(4) as uploads:
            return Delivery(
                self._client,
                order,
                uploads=uploads,
                progress=told or (lambda _: None),
                stopped=stopped or (lambda: False),
                contents=contents,
            ).make()

    def dying(self, when, *arguments, death=None, **more):
        """Deliver in a process that ends as a call with a certain number is about to be made."""
        calls = Counter()

        def die(model, **_):
            if model.name in when[0]:
                calls["made"] += 1
                if calls["made"] == when[1]:
                    raise (death or DeathError)

        self._client.meta.events.register_first("before-call.s3", die)
        try:
            with pytest.raises(death or DeathError):
                self.deliver(*arguments, **more)
        finally:
            self._client.meta.events.unregister("before-call.s3", die)

    def calls(self):
        """How many calls of which kind the last delivery has made."""
        return Counter(operation for _, operation, *_ in self._seen)

    def texts(self):
        listed = self.storage.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {one["Key"]: self.read(one["Key"]) for one in listed if one["Key"] != MANIFEST}

    def read(self, key):
        return self.storage.get_object(Bucket=self.name, Key=key)["Body"].read().decode()

    def put(self, key, text):
        """Put a file as somebody else does."""
        self.storage.put_object(Bucket=self.name, Key=key, Body=text.encode())

    def versions(self, key):
        return len(self.storage.list_object_versions(Bucket=self.name, Prefix=key).get("Versions", []))

    def unfinished(self):
        """The keys of uploads in parts that nobody has ended."""
        return [one["Key"] for one in self.storage.list_multipart_uploads(Bucket=self.name).get("Uploads", [])]

    def remembered(self):
        return json.loads(self.read(MANIFEST))["files"]

    def _file(self, path, text):
        content = text if isinstance(text, bytes) else text.encode()
        digest = hashlib.sha256(content).hexdigest()
        at = self._folder / digest
        at.write_bytes(content)
        return SourceFile(path=path, size=len(content), sha256=digest, at=at)


class DeathError(Exception):
    """The process is gone."""


class KilledError(BaseException):
    """The process is gone, and nothing of it has had a chance to put anything in order."""


@pytest.fixture
def bucket(in_account, clients, seen, tmp_path):
    return Bucket(in_account, clients, seen, tmp_path)


def test_what_is_there_already_is_not_put_again(bucket):
    dags = {"a.py": "1", "lib/b.py": "2"}
    bucket.deliver(dags, "one")
    assert bucket.texts() == {"dags/a.py": "1", "dags/lib/b.py": "2", "requirements.txt": "one"}
    delivered = bucket.deliver(dags, "one")
    assert (delivered.uploaded, delivered.removed) == (0, 0)
    assert bucket.calls() == {"GetObject": 1, "HeadObject": 1, "ListObjectsV2": 1}


def test_only_what_changed_is_put_and_what_left_is_removed(bucket):
    bucket.deliver({"a.py": "1", "b.py": "2", "c.py": "3"})
    delivered = bucket.deliver({"a.py": "1", "b.py": "changed"})
    assert (delivered.uploaded, delivered.removed) == (1, 1)
    assert bucket.texts() == {"dags/a.py": "1", "dags/b.py": "changed"}
    assert set(bucket.remembered()) == {"dags/a.py", "dags/b.py"}


def test_somebody_elses_files_stay_and_are_named(bucket):
    bucket.put("dags/a.py", "theirs")
    bucket.put("dags/other.py", "theirs")
    assert bucket.deliver({"a.py": "ours", "b.py": "2"}).foreign == ("dags/a.py",)
    bucket.deliver({"c.py": "3"})
    assert bucket.texts() == {"dags/a.py": "theirs", "dags/other.py": "theirs", "dags/c.py": "3"}


def test_a_file_that_is_put_by_somebody_else_at_the_last_moment_is_not_overwritten(bucket):
    bucket.deliver({"a.py": "1"})
    putting = iter([lambda: bucket.put("dags/b.py", "theirs")])
    with pytest.raises(s3_objects.ChangedError):
        bucket.deliver({"a.py": "1", "b.py": "ours"}, told=lambda _: next(putting)())
    assert bucket.texts()["dags/b.py"] == "theirs"
    assert bucket.deliver({"a.py": "1", "b.py": "ours"}).foreign == ("dags/b.py",)


def test_an_archive_of_another_object_in_the_same_folder_is_left_alone(bucket):
    them = Identity(cluster="c", namespace="data", name="other", uid="2")
    bucket.deliver({"a.py": "1"}, identity=them)
    bucket.deliver({"b.py": "2"})
    bucket.deliver({"c.py": "3"})
    assert set(bucket.texts()) == {"dags/a.py", "dags/c.py", ".mwaa-operator/data.other.json"}


def test_with_adoption_files_of_others_become_ours(bucket):
    bucket.put("dags/a.py", "theirs")
    bucket.put("dags/b.py", "same")
    delivered = bucket.deliver({"a.py": "ours", "b.py": "same"}, adopt=True)
    assert (delivered.uploaded, delivered.foreign) == (1, ())
    bucket.deliver({"a.py": "ours"})
    assert bucket.texts() == {"dags/a.py": "ours"}


def test_requirements_are_put_once_for_each_content_whatever_the_order(bucket):
    versions = [bucket.deliver(requirements=text).versions[REQUIREMENTS] for text in ("one", "two", "one", "two")]
    assert versions[:2] == versions[2:]
    assert versions[0] != versions[1]
    assert bucket.versions("requirements.txt") == 2


def test_a_version_that_has_expired_is_put_again(bucket):
    first = bucket.deliver(requirements="one").versions[REQUIREMENTS]
    bucket.deliver(requirements="two")
    bucket.storage.delete_object(Bucket=bucket.name, Key="requirements.txt", VersionId=first)
    again = bucket.deliver(requirements="one").versions[REQUIREMENTS]
    assert again != first
    assert bucket.read("requirements.txt") == "one"


def test_requirements_of_others_with_the_same_content_are_named_by_their_version_and_not_taken_over(bucket):
    bucket.put("requirements.txt", "one")
    there = bucket.storage.head_object(Bucket=bucket.name, Key="requirements.txt")["VersionId"]
    assert bucket.deliver(requirements="one").versions == {REQUIREMENTS: there}
    assert bucket.deliver(requirements="two").foreign == ("requirements.txt",)


def test_names_with_other_characters_are_put_found_again_and_removed(bucket):
    names = ["a file.py", "größe.py", "dag+1&2=3?.py", "100%25.py", "日本/x.py"]
    dags = dict.fromkeys(names, "1")
    bucket.deliver(dags)
    assert bucket.texts() == {f"dags/{name}": "1" for name in names}
    assert bucket.deliver(dags).uploaded == 0
    assert bucket.deliver({"a file.py": "1"}).removed == len(names) - 1
    assert bucket.texts() == {"dags/a file.py": "1"}


def test_a_bucket_without_versions_is_told(bucket):
    bucket.storage.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})
    with pytest.raises(AwsError, match="not versioned") as told:
        bucket.deliver(requirements="one")
    assert told.value.kind is FailureKind.MISSING


def test_what_is_no_manifest_at_its_place_is_told_and_nothing_is_put(bucket):
    bucket.put(MANIFEST, "something else")
    with pytest.raises(UnreadableManifestError):
        bucket.deliver({"a.py": "1"})
    assert bucket.texts() == {}


OLD = {"a.py": "1", "b.py": "2", "gone.py": "3"}
NEW = {"a.py": "changed", "b.py": "2", "new.py": "4"}
DEATHS = [
    *((("PutObject",), number) for number in range(1, 7)),
    (("DeleteObject",), 1),
    *((("GetObject", "ListObjectsV2", "HeadObject"), number) for number in range(1, 4)),
]


@pytest.mark.parametrize("when", DEATHS, ids=lambda when: f"{when[0][0]}-{when[1]}")
def test_wherever_the_process_dies_the_next_one_puts_nothing_twice_and_leaves_no_orphan(bucket, when):
    bucket.deliver(OLD, "one")
    bucket.dying(when, NEW, "two")
    bucket.deliver(NEW, "two")
    assert bucket.texts() == {**{f"dags/{path}": text for path, text in NEW.items()}, "requirements.txt": "two"}
    assert {key: bucket.versions(key) for key in ("dags/a.py", "dags/b.py", "dags/new.py", "requirements.txt")} == {
        "dags/a.py": 2,
        "dags/b.py": 1,
        "dags/new.py": 1,
        "requirements.txt": 2,
    }
    assert set(bucket.remembered()) == {*(f"dags/{path}" for path in NEW), "requirements.txt"}
    assert not [entry for entry in bucket.remembered().values() if "coming" in entry]


@pytest.mark.parametrize("when", DEATHS[:6], ids=lambda when: f"{when[0][0]}-{when[1]}")
def test_what_a_process_that_died_has_put_is_removed_once_the_source_has_gone_back(bucket, when):
    bucket.deliver(OLD)
    bucket.dying(when, NEW) if when[1] <= 4 else bucket.deliver(NEW)
    bucket.deliver(OLD)
    assert bucket.texts() == {f"dags/{path}": text for path, text in OLD.items()}


def test_a_delivery_that_is_stopped_remembers_what_it_has_put(bucket, monkeypatch):
    monkeypatch.setattr(delivery, "AT_A_TIME", 20)
    many = {f"{number}.py": str(number) for number in range(30)}
    asked = Counter()

    def stopped():
        asked["times"] += 1
        return asked["times"] > 23

    with pytest.raises(StoppedError):
        bucket.deliver(many, stopped=stopped)
    before = len(bucket.texts())
    assert bucket.deliver(many).uploaded == len(many) - before


MIB = 1024**2
LARGE = b"x" * (11 * MIB)


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


def test_a_large_file_is_never_in_memory_neither_on_its_way_there_nor_back(bucket, clients, monkeypatch, tmp_path):
    monkeypatch.setattr(s3_uploads, "IN_PARTS_FROM", 32 * MIB)
    at, size = tmp_path / "large.bin", 40 * MIB
    with at.open("wb") as file:
        file.truncate(size)
    with at.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    storage = clients.client("s3", REGION)
    tracemalloc.start()
    try:
        place = {"bucket": bucket.name, "key": "ci/large.bin"}
        s3_uploads.put_file(storage, **place, file=at, sha256=sha256, replaces=None)
        fetched = fetch_s3(clients, REGION, S3Folder(bucket=bucket.name, prefix="ci"), tmp_path / "source")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    file = fetched.files["large.bin"]
    assert (file.size, file.sha256, bucket.calls()["UploadPart"]) == (size, sha256, 3)
    assert most < 8 * MIB


def test_a_file_that_somebody_else_puts_while_ours_goes_in_parts_is_not_overwritten(bucket, in_parts):
    putting = iter([lambda: None, lambda: bucket.put("dags/large.py", "theirs")])
    with pytest.raises(s3_objects.ChangedError):
        bucket.deliver({"large.py": LARGE}, told=lambda _: next(putting, lambda: None)())
    assert (bucket.texts(), bucket.unfinished()) == ({"dags/large.py": "theirs"}, [])


def test_files_of_others_are_read_once_and_not_each_time(bucket):
    bucket.put("dags/a.py", "same")
    bucket.put("dags/b.py", "sane")
    contents = {}
    for reads in (2, 0):
        assert bucket.deliver({"a.py": "same", "b.py": "same"}, contents=contents).foreign == ("dags/b.py",)
        assert bucket.calls()["HeadObject"] == reads
        # One more is the manifest, once there is one: nothing here is ours.
        assert bucket.calls()["GetObject"] == reads + 1
    bucket.put("dags/b.py", "same")
    assert bucket.deliver({"a.py": "same", "b.py": "same"}, contents=contents).foreign == ()
