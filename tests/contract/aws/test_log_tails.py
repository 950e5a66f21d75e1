"""The ends of log streams, read from CloudWatch Logs as moto plays it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.planning.diagnosis.model import Stream
from mwaa_operator.planning.diagnosis.streams import LINES, LogQuestion
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.resources import log_tails

KINDS = [kind.value for kind in Stream]
MODULES = ("Scheduler", "Worker", "WebServer")


def question(*, since=None, rolled_back=False):
    return LogQuestion(environment="env", region="eu-west-1", since=since, rolled_back=rolled_back)


@pytest.fixture
def write(in_account):
    """Write lines into a stream of a log module of the environment."""
    logs = in_account.client("logs", "eu-west-1")
    groups, streams = set(), set()

    def put(module, stream, lines):
        group = f"airflow-env-{module}"
        if group not in groups:
            logs.create_log_group(logGroupName=group)
            groups.add(group)
        if (group, stream) not in streams:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            streams.add((group, stream))
        now = int(time.time() * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    return put


@pytest.fixture
def read(clients):
    """Read the ends of the environment's streams."""

    def tails(asked=None, redact=str):
        return log_tails.read(clients, asked or question(), redact=redact)

    return tails


def test_streams_are_read_with_their_module_and_kind(write, read):
    write("Scheduler", "scheduler_ip-10-0-1-9.log", ["one", "two"])
    write("WebServer", "requirements_install_ip-10-0-1-7.log", ["three"])
    found = {(tail.group, tail.kind): tail.lines for tail in read()}
    assert found == {("Scheduler", Stream.SCHEDULER): ("one", "two"), ("WebServer", Stream.REQUIREMENTS): ("three",)}


def test_of_a_long_stream_the_end_is_read(write, read):
    write("Worker", "worker_ip-10-0-1-9.log", [f"line {number}" for number in range(LINES + 50)])
    [tail] = read()
    assert tail.lines == tuple(f"line {number}" for number in range(50, LINES + 50))


def test_event_of_several_lines_is_taken_apart_after_what_is_secret_was_taken_out(write, read):
    write("Worker", "worker_ip-10-0-1-9.log", ["Traceback\nkey: begin\nend\nValueError"])
    [tail] = read(redact=lambda text: text.replace("begin\nend", "***"))
    assert tail.lines == ("Traceback", "key: ***", "ValueError")


def test_endless_line_is_cut(write, read):
    write("Worker", "worker_ip-10-0-1-9.log", ["x" * 200_000])
    [tail] = read()
    assert len(tail.lines[0]) == log_tails.LONGEST_LINE


def test_logs_of_tasks_and_of_dags_are_not_read(write, read, seen):
    write("Task", "scheduler_ip-10-0-1-9.log", ["password of the warehouse"])
    write("DAGProcessing", "scheduler_ip-10-0-1-9.log", ["password of the warehouse"])
    assert read() == ()
    assert [operation for _, operation, *_ in seen] == ["DescribeLogStreams"] * 3


def test_environment_without_log_groups_has_no_logs(read):
    assert read() == ()


def test_streams_of_before_the_operation_are_left_alone(write, read):
    write("Scheduler", "scheduler_ip-10-0-1-9.log", ["one"])
    now = datetime.now(UTC)
    assert read(question(since=now + timedelta(hours=1))) == ()
    assert len(read(question(since=now - timedelta(hours=1)))) == 1


@pytest.mark.parametrize("rolled_back", [True, False])
def test_no_more_than_twelve_calls_are_made(write, read, seen, rolled_back):
    for module in MODULES:
        for kind in KINDS:
            for number in range(3):
                write(module, f"{kind}_ip-{number}.log", ["x"])
    read(question(rolled_back=rolled_back))
    assert len(seen) == 12


@pytest.mark.parametrize("operation", ["DescribeLogStreams", "GetLogEvents"])
def test_what_may_not_be_read_is_left_out(in_account, write, read, operation):
    write("Scheduler", "scheduler_ip-10-0-1-9.log", ["one"])
    in_account.admin.add_fault("access_denied", service="logs", operation=operation, account=in_account.account)
    assert read() == ()


@pytest.mark.parametrize(("fault", "kind"), [("throttle", FailureKind.THROTTLED), ("error5xx", FailureKind.TRANSIENT)])
@pytest.mark.parametrize("operation", ["DescribeLogStreams", "GetLogEvents"])
def test_what_passes_by_itself_is_raised(in_account, one_attempt, write, read, operation, fault, kind):
    write("Scheduler", "scheduler_ip-10-0-1-9.log", ["one"])
    in_account.admin.add_fault(fault, service="logs", operation=operation, account=in_account.account)
    with pytest.raises(AwsError) as raised:
        read()
    assert raised.value.kind is kind
