"""What is waited for, by itself: as kubectl reads it."""

from __future__ import annotations

import pytest

from tests.integration.waiting import met


def found(*conditions, generation=2, observed=2, **status):
    return {
        "metadata": {"generation": generation},
        "status": {"observedGeneration": observed, "conditions": list(conditions), **status},
    }


def condition(kind, status="True", **more):
    return {"type": kind, "status": status, **more}


@pytest.mark.parametrize(
    ("what", "is_met"),
    [
        ("condition=Ready", True),
        ("condition=Ready=True", True),
        ("condition=Ready=False", False),
        ("condition=Synced=False", True),
        ("condition=Stalled", False),
        ('jsonpath={.status.conditions[?(@.type=="Synced")].reason}=Paused', True),
        ('jsonpath={.status.conditions[?(@.type=="Stalled")].reason}=Paused', False),
        ("jsonpath={.status.observedGeneration}=2", True),
        ("jsonpath={.status.environment.status}=CREATING", False),
        ("delete", False),
    ],
)
def test_object_is_as_it_is_said_to_be(what, is_met):
    assert met(found(condition("Ready"), condition("Synced", "False", reason="Paused")), what) is is_met


def test_condition_that_was_said_of_an_earlier_generation_is_none():
    assert not met(found(condition("Ready", observedGeneration=1)), "condition=Ready")
    assert not met(found(condition("Ready"), observed=1), "condition=Ready")
    assert met(found(condition("Ready", observedGeneration=2), observed=1), "condition=Ready")


def test_object_that_is_not_there_is_deleted_and_nothing_else():
    assert met(None, "delete")
    assert not met(None, "condition=Ready")


def test_path_that_cannot_be_read_is_a_mistake():
    with pytest.raises(AssertionError, match="cannot read"):
        met(found(), "jsonpath={.status.conditions[0].reason}=Paused")
