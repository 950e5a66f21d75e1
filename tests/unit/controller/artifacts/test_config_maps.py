"""Code from ConfigMaps: which files it is, and whom a change is told to."""

from __future__ import annotations

import asyncio

import pytest
from mwaa_operator.api.artifacts import ConfigMapFile, ConfigMapFolder
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.artifacts.config_maps import ConfigMaps
from mwaa_operator.controller.kubernetes import ConfigMap, KubernetesError
from mwaa_operator.controller.object_watches import UNREAD
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.model import SourceProblemError

KEY = Key("data", "etl")
DAGS = ConfigMap("7", {"etl.py": b"x = 1\n", "model.bin": b"\x00\xff"})


class Cluster:
    """ConfigMaps by name, or what the API server says instead; and what objects are said to have read."""

    def __init__(self, **found):
        self.found = found
        self.followed = []

    async def config_map(self, namespace, name):
        assert namespace == KEY.namespace
        found = self.found.get(name)
        if isinstance(found, KubernetesError):
            raise found
        return found

    def follow(self, key, read):
        self.followed.append((key, dict(read)))


@pytest.fixture
def fetch(tmp_path):
    """Fetches sources in one round; gives what each came to, and what is followed then."""

    def fetched(cluster, *sources):
        async def round_of_all():
            config_maps = ConfigMaps(cluster, cluster)
            config_maps.begin(KEY)
            results = []
            for number, source in enumerate(sources):
                try:
                    results.append(await config_maps.fetch(KEY, source, tmp_path / str(number)))
                except SourceProblemError as problem:
                    results.append(problem)
            config_maps.end(KEY)
            return results

        return asyncio.run(round_of_all()), cluster.followed[-1][1]

    return fetched


def test_keys_are_files_of_text_and_of_bytes(fetch):
    [found], followed = fetch(Cluster(dags=DAGS), ConfigMapFolder(name="dags"))
    assert {path: file.at.read_bytes() for path, file in found.files.items()} == dict(DAGS.files)
    assert found.revision == "7"
    assert followed == {"dags": "7"}


def test_one_key_may_be_named(fetch):
    [found, lacking], _ = fetch(
        Cluster(dags=DAGS), ConfigMapFile(name="dags", key="etl.py"), ConfigMapFile(name="dags", key="gone.py")
    )
    assert set(found.files) == {"etl.py"}
    assert (lacking.reason, lacking.lasting) == (Reason.SOURCE_NOT_FOUND, True)
    assert "gone.py" in lacking.message


def test_newer_state_leaves_nothing_of_the_older_one(fetch, tmp_path):
    fetch(Cluster(dags=DAGS), ConfigMapFolder(name="dags"))
    [found], _ = fetch(Cluster(dags=ConfigMap("8", {"new.py": b"1"})), ConfigMapFolder(name="dags"))
    assert [path.read_bytes() for path in (tmp_path / "0").iterdir()] == [b"1"]
    assert found.revision == "8"


@pytest.mark.parametrize(
    ("there", "reason", "lasting", "version"),
    [
        (None, Reason.SOURCE_NOT_FOUND, True, None),
        (ConfigMap("7", {}), Reason.SOURCE_INVALID, True, "7"),
        (KubernetesError("read", 403, "403 Forbidden"), Reason.SOURCE_DENIED, True, UNREAD),
        (KubernetesError("read", 500, "500"), Reason.SOURCE_UNREACHABLE, False, UNREAD),
    ],
    ids=["missing", "empty", "forbidden", "passing"],
)
def test_what_cannot_be_read_is_named_and_followed_until_it_can(fetch, there, reason, lasting, version):
    [found], followed = fetch(Cluster(dags=there), ConfigMapFolder(name="dags"))
    assert (found.reason, found.lasting) == (reason, lasting)
    assert "ConfigMap dags" in found.message
    assert followed == {"dags": version}


def test_role_to_bind_is_named_where_reading_is_not_allowed(fetch):
    forbidden = Cluster(dags=KubernetesError("read", 403, "403 Forbidden"))
    [found], _ = fetch(forbidden, ConfigMapFolder(name="dags"))
    assert "mwaa-operator-config-map-reader" in found.message
