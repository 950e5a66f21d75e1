"""From an object to a run in Airflow: once, whatever crashed before."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.planning.dag_run.calls import run_id_of
from mwaa_operator.planning.dag_run.model import Ask, Hindrance, Trouble

from .conftest import DAG, NOW, RUN_ID, THREE, TWO, ago, conditions, run_document


def test_id_of_a_run_follows_from_the_uid_and_fits_airflows_default_pattern():
    assert run_id_of("a") == run_id_of("a") != run_id_of("b")
    assert re.fullmatch(r"[A-Za-z0-9_.~:+-]+", run_id_of("a"))
    # Airflow takes ids that begin like this for its own.
    assert not run_id_of("a").startswith(("manual__", "scheduled__", "backfill__"))


def test_run_is_asked_for_and_remembered_before(situation, a_pass, asks):
    calls, decided = a_pass(situation(conf={"day": "x"}), {Ask.DAG: DAG, Ask.TRIGGER: run_document("queued")})
    assert asks(calls) == [Ask.DAG, Ask.TRIGGER]
    assert calls[-1].body["dag_run_id"] == RUN_ID
    assert calls[-1].body["conf"] == {"day": "x"}
    assert (decided.status.run_id, decided.status.requested_at) == (RUN_ID, NOW)
    assert conditions(decided) == {"Reconciling": "Queued"}


@pytest.mark.parametrize(("environment", "has_date"), [(TWO, False), (THREE, True)])
def test_only_airflow_3_is_given_a_logical_date_of_null(situation, a_pass, environment, has_date):
    calls, _ = a_pass(situation(environment=environment), {Ask.DAG: DAG, Ask.TRIGGER: run_document("queued")})
    assert ("logical_date" in calls[-1].body) is has_date


def test_run_whose_request_may_have_been_lost_is_looked_for_first(situation, a_pass, asks):
    it = situation(status={"run_id": RUN_ID, "requested_at": ago(60)})
    calls, decided = a_pass(it, {Ask.RUN: run_document("queued")})
    assert asks(calls) == [Ask.RUN]
    assert decided.status.triggered_at == NOW


def test_run_whose_request_was_lost_is_asked_for_again(situation, a_pass, asks):
    it = situation(status={"run_id": RUN_ID, "requested_at": ago(60)})
    calls, _ = a_pass(it, {Ask.RUN: 404, Ask.DAG: DAG, Ask.TRIGGER: run_document("queued")})
    assert asks(calls) == [Ask.RUN, Ask.DAG, Ask.TRIGGER]
    assert calls[-1].body["dag_run_id"] == RUN_ID


def test_run_that_there_may_be_no_way_to_look_at_is_looked_for_before_it_is_started(situation, a_pass, asks):
    """InvokeRestApi takes no path as long as that, and not everybody may log in, or reaches the web server."""
    name = {"dagId": "n" * 34}
    calls, _ = a_pass(situation(**name), {Ask.DAG: DAG, Ask.RUN: 404, Ask.TRIGGER: run_document("queued")})
    assert asks(calls) == [Ask.DAG, Ask.RUN, Ask.TRIGGER]
    away = Trouble(reason=DagRunReason.AIRFLOW_UNREACHABLE, message="It is private.", again=9, stalled=True)
    calls, decided = a_pass(situation(**name, unpause=True), {Ask.DAG: {"is_paused": True}}, away)
    assert asks(calls) == [Ask.DAG, Ask.RUN]
    assert decided.status.requested_at is None
    calls, _ = a_pass(situation(dagId=name["dagId"][:-1]), {Ask.DAG: DAG, Ask.TRIGGER: run_document("queued")})
    assert asks(calls) == [Ask.DAG, Ask.TRIGGER]


def test_run_that_is_there_already_is_ours(situation, a_pass, asks):
    calls, decided = a_pass(situation(), {Ask.DAG: DAG, Ask.TRIGGER: 409, Ask.RUN_AGAIN: run_document()} | _no_tasks())
    assert asks(calls)[:3] == [Ask.DAG, Ask.TRIGGER, Ask.RUN_AGAIN]
    assert decided.status.state == "running"


def test_run_that_airflow_had_and_has_no_more_is_not_asked_for_again(situation, a_pass, asks, triggered):
    calls, decided = a_pass(situation(status=triggered()), {Ask.RUN: 404})
    assert asks(calls) == [Ask.RUN]
    assert conditions(decided) == {"Failed": "RunVanished", "Stalled": "RunVanished"}


def test_paused_dag_is_unpaused_before(situation, a_pass, asks):
    table = {Ask.DAG: {"is_paused": True}, Ask.UNPAUSE: {}, Ask.TRIGGER: run_document("queued")}
    calls, decided = a_pass(situation(unpause=True), table)
    assert asks(calls) == [Ask.DAG, Ask.UNPAUSE, Ask.TRIGGER]
    assert conditions(decided) == {"Reconciling": "Queued"}


def test_run_of_a_paused_dag_says_so_until_it_begins(situation, a_pass):
    table = {Ask.DAG: {"is_paused": True}, Ask.TRIGGER: run_document("queued"), Ask.RUN: run_document("queued")}
    _, first = a_pass(situation(), table)
    assert conditions(first) == {"Reconciling": "DagPaused"}
    again = replace(situation(), status=first.status)
    assert conditions(a_pass(again, table)[1]) == {"Reconciling": "DagPaused"}
    assert conditions(a_pass(again, {Ask.RUN: run_document()} | _no_tasks())[1]) == {"Reconciling": "Running"}


def test_run_that_airflow_refuses_has_failed(situation, a_pass):
    _, decided = a_pass(situation(), {Ask.DAG: DAG, Ask.TRIGGER: 400})
    assert conditions(decided) == {"Failed": "RunRefused", "Stalled": "RunRefused"}
    assert "Airflow says no." in decided.status.conditions[0].message


BROKEN = {
    "import_errors": [
        {"filename": "dags/other.py", "stack_trace": "KeyError: 1"},
        {"filename": "dags/etl.py", "stack_trace": 'File "dags/etl.py", line 7, in <module>\nNameError: no'},
    ]
}


@pytest.mark.parametrize(
    ("dag", "reason"), [(404, DagRunReason.DAG_NOT_FOUND), ({"has_import_errors": True}, DagRunReason.DAG_BROKEN)]
)
def test_dag_that_is_missing_or_broken_is_waited_for_with_what_is_wrong(situation, a_pass, dag, reason):
    _, decided = a_pass(situation(), {Ask.DAG: dag, Ask.IMPORT_ERRORS: BROKEN})
    assert conditions(decided) == {"Reconciling": reason}
    message = decided.status.conditions[0].message
    assert "dags/etl.py, line 7: NameError: no; dags/other.py" in message
    assert (decided.status.dag_missing_since, decided.status.state) == (NOW, "waiting")


@pytest.mark.parametrize("dag", [{"is_stale": True}, {"is_active": False}], ids=["3", "2"])
def test_dag_whose_file_has_gone_is_missing(situation, a_pass, dag):
    _, decided = a_pass(situation(), {Ask.DAG: dag, Ask.IMPORT_ERRORS: {"import_errors": []}})
    assert conditions(decided) == {"Reconciling": "DagNotFound"}


def test_dag_that_stays_missing_fails_the_run(situation, a_pass):
    it = situation(status={"dag_missing_since": ago(600)})
    _, decided = a_pass(it, {Ask.DAG: 404, Ask.IMPORT_ERRORS: 403})
    assert conditions(decided) == {"Failed": "DagNotFound", "Stalled": "DagNotFound"}


def test_dag_that_appears_is_not_missing_any_more(situation, a_pass):
    it = situation(status={"dag_missing_since": ago(300)})
    _, decided = a_pass(it, {Ask.DAG: DAG, Ask.TRIGGER: run_document("queued")})
    assert decided.status.dag_missing_since is None


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "MAINTENANCE"])
def test_environment_that_is_not_available_is_waited_for(situation, a_pass, status):
    busy = replace(THREE, status=status, available=False, usable=status != "CREATING")
    calls, decided = a_pass(situation(environment=busy))
    assert calls == []
    assert conditions(decided) == {"Reconciling": "WaitingForEnvironment"}
    assert decided.again


def test_run_under_way_is_looked_at_while_the_environment_is_updated(situation, a_pass, asks, triggered):
    busy = replace(THREE, status="UPDATING", available=False)
    calls, _ = a_pass(situation(environment=busy, status=triggered()), {Ask.RUN: run_document()} | _no_tasks())
    assert asks(calls) == [Ask.RUN, Ask.TASKS]


def test_environment_of_another_needs_a_person(situation, a_pass):
    theirs = Hindrance(reason=DagRunReason.ENVIRONMENT_NOT_OWNED, message="It is not yours.", stalled=True)
    calls, decided = a_pass(situation(environment=theirs))
    assert calls == []
    assert conditions(decided) == {"Stalled": "EnvironmentNotOwned"}


def test_nothing_is_asked_while_paused(situation, a_pass):
    calls, decided = a_pass(situation(paused=True))
    assert calls == []
    assert conditions(decided) == {"Reconciling": "Paused"}
    assert decided.again is None


def test_trouble_on_the_way_is_told_and_tried_again(situation, a_pass):
    trouble = Trouble(reason=DagRunReason.THROTTLED, message="Too many calls.", again=7)
    _, decided = a_pass(situation(), {Ask.DAG: DAG}, trouble=trouble)
    assert conditions(decided) == {"Reconciling": "Throttled"}
    assert decided.again == 7
    # It may have arrived all the same.
    assert decided.status.requested_at == NOW


def _no_tasks():
    return {Ask.TASKS: {"task_instances": [], "total_entries": 0}}
