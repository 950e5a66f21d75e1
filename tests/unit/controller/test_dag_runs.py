"""Runs: who is followed where, and what may not be said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.controller.dag_runs.followed import Followed
from mwaa_operator.controller.dag_runs.words import redaction_of
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.dag_run.environment import environment_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME, ONE, TWO = Key("data", "env"), Key("data", "one"), Key("data", "two")
NOWHERE = environment_of(None, name="env", namespace="data", cluster="c")
UNDER_WAY, FINISHED = DagRunStatus(triggered_at=NOW), DagRunStatus(triggered_at=NOW, finished_at=NOW)


def test_runs_of_an_environment_are_counted_once_each():
    followed = Followed()
    assert followed.in_environment(HOME, ONE) == 1
    for _ in range(2):
        followed.note(ONE, HOME, UNDER_WAY, NOWHERE)
    assert followed.in_environment(HOME, ONE) == 1
    assert followed.in_environment(HOME, TWO) == 2


@pytest.mark.parametrize("ends", ["finishes", "goes"])
def test_run_that_is_over_counts_no_more(ends):
    followed = Followed()
    followed.note(ONE, HOME, UNDER_WAY, NOWHERE)
    if ends == "goes":
        followed.forget(ONE)
    else:
        followed.note(ONE, HOME, FINISHED, NOWHERE)
    assert followed.in_environment(HOME, TWO) == 1
    assert followed.waiting_for(HOME) == set()


def test_those_who_wait_for_an_environment_are_told_once():
    followed = Followed()
    followed.note(ONE, HOME, DagRunStatus(), NOWHERE)
    assert followed.waiting_for(HOME) == {ONE}
    assert followed.waiting_for(HOME) == set()


@pytest.mark.parametrize(
    "conf",
    [{"password": "tr0ub4dor"}, {"deep": [{"er": "tr0ub4dor"}]}, {"tr0ub4dor": {"x": ["tr0ub4dor"]}}],
    ids=["flat", "deep", "twice"],
)
def test_values_of_conf_are_taken_out_of_airflows_words(conf):
    said = redaction_of(conf).text("Invalid input for param password: 'tr0ub4dor' is too short")
    assert "tr0ub4dor" not in said
    assert said.startswith("Invalid input for param password")


def test_conf_may_be_nested_more_deeply_than_python_calls():
    conf = {"password": "tr0ub4dor"}
    for _ in range(5000):
        conf = {"a": conf}
    assert redaction_of(conf).text("not tr0ub4dor") == "not ***"


def test_numbers_in_conf_are_taken_out_too():
    assert "123456" not in redaction_of({"pin": 123456}).text("123456 is less than the minimum")
