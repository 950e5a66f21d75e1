"""Which log streams are read after a failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.planning.diagnosis.streams import MOST_READ, ListedStream, LogQuestion, switched_off, worth_reading

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def question(*, rolled_back=False, since=BEGAN):
    return LogQuestion(environment="env", region="eu-west-1", since=since, rolled_back=rolled_back)


def stream(kind, minutes, module="Scheduler"):
    return ListedStream(module=module, name=f"{kind}_ip-{minutes}", created_at=BEGAN + timedelta(minutes=minutes))


def read(listed, **more):
    return [one.name for one in worth_reading(listed, question(**more))]


def test_newest_of_each_kind_is_read():
    listed = [stream("scheduler", 10), stream("scheduler", 20), stream("requirements_install", 9)]
    assert sorted(read(listed)) == ["requirements_install_ip-9", "scheduler_ip-20"]


def test_each_group_has_streams_of_its_own():
    listed = [stream("requirements_install", 10), stream("requirements_install", 11, module="WebServer")]
    assert len(read(listed)) == 2


def test_what_was_written_before_the_operation_began_is_not_read():
    assert read([stream("scheduler", -300), stream("worker", -5)]) == []


def test_clocks_may_differ_a_little():
    assert read([stream("scheduler", -0.5)]) == ["scheduler_ip--0.5"]


def test_after_a_rollback_the_containers_that_failed_are_read_first_and_then_those_that_came_after():
    listed = [stream("scheduler", 10), stream("scheduler", 20), stream("scheduler", 30)]
    assert read(listed, rolled_back=True) == ["scheduler_ip-10", "scheduler_ip-30"]


def test_no_more_are_read_than_there_is_time_for():
    kinds = ("requirements_install", "startup_script_execution", "scheduler", "worker", "webserver")
    modules = ("Scheduler", "Worker", "WebServer")
    listed = [stream(kind, at, module) for kind in kinds for module in modules for at in (1, 2, 3)]
    assert len(read(listed, rolled_back=True)) == MOST_READ


def test_what_nobody_knows_is_not_read():
    unknown = ListedStream(module="Scheduler", name="scheduler_ip-1", created_at=None)
    assert read([unknown, stream("dag-processor-manager.log", 5)]) == []


def test_all_streams_count_where_nobody_knows_when_the_operation_began():
    assert read([stream("scheduler", -300)], since=None) == ["scheduler_ip--300"]


@pytest.mark.parametrize(
    ("logging", "off"),
    [
        ({}, ("schedulerLogs", "workerLogs", "webserverLogs")),
        ({"SchedulerLogs": {"Enabled": True}, "WorkerLogs": {"Enabled": False}}, ("workerLogs", "webserverLogs")),
        ({name: {"Enabled": True} for name in ("SchedulerLogs", "WorkerLogs", "WebserverLogs")}, ()),
    ],
)
def test_logs_that_are_off_are_known_from_the_environment(logging, off):
    assert switched_off({"LoggingConfiguration": logging}) == off


def test_group_carries_the_name_of_the_environment():
    assert question().group("WebServer") == "airflow-env-WebServer"
