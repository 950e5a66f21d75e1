"""Small readings: ages, progress, kubectl's documents, spans of time, names."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mwaa_operator.cli.kubectl import logs, view
from mwaa_operator.cli.kubectl.cluster import documents
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.imported import object_names
from mwaa_operator.cli.kubectl.progress import progress_of

from .conftest import AVAILABLE, CREATING, condition, document

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (7200, "2h"), (90000, "25h"), (172800, "2d"), (-5, "0s")],
)
def test_span_is_said_in_one_unit(seconds, text):
    assert view.span(seconds) == text


def test_summary_is_what_is_in_the_way_before_what_is_ready():
    ready = condition("Ready", "True", "Available", "")
    stalled, paused = condition("Stalled", "True", "UpdateFailed", ""), condition("Synced", "Unknown", "Paused", "")
    assert view.summary(document(conditions=[ready]))["reason"] == "Available"
    assert view.summary(document(conditions=[ready, paused]))["reason"] == "Paused"
    assert view.summary(document(conditions=[ready, paused, stalled]))["reason"] == "UpdateFailed"
    assert view.summary({"metadata": {"name": "new"}}) == {}


def test_progress_is_measured_from_the_call_to_the_usual_end(monkeypatch):
    monkeypatch.delenv("MWAA_OPERATOR_TIME_SCALE", raising=False)
    found = progress_of(CREATING, NOON)
    assert found.expected_end == NOON + timedelta(minutes=15)
    assert found.fraction == pytest.approx(0.4)
    assert found.left == "about 15m left"
    assert found.bar(10) == "████░░░░░░"


def test_progress_never_says_that_it_is_over(monkeypatch):
    monkeypatch.delenv("MWAA_OPERATOR_TIME_SCALE", raising=False)
    found = progress_of(CREATING, NOON + timedelta(hours=1))
    assert found.fraction == 0.99
    assert found.left == "45m longer than usual"


def test_progress_goes_by_the_time_of_a_sandbox(monkeypatch):
    monkeypatch.setenv("MWAA_OPERATOR_TIME_SCALE", "60")
    assert progress_of(CREATING, NOON).expected_end == datetime(2026, 11, 24, 11, 50, 25, tzinfo=UTC)


def test_operation_that_this_plugin_does_not_know_has_no_progress():
    newer = {**CREATING["status"]["lastOperation"], "kind": "Rename"}
    assert progress_of({**CREATING, "status": {**CREATING["status"], "lastOperation": newer}}, NOON) is None


def test_environment_at_rest_has_no_progress():
    assert progress_of(AVAILABLE, NOON) is None


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.integers(), max_size=2), max_size=3)
    ),
    st.booleans(),
)
def test_documents_are_read_as_they_come_indented_or_not(found, indented):
    text = "".join(json.dumps(each, indent=4 if indented else None) + "\n" for each in found)
    assert list(documents(iter(text.splitlines(keepends=True)))) == found


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400), ("1h30m", 5400)])
def test_since_takes_the_usual_spans(text, seconds):
    assert logs._seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "1w", "-5m", "5 m"])
def test_since_refuses_other_words(text):
    with pytest.raises(ProblemError, match="Write 30s, 10m, 2h or 1d"):
        logs._seconds(text)


@given(st.sets(st.from_regex(r"\A[a-zA-Z][0-9a-zA-Z_-]{0,79}\Z"), max_size=6))
def test_objects_have_names_of_their_own_that_kubernetes_takes(names):
    given_names = object_names(sorted(names))
    assert len(set(given_names.values())) == len(names)
    for name in given_names.values():
        assert name == name.lower().strip("-")
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
