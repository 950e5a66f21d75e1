"""What Airflow's answers say, bounded."""

from __future__ import annotations

import pytest
from mwaa_operator.api.dag_run_status import TaskStatus
from mwaa_operator.planning.dag_run.documents import broken_files, failure_of, run_in, tasks_in, xcom_of

from .conftest import STARTED, task_document, tasks_document

TASK = TaskStatus(task_id="load", tries=1)


@pytest.mark.parametrize("text", [None, "", "yesterday", 7])
def test_time_that_is_none_is_left_out(text):
    assert run_in({"state": "running", "start_date": text}).started_at is None


def test_times_are_those_of_utc_to_the_second():
    run = run_in({"state": "success", "start_date": "2026-11-24T13:00:00.123+01:00"})
    assert str(run.started_at) == "2026-11-24 12:00:00+00:00"


def test_state_that_nobody_knows_has_not_ended():
    assert not run_in({"state": "levitating"}).has_ended


@pytest.mark.parametrize(
    ("value", "text"), [("3", "3"), (3, "3"), (None, "null"), ({"a": "é"}, '{"a": "é"}'), ("", "")]
)
def test_xcom_is_a_text_or_json(value, text):
    assert xcom_of("load", "k", {"value": value}).value == text


def test_xcom_is_cut_to_4_kib_between_characters():
    found = xcom_of("load", "k", {"value": "é" * 3000})
    assert found.truncated
    assert found.value == "é" * 2048


def test_tasks_stand_in_the_order_in_which_they_began():
    early, late = task_document("b", start_date=STARTED), task_document("a", start_date="2026-11-24T12:00:09Z")
    waiting = task_document("c", state=None, start_date=None, try_number=0)
    assert [task.task_id for task in tasks_in(tasks_document(waiting, late, early))] == ["b", "a", "c"]


@pytest.mark.parametrize(
    "document",
    [
        {"content": "[('host', 'one\\ntwo')]"},
        {"content": [{"event": "one"}, {"event": "two"}]},
        {"content": [{"event": "::group::x"}, {"event": "one\ntwo"}]},
        "one\ntwo",
    ],
    ids=["2", "3", "folded", "text"],
)
def test_log_of_either_major_is_lines(document):
    assert failure_of(TASK, document).log == ("one", "two")


def test_log_is_its_last_lines_each_cut():
    found = failure_of(TASK, {"content": [{"event": f"{number}" + "x" * 1000} for number in range(50)]})
    assert len(found.log) == 20
    assert found.log[-1].startswith("49")
    assert max(map(len, found.log)) == 400


def test_broken_files_are_named_up_to_three():
    errors = [{"filename": f"{name}.py", "stack_trace": "KeyError: 1"} for name in "abcd"]
    told = broken_files({"import_errors": errors}, "d")
    assert told.startswith("Files that cannot be imported: d.py: KeyError: 1; a.py")
    assert "(and 1 more)" in told
    assert broken_files({"import_errors": []}, "d") == ""
