"""Faults, latency, the call log, scripts and the clock, without HTTP."""

import random

import pytest
from mwaa_sandbox.aws.accounts import access_key_of, account_of
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.control.call_log import CallLog, redacted
from mwaa_sandbox.aws.control.faults import Fault, FaultKind, Faults
from mwaa_sandbox.aws.control.latency import Latency
from mwaa_sandbox.aws.control.selector import Call, Selector
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.scripts import ScriptedOutcome, Scripts
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Outcome

GET = Call("airflow", "GetEnvironment", "111122223333", "eu-west-1", "key", "e")
PUT_OBJECT = Call("s3", "PutObject", "111122223333", "eu-west-1", "key")


class HandClock:
    """Real time, moved by hand."""

    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


def test_aws_time_runs_faster_by_the_scale():
    real = HandClock()
    clock = ScaledClock(60, monotonic=real, wall=lambda: 5000.0)
    assert clock.now() == 5000
    real.seconds += 2
    assert clock.now() == 5120
    assert clock.wall() == 5000


def test_changing_the_scale_does_not_make_time_jump():
    real = HandClock()
    clock = ScaledClock(60, monotonic=real, wall=lambda: 0.0)
    real.seconds += 1
    clock.set_time_scale(0)
    real.seconds += 1000
    assert clock.now() == 60
    clock.set_time_scale(2)
    real.seconds += 1
    assert clock.now() == 62


def test_time_moves_forward_only():
    clock = ScaledClock(1, monotonic=lambda: 0.0, wall=lambda: 0.0)
    clock.advance(90)
    assert clock.now() == 90
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="scale"):
        clock.set_time_scale(-1)


@pytest.mark.parametrize("key", [access_key_of("111122223333"), "111122223333"])
def test_access_key_tells_the_account(key):
    assert account_of(key) == "111122223333"


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "", "testing", "ASIA111122223333"])
def test_other_keys_tell_nothing(key):
    assert account_of(key) is None


def test_key_of_something_else_than_an_account_is_refused():
    with pytest.raises(ValueError, match="twelve digits"):
        access_key_of("12")


@pytest.mark.parametrize(
    ("selector", "hit"),
    [
        (Selector(), True),
        (Selector(service="mwaa"), True),
        (Selector(service="airflow", operation="GetEnvironment", account="111122223333", environment="e"), True),
        (Selector(service="s3"), False),
        (Selector(operation="UpdateEnvironment"), False),
        (Selector(account="999999999999"), False),
        (Selector(environment="other"), False),
    ],
)
def test_selector_picks_calls(selector, hit):
    assert selector.matches(GET) is hit


def test_fault_strikes_as_often_as_it_was_told():
    faults = Faults(random.Random(1))
    faults.add(Fault(FaultKind.THROTTLE, Selector(service="airflow"), count=2))
    struck = [faults.strike(call) is not None for call in (GET, PUT_OBJECT, GET, GET)]
    assert struck == [True, False, True, False]
    assert faults.in_force() == {}


def test_fault_without_a_count_stays_until_it_is_removed():
    faults = Faults(random.Random(1))
    fault_id = faults.add(Fault(FaultKind.HTML, Selector()))
    assert all(faults.strike(GET) for _ in range(10))
    assert faults.remove(fault_id)
    assert not faults.remove(fault_id)
    assert faults.strike(GET) is None


def test_fault_with_a_probability_strikes_that_often():
    faults = Faults(random.Random(1))
    faults.add(Fault(FaultKind.HTML, Selector(), probability=0.3))
    assert 230 < sum(faults.strike(GET) is not None for _ in range(1000)) < 370


def test_faults_of_one_account_are_cleared_alone():
    faults = Faults(random.Random(1))
    faults.add(Fault(FaultKind.HTML, Selector(account="999999999999")))
    kept = faults.add(Fault(FaultKind.HTML, Selector(account="111122223333")))
    faults.clear("999999999999")
    assert list(faults.in_force()) == [kept]


@pytest.mark.parametrize("mistake", [{"count": 0}, {"probability": 0}, {"probability": 2}, {"delay_seconds": -1}])
def test_impossible_fault_is_refused(mistake):
    with pytest.raises(ValueError, match=r"count|probability|delaySeconds"):
        Fault(FaultKind.HTML, Selector(), **mistake)


def test_most_precise_latency_counts():
    latency = Latency()
    latency.set(Selector(), 0.1)
    latency.set(Selector(service="airflow", operation="GetEnvironment"), 0.5)
    assert (latency.of(GET), latency.of(PUT_OBJECT)) == (0.5, 0.1)
    latency.set(Selector(), 0)
    assert (latency.of(GET), latency.of(PUT_OBJECT)) == (0.5, 0.0)


def note(log, call):
    log.add(call, at=0.0, status=200, error_code=None, user_agent="", duration_seconds=0.0)


def test_call_log_is_filtered_and_can_be_followed():
    log = CallLog()
    for call in (GET, PUT_OBJECT, GET):
        note(log, call)
    assert [entry.sequence for entry in log.entries(Selector(service="airflow"))] == [1, 3]
    assert [entry.sequence for entry in log.entries(Selector(), since=1)] == [2, 3]
    assert log.counters(Selector()) == {
        "operations": {"airflow": {"GetEnvironment": 2}, "s3": {"PutObject": 1}},
        "environments": {"e": {"GetEnvironment": 2}},
    }


def test_call_log_forgets_one_account_alone():
    log = CallLog()
    note(log, GET)
    note(log, Call("airflow", "GetEnvironment", "999999999999", "eu-west-1", "key", "e"))
    log.clear("111122223333")
    assert [entry.call.account for entry in log.entries(Selector())] == ["999999999999"]
    assert log.counters(Selector())["operations"] == {"airflow": {"GetEnvironment": 1}}


def test_option_values_do_not_get_into_the_log():
    parameters = {"Name": "e", "AirflowConfigurationOptions": {"smtp.smtp_password": "geheim"}, "SecretString": "auch"}
    assert redacted(parameters) == {
        "Name": "e",
        "AirflowConfigurationOptions": {"smtp.smtp_password": "***"},
        "SecretString": "***",
    }


def test_script_is_used_once_by_the_operation_it_is_for():
    scripts = Scripts()
    scripts.add(ScriptedOutcome(OperationKind.CREATE, Script(Outcome.CREATE_FAILED), environment="e"))
    assert scripts.take(OperationKind.CREATE, "1", "r", "other").outcome is Outcome.SUCCESS
    assert scripts.take(OperationKind.UPDATE, "1", "r", "e").outcome is Outcome.SUCCESS
    assert scripts.take(OperationKind.CREATE, "1", "r", "e").outcome is Outcome.CREATE_FAILED
    assert scripts.take(OperationKind.CREATE, "1", "r", "e").outcome is Outcome.SUCCESS
