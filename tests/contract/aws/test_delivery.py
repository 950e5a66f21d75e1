"""Files get into a bucket of the simulated AWS: nothing twice, nothing of anybody else's, whenever the process dies."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from mwaa_operator.aws import s3_objects
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.manifest import UnreadableManifestError
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.places import REQUIREMENTS
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.resources.artifacts import delivery
from mwaa_operator.resources.artifacts.delivery import Delivery, Order
from mwaa_operator.resources.artifacts.side_by_side import StoppedError

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


def test_a_version_that_somebody_else_puts_after_ours_changes_nothing_before_there_is_something_new(bucket):
    ours = bucket.deliver(requirements="one").versions
    bucket.put("requirements.txt", "theirs")
    again = bucket.deliver(requirements="one")
    assert (again.versions, again.uploaded, again.foreign) == (ours, 0, ())
    assert bucket.deliver(requirements="two").foreign == ("requirements.txt",)
    assert bucket.read("requirements.txt") == "theirs"


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
    for puts in (2, 1, 0):  # the file and the manifest, the manifest alone, and nothing more
        with pytest.raises(AwsError, match="not versioned") as told:
            bucket.deliver(requirements="one")
        assert told.value.kind is FailureKind.MISSING
        assert bucket.calls()["PutObject"] == puts


def test_a_file_that_was_put_while_the_bucket_kept_no_versions_is_put_again_once_it_does(bucket):
    bucket.storage.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})
    with pytest.raises(AwsError, match="not versioned"):
        bucket.deliver(requirements="one")
    bucket.storage.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    version = bucket.deliver(requirements="one").versions[REQUIREMENTS]
    assert version != "null"
    assert bucket.deliver(requirements="one").versions == {REQUIREMENTS: version}


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
