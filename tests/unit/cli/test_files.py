"""Files with a MwaaEnvironment, read as kubectl reads them, and YAML that kubectl reads as it was meant."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.kubernetes_yaml import read, write
from mwaa_operator.cli.kubectl.source import source_of

MANIFEST = """
apiVersion: mwaa-operator.dev/v1alpha1
kind: MwaaEnvironment
metadata:
  name: env
spec:
  tags: {created: %s}
  provision:
    bucket: {name: airflow-env}
    network: {}
    executionRole: {}
"""


def found_in(tmp_path, text):
    path = tmp_path / "environment.yaml"
    path.write_text(text, encoding="utf-8")
    return source_of(Cluster(), name=None, file=str(path), offline=True).found


@pytest.mark.parametrize("text", ["2026-11-22", "2026-13-45", "12:30", "0o9", "mw1.small", "'y'"])
def test_text_without_quotes_is_text_where_it_is_for_kubectl(tmp_path, text):
    assert found_in(tmp_path, MANIFEST % text).spec.tags == {"created": text.strip("'")}


@pytest.mark.parametrize("text", ["y", "N", "on", "08", "1e3", "0o17", "123456789012"])
def test_what_kubectl_takes_for_no_text_is_none(tmp_path, text):
    with pytest.raises(ProblemError, match=r"spec\.tags\.created"):
        found_in(tmp_path, MANIFEST % text)


def test_the_one_in_a_list_is_found(tmp_path):
    [document] = read(MANIFEST % "today")
    others = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [others, document]})
    assert found_in(tmp_path, text).metadata.name == "env"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: b: c", "line 1 is not valid YAML"),
        ("a: 0b_", "is not valid YAML"),
        ("\x00", "is not valid YAML"),
        ("", "There are no MwaaEnvironments"),
        (MANIFEST % "a" + "---" + MANIFEST % "b", "There are 2 MwaaEnvironments"),
        (MANIFEST.replace("name: env", "name: My_Env") % "a", "Kubernetes takes no object with the name My_Env"),
        (MANIFEST.replace("spec:", "spec:\n  colour: red") % "a", r"spec\.colour: There is no such field\."),
    ],
)
def test_file_that_is_no_environment_is_told_in_a_sentence(tmp_path, text, told):
    with pytest.raises(ProblemError, match=told):
        found_in(tmp_path, text)


def test_standard_input_is_called_so(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a: b: c"))
    with pytest.raises(ProblemError, match="standard input, line 1 is not valid YAML"):
        source_of(Cluster(), name=None, file="-", offline=True)


WORDS = ["y", "N", "08", "1e3", "0o17", "2026-11-22", "12:30", "=", "<<", "~", "null", ""]


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])) | st.sampled_from(WORDS))
def test_what_is_written_is_read_as_it_was(text):
    assert list(read(write({"value": text}))) == [{"value": text}]
