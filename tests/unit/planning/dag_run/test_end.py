"""From the end of a run, a deadline or a delete to the last status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.planning.dag_run.model import Ask, Hindrance, Trouble

from .conftest import NOW, THREE, ago, conditions, run_document, task_document, tasks_document

GONE = Hindrance(reason=DagRunReason.WAITING_FOR_ENVIRONMENT, message="There is none.", gone=True)
AWAY = Trouble(reason=DagRunReason.AWS_UNREACHABLE, message="AWS does not answer.", again=9)
DOWN = replace(THREE, status="ROLLING_BACK", available=False, usable=False)


def test_run_that_succeeded_is_complete_with_what_was_asked_for(situation, a_pass, asks, triggered):
    it = situation(status=triggered(), collect=[{"taskId": "load"}, {"taskId": "load", "key": "rows"}])
    table = {
        Ask.RUN: run_document("success"),
        Ask.TASKS: tasks_document(task_document()),
        (Ask.XCOM, 0): {"value": {"rows": 3}},
        (Ask.XCOM, 1): 404,
    }
    calls, decided = a_pass(it, table)
    assert asks(calls) == [Ask.RUN, Ask.TASKS, Ask.XCOM, Ask.XCOM]
    assert conditions(decided) == {"Complete": "Succeeded"}
    assert decided.status.finished_at == NOW
    first, second = decided.status.xcoms
    assert (first.value, second.value, second.problem) == ('{"rows": 3}', None, "Airflow says no.")


def test_failed_run_tells_of_the_task_that_failed_first(situation, a_pass, triggered):
    table = {
        Ask.RUN: run_document("failed"),
        Ask.TASKS: tasks_document(
            task_document("late", "failed", end_date="2026-11-24T12:00:59Z"),
            task_document("early", "failed", end_date="2026-11-24T12:00:30Z", try_number=3),
            task_document("after", "upstream_failed", end_date="2026-11-24T12:00:10Z", try_number=0),
        ),
        Ask.LOG: {"content": [{"event": "reading"}, {"event": "ValueError: no data"}]},
    }
    calls, decided = a_pass(situation(status=triggered()), table)
    assert calls[-1].segments[-3:] == ("early", "logs", "3")
    assert decided.status.failure.task_id == "early"
    assert decided.status.failure.log == ("reading", "ValueError: no data")
    assert conditions(decided) == {"Failed": "RunFailed", "Stalled": "RunFailed"}
    assert "The task early failed after 3 tries. 1 more task failed." in decided.status.conditions[0].message


def test_log_of_one_of_a_mapped_tasks_is_asked_for_by_its_index(situation, a_pass, triggered):
    tasks = tasks_document(task_document(state="failed", map_index=4))
    table = {Ask.RUN: run_document("failed"), Ask.TASKS: tasks, Ask.LOG: 404}
    calls, decided = a_pass(situation(status=triggered()), table)
    assert calls[-1].query == {"map_index": 4}
    assert "load[4]" in decided.status.conditions[0].message
    assert decided.status.failure.problem


def test_failed_tasks_beyond_the_first_page_are_found(situation, a_pass, triggered):
    page = tasks_document(*(task_document(f"t{number}") for number in range(100)), total=5000)
    table = {
        Ask.RUN: run_document("failed"),
        Ask.TASKS: page,
        Ask.FAILED_TASKS: tasks_document(task_document("t4000", "failed")),
        Ask.LOG: {"content": ""},
    }
    _, decided = a_pass(situation(status=triggered()), table)
    assert decided.status.failure.task_id == "t4000"
    assert decided.status.tasks[0].task_id == "t4000"
    assert (len(decided.status.tasks), decided.status.task_count) == (100, 5000)


@pytest.mark.parametrize("state", ["queued", "running", "success", "failed"])
def test_conf_that_is_not_the_runs_any_more_is_told(situation, a_pass, triggered, state):
    """The API server lets keys be renamed."""

    def said(**spec):
        table = {Ask.RUN: {**run_document(state), "conf": {"day": "***"}}, Ask.TASKS: tasks_document()}
        return a_pass(situation(status=triggered(), **spec), table)[1].status.conditions[0].message

    assert "The keys of spec.conf are others" not in said(conf={"day": "2026-11-22"})
    assert "The keys of spec.conf are others than those of the run's" in said(conf={"other": "2026-11-22"})


@pytest.mark.parametrize("state", ["success", "failed"])
def test_run_ends_for_its_object_even_if_its_tasks_cannot_be_listed(situation, a_pass, triggered, state):
    """Their path is longer than that of the run, so there may be a way to the one and none to the other."""
    it = situation(status=triggered(), collect=[{"taskId": "load"}])
    _, decided = a_pass(it, {Ask.RUN: run_document(state), Ask.TASKS: 403, Ask.XCOM: 403})
    assert ("Complete" if state == "success" else "Failed") in conditions(decided)
    assert decided.status.conditions[0].message.endswith(
        "Its tasks cannot be listed: Airflow says no."
        if state == "success"
        else "Which of its tasks did is not known: Airflow says no."
    )


def test_overdue_run_is_ended_and_that_is_remembered_before(situation, a_pass, asks, triggered):
    it = situation(status=triggered(61), timeoutSeconds=60)
    table = {
        Ask.RUN: run_document(),
        Ask.STOP: run_document("failed"),
        Ask.TASKS: tasks_document(task_document(state="failed", try_number=0)),
    }
    calls, decided = a_pass(it, table)
    assert asks(calls) == [Ask.RUN, Ask.STOP, Ask.TASKS]
    assert (calls[1].method, calls[1].body) == ("PATCH", {"state": "failed"})
    assert decided.status.stopping == "DeadlineExceeded"
    assert conditions(decided) == {"Failed": "DeadlineExceeded", "Stalled": "DeadlineExceeded"}


def test_run_that_ended_before_it_could_be_stopped_is_what_it_is(situation, a_pass, triggered):
    it = situation(status=triggered(90, stopping="DeadlineExceeded"), timeoutSeconds=60)
    _, decided = a_pass(it, {Ask.RUN: run_document("success"), Ask.TASKS: tasks_document()})
    assert conditions(decided) == {"Complete": "Succeeded"}


def test_look_comes_no_later_than_the_deadline(situation, a_pass, triggered):
    it = situation(status=triggered(590), timeoutSeconds=600)
    _, decided = a_pass(it, {Ask.RUN: run_document(), Ask.TASKS: tasks_document()})
    assert decided.again == 10


def test_run_that_went_with_its_environment_has_failed(situation, a_pass, triggered):
    _, decided = a_pass(situation(status=triggered(), environment=GONE))
    assert conditions(decided) == {"Failed": "RunVanished", "Stalled": "RunVanished"}


@pytest.mark.parametrize("where", ["down", "away"])
def test_overdue_run_that_cannot_be_ended_fails_in_the_end(situation, a_pass, triggered, where):
    environment, trouble = (DOWN, None) if where == "down" else (THREE, AWAY)
    late = situation(status=triggered(100), timeoutSeconds=60, environment=environment)
    assert "Failed" not in conditions(a_pass(late, trouble=trouble)[1])
    too_late = situation(status=triggered(660), timeoutSeconds=60, environment=environment)
    _, decided = a_pass(too_late, trouble=trouble)
    assert conditions(decided)["Failed"] == "DeadlineExceeded"
    assert "could not be ended in Airflow" in decided.status.conditions[0].message


@pytest.mark.parametrize("stop", [404, run_document()], ids=["refused", "ignored"])
def test_overdue_run_that_airflow_does_not_end_fails_in_the_end(situation, a_pass, triggered, stop):
    """Airflow 3 answers 404 where the DAG of the run was removed, and Airflow 2 as if all were well."""
    table = {Ask.RUN: run_document(), Ask.STOP: stop, Ask.TASKS: tasks_document()}
    _, decided = a_pass(situation(status=triggered(100), timeoutSeconds=60), table)
    assert conditions(decided) == {"Reconciling": "Running"}
    _, decided = a_pass(situation(status=triggered(660), timeoutSeconds=60), table)
    assert conditions(decided)["Failed"] == "DeadlineExceeded"
    assert "could not be ended in Airflow: A" in decided.status.conditions[0].message


@pytest.mark.parametrize("stop", [404, run_document()], ids=["refused", "ignored"])
def test_deleted_object_does_not_take_a_run_that_goes_on_for_ended(situation, a_pass, triggered, stop):
    table = {Ask.RUN: run_document(), Ask.STOP: stop}
    _, decided = a_pass(situation(status=triggered(), deleted_at=ago(60)), table)
    assert (decided.release, conditions(decided)) == (False, {"Reconciling": "Cancelling"})
    _, decided = a_pass(situation(status=triggered(), deleted_at=ago(600)), table)
    assert decided.release
    assert [notice.reason for notice in decided.notices] == ["LeftRunning"]


def test_looks_come_less_often_the_longer_a_run_takes_and_the_more_there_are(situation, a_pass, triggered):
    def again(seconds, neighbours=1):
        it = situation(status=triggered(seconds), neighbours=neighbours)
        return a_pass(it, {Ask.RUN: run_document(), Ask.TASKS: tasks_document()})[1].again

    assert [again(seconds) for seconds in (1, 100, 10_000)] == [5, 10, 60]
    assert again(1, neighbours=50) == 40


def test_finished_object_is_let_go_and_stays_as_it_is(situation, a_pass, triggered):
    calls, decided = a_pass(situation(status=triggered(finished_at=ago(5))))
    assert calls == []
    assert (decided.release, decided.remove, decided.again) == (True, False, None)


@pytest.mark.parametrize(("seconds", "remove", "again"), [(99, False, 1), (100, True, None)])
def test_finished_object_goes_when_its_time_has_come(situation, a_pass, triggered, seconds, remove, again):
    it = situation(status=triggered(finished_at=ago(seconds)), ttlSecondsAfterFinished=100)
    _, decided = a_pass(it)
    assert (decided.remove, decided.again) == (remove, again)


def test_deleted_object_ends_its_run_and_goes(situation, a_pass, asks, triggered):
    it = situation(status=triggered(), deleted_at=NOW)
    calls, decided = a_pass(it, {Ask.RUN: run_document(), Ask.STOP: run_document("failed")})
    assert asks(calls) == [Ask.RUN, Ask.STOP]
    assert decided.release
    assert [notice.reason for notice in decided.notices] == ["Cancelled"]


@pytest.mark.parametrize("answer", [404, run_document("success"), run_document("failed")], ids=["none", "good", "bad"])
def test_deleted_object_whose_run_is_over_goes_at_once(situation, a_pass, asks, triggered, answer):
    calls, decided = a_pass(situation(status=triggered(), deleted_at=NOW), {Ask.RUN: answer})
    assert asks(calls) == [Ask.RUN]
    assert (decided.release, decided.notices) == (True, ())


def test_deleted_object_that_never_asked_for_a_run_goes_at_once(situation, a_pass):
    calls, decided = a_pass(situation(deleted_at=NOW))
    assert calls == []
    assert decided.release


def test_deleted_object_leaves_an_orphan_alone(situation, a_pass, triggered):
    calls, decided = a_pass(situation(status=triggered(), deleted_at=NOW, onDelete="Orphan"))
    assert calls == []
    assert decided.release
    assert [notice.reason for notice in decided.notices] == ["LeftRunning"]


def test_deleted_object_goes_with_its_environment(situation, a_pass, triggered):
    _, decided = a_pass(situation(status=triggered(), deleted_at=NOW, environment=GONE))
    assert decided.release


@pytest.mark.parametrize("where", ["down", "away"])
def test_deleted_object_waits_for_airflow_but_not_for_ever(situation, a_pass, triggered, where):
    environment, trouble = (DOWN, None) if where == "down" else (THREE, AWAY)
    waiting = situation(status=triggered(), deleted_at=ago(60), environment=environment)
    _, decided = a_pass(waiting, trouble=trouble)
    assert (decided.release, conditions(decided)) == (False, {"Reconciling": "Cancelling"})
    patient = situation(status=triggered(), deleted_at=ago(600), environment=environment)
    _, decided = a_pass(patient, trouble=trouble)
    assert decided.release
    assert [notice.reason for notice in decided.notices] == ["LeftRunning"]


@pytest.mark.parametrize(("major", "page"), [(3, "/dags/etl/runs/"), (2, "/dags/etl/grid?dag_run_id=")])
def test_address_of_the_run_is_that_of_its_major(situation, a_pass, triggered, major, page):
    environment = replace(THREE, version=f"{major}.9.0")
    it = situation(status=triggered(), environment=environment)
    _, decided = a_pass(it, {Ask.RUN: run_document("queued")})
    assert decided.status.url.startswith("https://1234.c10.eu-west-1.airflow.amazonaws.com" + page)
