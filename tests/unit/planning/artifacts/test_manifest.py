"""What is remembered in the bucket of the files that an object has put there."""

from __future__ import annotations

import json

import pytest
from mwaa_operator.planning.artifacts.manifest import (
    MOST_VERSIONS,
    Entry,
    FileVersion,
    Manifest,
    UnreadableManifestError,
    place_of,
    read,
    written,
)
from mwaa_operator.planning.ownership import Identity

US = Identity(cluster="c", namespace="data", name="etl", uid="1")
FILES = {"dags/a.py": Entry("1" * 64, "etag"), "dags/b.py": Entry(None, None, coming="2" * 64)}
VERSIONS = {"requirements.txt": (FileVersion("3" * 64, "v1"), FileVersion("4" * 64, "v2"))}


def test_what_is_written_is_read_again():
    manifest = Manifest(files=FILES, versions=VERSIONS, uploads={"dags/large.py": "id"})
    assert read(written(manifest, US), US) == manifest


def test_an_object_that_was_restored_finds_its_files_again():
    again = Identity(cluster="c", namespace="data", name="etl", uid="2")
    assert read(written(Manifest(files=FILES), US), again).files == FILES
    assert place_of(again) == place_of(US) == ".mwaa-operator/data.etl.json"


def test_another_clusters_object_of_the_same_name_is_told():
    other = Identity(cluster="d", namespace="data", name="etl", uid="1")
    with pytest.raises(UnreadableManifestError, match="data/etl of cluster c"):
        read(written(Manifest(), US), other)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"{}", json.dumps({"form": 1, "object": {}, "files": [], "versions": {}}).encode()]
)
def test_what_is_no_manifest_is_told(text):
    with pytest.raises(UnreadableManifestError, match="not the operator's record"):
        read(text, US)


def test_what_a_later_version_of_the_operator_wrote_is_told():
    document = {**json.loads(written(Manifest(), US)), "form": 2}
    with pytest.raises(UnreadableManifestError, match="another version"):
        read(json.dumps(document).encode(), US)


def test_going_back_to_a_state_finds_its_version():
    manifest = Manifest(versions=VERSIONS).with_version("requirements.txt", FileVersion("3" * 64, "v3"))
    assert manifest.version_of("requirements.txt", "3" * 64) == "v3"
    assert manifest.version_of("requirements.txt", "4" * 64) == "v2"
    assert manifest.version_of("plugins.zip", "4" * 64) is None


def test_only_the_last_states_are_remembered():
    manifest = Manifest()
    for number in range(MOST_VERSIONS + 5):
        manifest = manifest.with_version("requirements.txt", FileVersion(f"{number:064}", f"v{number}"))
    assert len(manifest.versions["requirements.txt"]) == MOST_VERSIONS
    assert manifest.version_of("requirements.txt", f"{4:064}") is None
    assert manifest.version_of("requirements.txt", f"{5:064}") == "v5"
