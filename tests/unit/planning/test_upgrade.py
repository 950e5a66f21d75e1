"""Which Airflow version is reached from which (mwaa-behaviour.md §3.3)."""

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.upgrade import way_around


@pytest.mark.parametrize(
    ("running", "wanted", "bridge"),
    [
        ("2.10.3", "2.11.2", None),
        ("2.11.2", "2.10.3", None),
        ("3.0.6", "3.3.1", None),
        ("2.10.3", "3.3.1", "2.11.2"),
        ("2.11.0", "3.0.6", "2.11.2"),
        ("2.11.2", "3.3.1", None),
        ("2.11.9", "3.3.1", None),
        ("3.3.1", "2.11.2", None),
        ("3.3.1", "2.10.3", "2.11.2"),
        ("3.3.1", "4.0.0", None),
        ("3.3.1", "something else", None),
    ],
)
def test_between_the_major_versions_there_is_one_bridge(running, wanted, bridge):
    assert way_around(running, wanted) == bridge


def test_the_bridge_is_offered_and_nothing_is_sent(settled):
    settled.aws_says(AirflowVersion="2.10.3").edit(airflowVersion="3.3.1", maxWorkers=9).passes()
    assert settled.calls == []
    assert settled.plan.verdict.standing is Standing.STALLED
    assert settled.condition("Stalled") == ("True", Reason.UPGRADE_PATH, settled.generation)
    assert "Set airflowVersion to 2.11.2" in settled.plan.verdict.message


def test_a_request_does_not_get_around_it(settled):
    settled.aws_says(AirflowVersion="2.10.3").edit(airflowVersion="3.3.1")
    settled.retry = True
    assert settled.calls == []


def test_the_two_steps_are_taken_when_they_are_asked_for(settled):
    settled.aws_says(AirflowVersion="2.10.3").edit(airflowVersion="2.11.2")
    settled.updates_to("AVAILABLE", "SUCCESS", AirflowVersion="2.11.2").passes()
    settled.edit(airflowVersion="3.3.1")
    assert settled.sends == [("UpdateEnvironment", {"AirflowVersion": "3.3.1"})]
