"""What happens to running tasks (policies.update.workerReplacementStrategy; mwaa-behaviour.md §3.6)."""

import pytest

ELSEWHERE = "arn:aws:airflow:ca-west-1:123456789012:environment/env"


def test_updates_let_running_tasks_finish(settled):
    settled.aws_says(AirflowVersion="2.10.3").edit(maxWorkers=9)
    assert settled.strategy == "GRACEFUL"
    assert settled.plan.pending.strategy == "GRACEFUL"
    assert "may finish" in settled.plan.verdict.message


def test_forced_if_the_policy_says_so(settled):
    settled.policies(update={"workerReplacementStrategy": "FORCED"}).edit(maxWorkers=9)
    assert settled.strategy == "FORCED"


@pytest.mark.parametrize(
    ("aws", "why"),
    [
        ({"AirflowVersion": "2.2.2"}, "needs Airflow 2.4.3"),
        ({"Arn": ELSEWHERE}, "not available in ca-west-1"),
    ],
)
def test_forced_with_the_reason_where_aws_cannot_wait_for_tasks(settled, aws, why):
    settled.aws_says(**aws).edit(maxWorkers=9)
    assert settled.strategy == "FORCED"
    assert why in settled.plan.verdict.message


@pytest.mark.parametrize("held", [{}, {"approval": "Manual"}, {"window": {"start": "SUN:02:00", "durationHours": 1}}])
def test_a_version_change_always_says_that_it_stops_all_tasks(settled, held):
    settled.aws_says(AirflowVersion="2.10.3").policies(update=held).edit(airflowVersion="2.11.2")
    assert "all running tasks are stopped" in settled.plan.verdict.message
    assert settled.plan.pending.impact == "EnvironmentDown"
    assert settled.plan.pending.strategy == "FORCED"


def test_maintenance_is_waited_out_so_that_graceful_stays_graceful(settled):
    settled.aws_says(Status="MAINTENANCE").edit(maxWorkers=9)
    assert settled.calls == []


def test_an_edit_that_asks_for_forced_does_not_wait_for_the_maintenance_and_is_sent_once(settled):
    settled.policies(update={"workerReplacementStrategy": "FORCED"}).passes()
    settled.aws_says(Status="MAINTENANCE").edit(maxWorkers=9)
    assert settled.strategy == "FORCED"
    settled.passes()
    settled.aws_says(LastUpdate={"Status": "PENDING", "CreatedAt": settled.now}).later(minutes=1)
    assert settled.passes().steps == ()


def test_drift_waits_for_the_end_of_the_maintenance(settled):
    settled.policies(update={"workerReplacementStrategy": "FORCED"}).passes()
    settled.aws_says(Status="MAINTENANCE", MaxWorkers=20)
    assert settled.calls == []
