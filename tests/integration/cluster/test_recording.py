"""A recording holds each version that was stored, once and in order, and can be waited for."""

from __future__ import annotations

import json

import pytest
from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.cluster.recording import Recording
from mwaa_sandbox.process import ProcessError

WITHIN = 60


@pytest.fixture
def recording(control_plane, namespace, tmp_path):
    log_file = tmp_path / "watch.json"
    with Recording.start(control_plane, "configmaps", namespace=namespace, log_file=log_file) as running:
        yield running


@pytest.fixture
def write(control_plane, namespace):
    """Sets the value that a ConfigMap holds."""

    def written(name, value):
        document = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace},
            "data": {"value": value},
        }
        control_plane.kubectl("apply", "--server-side", "--filename=-", input=json.dumps(document))

    return written


def holds(value):
    return lambda found: found["data"]["value"] == value


def test_every_version_is_kept_in_order(recording, write):
    for number in range(5):
        write("counter", str(number))
    recording.wait_for("counter", holds("4"), within=WITHIN, what="count to four")
    assert [found["data"]["value"] for found in recording.versions("counter")] == ["0", "1", "2", "3", "4"]


def test_objects_are_told_apart(recording, write):
    write("one", "first")
    write("two", "second")
    recording.wait_for("two", holds("second"), within=WITHIN, what="be written")
    assert [found["data"]["value"] for found in recording.versions("one")] == ["first"]


def test_wait_finds_a_version_that_has_passed_already(recording, write):
    for value in ("red", "green", "blue"):
        write("light", value)
    recording.wait_for("light", holds("green"), within=WITHIN, what="be green")
    recording.wait_for("light", holds("blue"), within=WITHIN, what="be blue")


def test_wait_does_not_go_back_behind_the_one_before(recording, write):
    for value in ("red", "green"):
        write("light", value)
    recording.wait_for("light", holds("green"), within=WITHIN, what="be green")
    with pytest.raises(TimeoutError, match=r"light did not be red again within 0\.5 seconds"):
        recording.wait_for("light", holds("red"), within=0.5, what="be red again")


def test_removal_is_seen_and_leaves_the_versions(recording, write, control_plane, namespace):
    write("brief", "here")
    control_plane.kubectl("delete", "configmap/brief", f"--namespace={namespace}")
    recording.wait_until_gone("brief", within=WITHIN)
    assert len(recording.versions("brief")) == 1


def test_objects_of_all_namespaces_are_recorded(control_plane, namespace, write, tmp_path):
    write("anywhere", "first")
    log_file = tmp_path / "everywhere.json"
    with Recording.start(control_plane, "configmaps", namespace=None, log_file=log_file) as recording:
        found = recording.wait_for("anywhere", holds("first"), within=WITHIN, what="be found")
        assert found["metadata"]["namespace"] == namespace
        assert {each["metadata"]["namespace"] for each in recording.versions()} > {namespace}


def test_recording_ends_with_the_api_server_unless_it_is_to_go_on(tmp_path):
    with ControlPlane.start(assets=ensure_assets()) as own:

        def record(name, **how):
            return Recording.start(own, "configmaps", namespace="default", log_file=tmp_path / name, **how)

        def stored(name):
            own.kubectl("create", "configmap", name, "--from-literal=value=here", "--namespace=default")

        with record("one.json") as ending, record("other.json", through_restarts=True) as lasting:
            stored("before")
            for recording in (ending, lasting):
                recording.wait_for("before", holds("here"), within=WITHIN, what="be stored")
            own.restart_api_server()
            stored("after")
            lasting.wait_for("after", holds("here"), within=WITHIN, what="be stored")
            assert len(lasting.versions("before")) == 1, "what was recorded already is not another version"
            with pytest.raises(ProcessError, match="ended with exit code"):
                ending.wait_for("after", holds("here"), within=WITHIN, what="be stored")
