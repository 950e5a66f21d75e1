"""Answers of both majors of Airflow read alike."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.airflow_answers import LogLine, error_at, log_lines, schedule_of

TRACE = """Traceback (most recent call last):
  File "/usr/local/airflow/dags/etl.py", line 12, in <module>
    import pandsa
ModuleNotFoundError: No module named 'pandsa'
"""


def test_log_of_airflow_2_is_the_lines_of_each_host_without_where_it_was_looked_for():
    first = (
        "*** Reading remote log from Cloudwatch\n[2026-11-26, 03:00:00 UTC] {x.py:1} INFO - ::group::Pre task\n\ntwo's"
    )
    text = str([("ip-10-0-0-1", first), ("b", "three")])
    assert log_lines({"content": text}) == [LogLine("two's"), LogLine("three")]


@pytest.mark.parametrize("at", ["2026-11-26T03:00:00.123+0000", "2026-11-26, 03:00:00 UTC"])
def test_line_of_airflow_2_is_told_from_its_level_and_time(at):
    [line] = log_lines(f"[{at}] {{python.py:240}} ERROR - It is [not] {{there}} - at all")
    assert (line.text, line.level) == ("It is [not] {there} - at all", "error")
    assert line.at.startswith("2026-11-26T03:00:00")


def test_log_of_airflow_2_that_is_no_list_is_shown_as_it_is():
    assert log_lines("one\ntwo") == [LogLine("one"), LogLine("two")]
    assert log_lines({"content": "[('half of it"}) == [LogLine("[('half of it")]


def test_log_of_airflow_3_is_its_events_with_level_and_time():
    content = [
        {"event": "::group::Log message source details"},
        {"event": "/usr/local/airflow/logs/attempt=1.log"},
        {"event": "::endgroup::"},
        {"timestamp": "2026-11-26T03:00:00Z", "level": "INFO", "event": "one\ntwo"},
        "plain",
    ]
    at = "2026-11-26T03:00:00Z"
    assert log_lines({"content": content}) == [LogLine("one", "info", at), LogLine("two", "info", at), LogLine("plain")]


def test_exceptions_of_airflow_3_are_told_cause_first_with_their_places():
    frame = {"filename": "/usr/local/airflow/dags/etl.py", "lineno": 7, "name": "load"}
    airflows = {
        "filename": "/lib/python3.12/site-packages/airflow/sdk/bases/operator.py",
        "lineno": 1,
        "name": "wrapper",
    }
    errors = [
        {"exc_type": "RuntimeError", "exc_value": "no luck", "frames": [airflows, frame]},
        {"exc_type": "KeyError", "exc_value": "'day'", "frames": [airflows], "is_cause": True},
    ]
    read = log_lines({"content": [{"level": "error", "event": "Task failed", "error_detail": errors}]})
    assert [line.text for line in read] == [
        "Task failed",
        '  File "/lib/python3.12/site-packages/airflow/sdk/bases/operator.py", line 1, in wrapper',
        "KeyError: 'day'",
        '  File "/usr/local/airflow/dags/etl.py", line 7, in load',
        "RuntimeError: no luck",
    ]


def test_what_a_task_printed_stands_before_the_error_that_came_after_it():
    content = [
        {"event": "failed", "timestamp": "2026-11-26T03:00:01Z"},
        {"event": "said", "timestamp": "2026-11-26T03:00:00Z"},
    ]
    assert [line.text for line in log_lines({"content": content})] == ["said", "failed"]


@pytest.mark.parametrize("content", [None, "", []])
def test_log_that_is_empty_has_no_lines(content):
    assert log_lines({"content": content}) == []


@pytest.mark.parametrize(
    ("dag", "schedule"),
    [
        ({"schedule_interval": {"__type": "CronExpression", "value": "0 3 * * *"}}, "0 3 * * *"),
        ({"schedule_interval": None, "timetable_description": "Never, external triggers only"}, None),
        ({"timetable_summary": "0 3 * * *"}, "0 3 * * *"),
        ({"timetable_summary": "None"}, None),
        ({"timetable_summary": None}, None),
    ],
)
def test_schedule_is_in_airflows_words_or_there_is_none(dag, schedule):
    assert schedule_of(dag) == schedule


def test_import_error_is_told_by_the_line_it_came_to_and_its_last_words():
    assert error_at(TRACE) == (12, "ModuleNotFoundError: No module named 'pandsa'")
    assert error_at("It is not a zip file") == (None, "It is not a zip file")
    assert error_at("") == (None, "")


def test_import_error_in_what_the_file_has_called_is_told_by_the_line_of_the_file():
    called = '  File "/lib/airflow/models/dag.py", line 650, in __init__\n    raise ValueError()'
    trace = TRACE.replace("    import pandsa", f"    DAG()\n{called}")
    assert error_at(trace, "etl.py")[0] == error_at(trace, "/usr/local/airflow/dags/etl.py")[0] == 12
    assert error_at(trace, "other.py")[0] == 650
