"""Merge patches against RFC 7386's own definition of what applying one does."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.controller.patches import merge_patch

SCALARS = st.integers(0, 2) | st.sampled_from(["", "x", "y"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def applied(patch, target):
    """MergePatch, as RFC 7386 §2 writes it down."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = applied(value, target.get(name))
    return target


@settings(deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_applying_the_patch_makes_the_one_into_the_other(before, after):
    kept = copy.deepcopy((before, after))
    assert applied(merge_patch(before, after), before) == after
    assert (before, after) == kept


@settings(deadline=None)
@given(DOCUMENTS)
def test_equal_documents_need_no_patch(document):
    assert merge_patch(document, copy.deepcopy(document)) == {}


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1, "y": 3}}, {"a": {"y": 3}}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {"a": [1, 3]}),
        ({"a": [1]}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": {}}, {"a": {"x": None}}),
    ],
    ids=["added", "removed", "nested", "list", "other type", "emptied"],
)
def test_a_patch_holds_only_what_differs(before, after, patch):
    assert merge_patch(before, after) == patch
