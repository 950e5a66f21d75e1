"""Objects as last seen: by the watch, which may be late, and by our own writes."""

import pytest
from mwaa_operator.api.names import (
    ANNOTATION_APPROVED_PLAN,
    ANNOTATION_PAUSED,
    ANNOTATION_RECONCILE_REQUESTED_AT,
    FINALIZER,
)
from mwaa_operator.controller.store import Key, Store


@pytest.fixture
def store():
    return Store()


def test_an_object_that_is_new_asks_for_a_pass(store, body, key):
    assert store.put(body())
    assert store.get(key)["metadata"]["uid"] == "uid-1"
    assert [found for found, _ in store] == [key]


def test_a_watch_event_older_than_our_own_write_does_not_overwrite_it(store, body, key):
    store.put(body(9))
    store.put(body(11, status={"observedGeneration": 1}))
    assert not store.put(body(10))
    assert store.get(key)["status"] == {"observedGeneration": 1}


def test_resource_versions_are_compared_as_numbers(store, body, key):
    store.put(body(9, status={"observedGeneration": 1}))
    store.put(body(10, status={"observedGeneration": 2}))
    assert store.get(key)["status"] == {"observedGeneration": 2}


def test_the_echo_of_our_own_write_asks_for_no_pass(store, body):
    store.put(body(1))
    written = body(2, status={"observedGeneration": 1})
    store.put(written)
    assert not store.put(written)


def test_a_status_write_that_the_watch_brings_first_asks_for_no_pass(store, body, key):
    store.put(body(1))
    assert not store.put(body(2, status={"observedGeneration": 1}))
    assert store.get(key)["status"] == {"observedGeneration": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"generation": 2},
        {"deletionTimestamp": "2026-11-24T13:00:00Z", "finalizers": [FINALIZER]},
        {"finalizers": [FINALIZER]},
        {"annotations": {ANNOTATION_PAUSED: "true"}},
        {"annotations": {ANNOTATION_RECONCILE_REQUESTED_AT: "now"}},
        {"annotations": {ANNOTATION_APPROVED_PLAN: "k:1"}},
    ],
    ids=["spec", "deletion", "finalizer", "paused", "reconcile request", "approval"],
)
def test_what_people_ask_for_asks_for_a_pass(store, body, change):
    store.put(body(1))
    assert store.put(body(2, metadata=change))


@pytest.mark.parametrize(
    "change",
    [{"labels": {"a": "b"}}, {"annotations": {"example.com/other": "x"}}, {"finalizers": ["example.com/other"]}],
    ids=["label", "annotation", "finalizer"],
)
def test_what_is_nobody_elses_business_asks_for_no_pass(store, body, change):
    store.put(body(1))
    assert not store.put(body(2, metadata=change))


def test_bodies_are_trimmed_to_what_passes_need(store, body, key):
    whole = body(
        metadata={
            "managedFields": [{"manager": "kubectl"}],
            "labels": {"a": "b"},
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": '{"spec":{"secret":"canary"}}',
                ANNOTATION_PAUSED: "true",
            },
        },
        spec={"maxWorkers": 5},
        status={"observedGeneration": 1},
    )
    store.put(whole)
    kept = store.get(key)
    assert "managedFields" not in kept["metadata"]
    assert "labels" not in kept["metadata"]
    assert kept["metadata"]["annotations"] == {ANNOTATION_PAUSED: "true"}
    assert (kept["spec"], kept["status"]) == (whole["spec"], whole["status"])
    assert "labels" in whole["metadata"], "the object of the watch belongs to the watch"


def test_an_object_made_anew_under_the_same_name_takes_the_place_of_the_old_one(store, body, key):
    store.put(body(20))
    assert store.put(body(7, metadata={"uid": "uid-2", "creationTimestamp": "2026-11-24T13:00:00Z"}))
    assert store.get(key)["metadata"]["uid"] == "uid-2"


def test_a_late_event_of_an_object_that_has_been_replaced_is_passed_over(store, body, key):
    store.put(body(30, metadata={"uid": "uid-2", "creationTimestamp": "2026-11-24T13:00:00Z"}))
    assert not store.put(body(40))
    assert store.get(key)["metadata"]["uid"] == "uid-2"


def test_a_removed_object_is_forgotten(store, body, key):
    store.put(body())
    store.remove(key, uid="uid-1")
    assert store.get(key) is None
    assert len(store) == 0


def test_the_removal_of_an_object_that_has_been_replaced_leaves_its_successor(store, body, key):
    store.put(body(metadata={"uid": "uid-2"}))
    store.remove(key, uid="uid-1")
    assert store.get(key) is not None


def test_the_answer_that_takes_our_finalizer_off_does_not_bring_an_object_back(store, body, key):
    deleting = {"deletionTimestamp": "2026-11-24T13:00:00Z"}
    store.put(body(1, metadata={**deleting, "finalizers": [FINALIZER]}))
    store.remove(key, uid="uid-1")  # the watch was faster than the answer
    assert not store.put(body(2, metadata=deleting))
    assert store.get(key) is None


def test_going_through_the_objects_allows_changes_meanwhile(store, body):
    store.put(body())
    store.put(body(metadata={"name": "other"}))
    for found, _ in store:
        store.remove(found)
    assert len(store) == 0


def test_a_key_reads_as_kubectl_would_take_it():
    assert str(Key("data", "env")) == "data/env"
