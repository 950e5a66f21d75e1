"""Sources are looked at as often as their intervals say, whether they can be had or not."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.artifacts import fetching
from mwaa_operator.controller.artifacts.config_maps import ConfigMaps
from mwaa_operator.controller.artifacts.fetching import Fetching
from mwaa_operator.controller.artifacts.git_secrets import GitSecrets
from mwaa_operator.controller.artifacts.remotes import Remotes
from mwaa_operator.controller.object_versions import Kind
from mwaa_operator.controller.object_watches import ObjectWatches
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.places import PLUGINS, REQUIREMENTS
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.resources.artifacts.room import Room

REGION = "eu-west-1"
ROOM = 10_000_000
"""Of disk, in bytes."""
US = Identity(cluster="c", namespace="data", name="etl", uid="1")


class Sources:
    """The sources of an object that takes DAGs from a bucket, and a clock that stands still until it is told to go on."""

    def __init__(self, account, clients, seen, folder, executor, remotes):
        self.storage, self.seen, self.now = account.client("s3"), seen, 1000.0
        self.bucket = f"ci-{account.account}"
        watches = ObjectWatches(
            Kind.CONFIG_MAP, None, changed=lambda _: None, time_scale=1.0, randomness=random.Random(1)
        )
        self.fetching = Fetching(
            Key("data", "etl"),
            folder,
            clients=clients,
            config_maps=ConfigMaps(None, watches),
            git_secrets=GitSecrets(None),
            executor=executor,
            remotes=remotes,
            room=Room(ROOM),
            clock=lambda: self.now,
            scale=1.0,
        )
        source = {"s3": {"bucket": self.bucket, "prefix": "dags", "intervalSeconds": 60}}
        asked = {"dags": [source], "requirements": {"inline": "pandas\n"}}
        self.wish = Wish(
            generation=1,
            artifacts=Artifacts.model_validate(asked),
            identity=US,
            region=REGION,
            bucket="airflow",
            folder="dags/",
            keys={REQUIREMENTS: "requirements.txt"},
            adopt=False,
            airflow_version=None,
            private=False,
            running_folder=None,
        )

    def make_bucket(self):
        self.storage.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.storage.put_object(Bucket=self.bucket, Key="dags/a.py", Body=b"1")

    def put(self, path, size):
        self.storage.put_object(Bucket=self.bucket, Key=f"dags/{path}", Body=b"#" * size)

    def remove_bucket(self):
        self.storage.delete_object(Bucket=self.bucket, Key="dags/a.py")
        self.storage.delete_bucket(Bucket=self.bucket)

    def gather(self, *, fresh=False):
        """What is gathered, the reasons of problems, and how often the bucket was listed."""
        self.seen.clear()
        gathered, problems = asyncio.run(self.fetching.gather(self.wish, fresh=fresh))
        calls = Counter(operation for _, operation, *_ in self.seen)
        return gathered, [problem.reason for problem in problems], calls["ListObjectsV2"]


@pytest.fixture
def sources(in_account, clients, seen, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        remotes = Remotes()
        yield Sources(in_account, clients, seen, tmp_path, executor, remotes)
        remotes.stop()


def test_a_source_is_looked_at_once_an_interval(sources):
    sources.make_bucket()
    gathered, problems, looks = sources.gather()
    assert (set(gathered.wanted), problems, looks) == ({"dags/a.py", "requirements.txt"}, [], 1)
    sources.now += 30
    assert sources.gather()[2] == 0
    assert sources.fetching.until_due(sources.wish) == 30
    sources.now += 30
    assert sources.gather()[2] == 1


def test_a_source_is_looked_at_at_once_where_somebody_wants_to_know(sources):
    sources.make_bucket()
    sources.gather()
    assert sources.gather(fresh=True)[2] == 1


def test_a_source_that_cannot_be_had_is_not_asked_more_often_than_others(sources):
    gathered, problems, looks = sources.gather()
    assert (gathered, problems, looks) == (None, [Reason.SOURCE_NOT_FOUND], 1)
    assert sources.fetching.until_due(sources.wish) == 60
    sources.now += 30
    assert sources.gather() == (None, [Reason.SOURCE_NOT_FOUND], 0)
    sources.make_bucket()
    sources.now += 30
    gathered, problems, looks = sources.gather()
    assert (set(gathered.wanted), problems, looks) == ({"dags/a.py", "requirements.txt"}, [], 1)


def test_what_a_source_held_before_it_was_gone_is_kept_and_the_problem_remembered(sources):
    sources.make_bucket()
    sources.gather()
    sources.remove_bucket()
    sources.now += 60
    for looks in (1, 0):
        gathered, problems, asked = sources.gather()
        assert gathered.dags["dags/a.py"].at.read_bytes() == b"1"
        assert (problems, asked) == ([Reason.SOURCE_NOT_FOUND], looks)
        assert sources.fetching.until_due(sources.wish) > 0
        sources.now += 20


def test_what_a_source_held_goes_once_the_spec_does_not_name_it_any_more(sources, tmp_path):
    sources.make_bucket()
    sources.gather()
    before = {path.name for path in tmp_path.iterdir()}
    asked = {"dags": [{"s3": {"bucket": sources.bucket}}], "requirements": {"inline": "pandas\n"}}
    sources.wish = replace(sources.wish, artifacts=Artifacts.model_validate(asked))
    sources.gather()
    after = {path.name for path in tmp_path.iterdir()}
    assert len(before) == len(after) == len(before & after) + 1


def test_code_for_which_there_is_no_room_is_not_fetched_and_what_was_is_kept(sources):
    sources.make_bucket()
    before, _, _ = sources.gather()
    sources.put("large.py", ROOM)
    with pytest.raises(OSError, match="MWAA_OPERATOR_CODE_GIGABYTES"):
        sources.gather(fresh=True)
    assert "GetObject" not in {operation for _, operation, *_ in sources.seen}
    assert before.dags["dags/a.py"].at.read_bytes() == b"1"
    sources.put("large.py", ROOM // 2)
    assert set(sources.gather(fresh=True)[0].dags) == {"dags/a.py", "dags/large.py"}


def test_room_is_given_back_by_sources_that_the_spec_names_no_more(sources):
    sources.make_bucket()
    sources.put("large.py", ROOM // 2)
    for number in range(3):
        taken = {"bucket": sources.bucket, "prefix": "dags", "intervalSeconds": 60 + number}
        sources.wish = replace(sources.wish, artifacts=Artifacts.model_validate({"dags": [{"s3": taken}]}))
        assert len(sources.gather()[0].dags) == 2


def test_plugins_that_have_not_changed_are_not_zipped_again(sources):
    sources.make_bucket()
    sources.put("b.py", 1)
    taken = {"plugins": {"s3": {"bucket": sources.bucket, "prefix": "dags"}}}
    keys = {PLUGINS: "plugins.zip"}
    sources.wish = replace(sources.wish, artifacts=Artifacts.model_validate(taken), keys=keys)
    first = sources.gather()[0].files[PLUGINS]
    written = first.at.stat().st_ino
    same = sources.gather(fresh=True)[0].files[PLUGINS]
    assert (same, same.at.stat().st_ino) == (first, written)
    sources.put("b.py", 2)
    assert sources.gather(fresh=True)[0].files[PLUGINS].sha256 != first.sha256
    assert first.at.stat().st_ino != written


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://git.example.com/a/b.git", "git.example.com"),
        ("https://git.example.com:8443/a", "git.example.com:8443"),
        ("ssh://git@git.example.com:22/a", "git.example.com:22"),
        ("git@git.example.com:a/b.git", "git.example.com"),
    ],
)
def test_sources_of_one_server_are_told_from_those_of_others(url, server):
    assert fetching._server(url) == server
