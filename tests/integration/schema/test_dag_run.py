"""What the API server makes of MwaaDagRuns: limits, and that an object is one run."""

from __future__ import annotations

import json

import pytest
from mwaa_operator.api.mwaa_dag_run import MwaaDagRun
from pydantic import ValidationError

MINIMAL = {"environmentRef": {"name": "ricsue-dublin"}, "dagId": "etl"}
WHOLE = {
    **MINIMAL,
    "conf": {"day": "2026-11-22", "deep": {"list": [1, {"er": None}], "n": 1.5}},
    "unpause": True,
    "timeoutSeconds": 3600,
    "collect": [{"taskId": "load"}, {"taskId": "load", "key": "rows"}],
    "onDelete": "Cancel",
    "ttlSecondsAfterFinished": 0,
}


def a_run(**spec):
    return {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaDagRun",
        "metadata": {"name": "nightly"},
        "spec": {key: value for key, value in {**MINIMAL, **spec}.items() if value is not ...},
    }


@pytest.mark.parametrize("spec", [{}, WHOLE, {"dagId": "é.t-l_1"}, {"conf": {}}], ids=["least", "most", "id", "empty"])
def test_run_is_accepted_by_the_api_server_and_the_models(schema, spec):
    schema.accepts(a_run(**spec))
    MwaaDagRun.from_object(a_run(**spec))


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"dagId": ...}, "spec.dagId: Required value"),
        ({"environmentRef": {}}, "spec.environmentRef.name: Required value"),
        ({"dagId": "has space"}, "spec.dagId"),
        ({"dagId": "a" * 251}, "Too long: may not be more than 250"),
        ({"environmentRef": {"name": "Other/Namespace"}}, "spec.environmentRef.name"),
        ({"environmentRef": {"name": "a", "namespace": "b"}}, 'unknown field "spec.environmentRef.namespace"'),
        ({"conf": "text"}, "spec.conf"),
        ({"timeoutSeconds": 0}, "spec.timeoutSeconds"),
        ({"ttlSecondsAfterFinished": -1}, "spec.ttlSecondsAfterFinished"),
        ({"onDelete": "Forget"}, 'supported values: "Cancel", "Orphan"'),
        ({"collect": [{"taskId": f"t{n}"} for n in range(17)]}, "spec.collect"),
        ({"collect": [{"taskId": "a"}, {"taskId": "a", "key": "return_value"}]}, "collect names an XCom twice"),
        ({"retries": 3}, 'unknown field "spec.retries"'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_run_is_refused_by_the_api_server_and_the_models(schema, spec, says):
    assert says in schema.refuses(a_run(**spec))
    with pytest.raises(ValidationError):
        MwaaDagRun.from_object(a_run(**spec))


@pytest.mark.parametrize(
    "change",
    [
        {"environmentRef": {"name": "other"}},
        {"dagId": "other"},
        {"conf": {"day": "another"}},
        {"conf": {"day": "2026-11-22", "more": 1}},
        {"conf": ...},
        {"unpause": False},
        {"collect": [{"taskId": "extract"}]},
        {"onDelete": "Orphan"},
    ],
    ids=str,
)
def test_an_object_is_one_run(stored, change):
    """(CEL takes two maps of any content for equal that have as many keys, none of them in common: that change has no effect.)"""
    before = {"conf": {"day": "2026-11-22"}, "unpause": True, "onDelete": "Cancel", "collect": [{"taskId": "load"}]}
    assert stored.kubectl("create", a_run(**before)).returncode == 0
    changed = a_run(**{**before, **change})
    done = stored.kubectl("replace", changed)
    [field] = change
    assert f"{field} cannot be changed: an object is one run" in done.stderr


def test_times_may_be_changed(stored):
    assert stored.kubectl("create", a_run(timeoutSeconds=60)).returncode == 0
    changed = stored.kubectl("replace", a_run(timeoutSeconds=90, ttlSecondsAfterFinished=5))
    assert changed.returncode == 0, changed.stderr


def test_conf_is_stored_as_it_was_written(stored):
    created = stored.kubectl("create", a_run(**WHOLE), "--output=json")
    assert json.loads(created.stdout)["spec"] == WHOLE


@pytest.mark.parametrize(("levels", "fits"), [(100, True), (101, False), (9000, False)])
def test_conf_is_nested_so_far_and_no_further(levels, fits):
    """No schema of the API server's can say that."""
    conf = {}
    for _ in range(levels - 1):
        conf = {"a": conf}
    if fits:
        MwaaDagRun.from_object(a_run(conf=conf))
        return
    with pytest.raises(ValidationError, match="more deeply than 100 levels"):
        MwaaDagRun.from_object(a_run(conf=conf))


def test_conf_leaves_room_for_the_status():
    MwaaDagRun.from_object(a_run(conf={"text": "é" * 600_000}))
    with pytest.raises(ValidationError, match="larger than 1250 kB"):
        MwaaDagRun.from_object(a_run(conf={"text": "é" * 650_000}))


@pytest.mark.parametrize("name", ["mwaadagruns", "mwaadagrun", "dagrun", "dagruns", "airflow"])
def test_run_is_found_by_each_of_its_names(stored, installed, namespace, name):
    stored.kubectl("create", a_run())
    assert "nightly" in installed.kubectl("get", name, "--namespace", namespace).stdout


def test_run_is_in_progress_until_the_operator_has_looked(stored):
    created = stored.kubectl("create", a_run(), "--output=json")
    assert json.loads(created.stdout)["status"] == {"observedGeneration": -1}
