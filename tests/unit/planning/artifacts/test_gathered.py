"""Sources that are put together, and those that do not go together."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from mwaa_operator.planning.artifacts.gathered import apart, dag_files, digest
from mwaa_operator.planning.artifacts.model import Fetched, SourceFile, SourceProblemError


def fetched(**texts):
    files = {}
    for name, text in texts.items():
        path = f"{name}.py"
        files[path] = SourceFile(path, len(text), hashlib.sha256(text.encode()).hexdigest(), Path("/nowhere") / path)
    return Fetched(files, revision="1")


def test_sources_fill_one_folder():
    files = dag_files("dags/", [("the ConfigMap one", fetched(a="1")), ("the ConfigMap two", fetched(b="2"))])
    assert set(files) == {"dags/a.py", "dags/b.py"}


def test_the_same_file_in_two_sources_is_fine():
    files = dag_files("dags/", [("the ConfigMap one", fetched(a="1")), ("the ConfigMap two", fetched(a="1"))])
    assert set(files) == {"dags/a.py"}


def test_different_files_of_one_name_are_told_with_both_sources():
    sources = [("the ConfigMap one", fetched(a="1")), ("the ConfigMap two", fetched(a="2"))]
    with pytest.raises(SourceProblemError, match=r"the ConfigMap one and the ConfigMap two .* a\.py") as told:
        dag_files("dags/", sources)
    assert told.value.lasting


def test_a_file_of_one_source_where_another_has_a_folder_is_told():
    sources = [("the ConfigMap one", fetched(**{"lib.py/x": "1"})), ("the bucket two", fetched(lib="2"))]
    with pytest.raises(
        SourceProblemError, match=r"lib\.py is a file in the bucket two and a folder in the ConfigMap one"
    ):
        dag_files("dags/", sources)


def test_a_source_without_files_removes_nothing_and_is_told():
    with pytest.raises(SourceProblemError, match="no files in the ConfigMap one"):
        dag_files("dags/", [("the ConfigMap one", fetched())])


def test_a_path_that_is_too_long_for_s3_is_told():
    with pytest.raises(SourceProblemError, match="1024 bytes"):
        dag_files("dags/", [("the repository", fetched(**{"é" * 512: "1"}))])


def test_a_dag_file_at_the_place_of_the_requirements_is_told():
    files = dag_files("", [("the repository", fetched(requirements="1"))])
    keys, own = {"RequirementsS3Path": "requirements.py"}, {"RequirementsS3Path": fetched(x="2").files["x.py"]}
    with pytest.raises(SourceProblemError, match=r"requirements\.py"):
        apart(files, keys, own)
    apart(files, keys, {"RequirementsS3Path": fetched(x="1").files["x.py"]})


def test_the_digest_is_that_of_names_and_contents():
    one, other = fetched(a="1", b="2").files, fetched(b="2", a="1").files
    assert digest(one) == digest(other)
    assert digest(one) != digest(fetched(a="2", b="1").files)
