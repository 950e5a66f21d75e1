"""What is said beside a plan: of which environments, what is news, and how it stands in the status."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from mwaa_operator.api.airflow_status import AirflowStatus
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.planning.companion import Remark, Remarks, accompanied, remarked

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEALTHY = frozenset({ConditionType.AIRFLOW_HEALTHY})


def remark(status=True, reason=Reason.AIRFLOW_HEALTHY, message="It is well.", dags=3):
    airflow = AirflowStatus(dags=dags)
    return Remark(
        kind=ConditionType.AIRFLOW_HEALTHY, status=status, reason=reason, message=message, again=600, airflow=airflow
    )


def status_with(*said):
    return remarked(EnvironmentStatus(), Remarks(said=said), generation=1, now=NOW)


def subject(world):
    return accompanied(world.situation, region="eu-west-1", hide=str)


def test_an_environment_that_runs_is_accompanied_with_what_aws_has(world):
    world.exists(EnvironmentClass="mw1.medium", MinWorkers=2, MaxWorkers=7, Schedulers=3, AirflowVersion="2.11.2")
    found = subject(world)
    assert (found.environment, found.version, found.environment_class) == ("env", "2.11.2", "mw1.medium")
    assert (found.min_workers, found.max_workers, found.schedulers) == (2, 7, 3)


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "UPDATE_FAILED", "UNAVAILABLE", "DELETING", "PENDING"])
def test_one_that_does_not_run_is_not(world, status):
    world.exists(status)
    assert subject(world) is None


def test_one_that_is_not_there_or_goes_is_not(world):
    assert subject(world) is None
    world.exists()
    world.deleting = True
    assert subject(world) is None


def test_one_of_others_is_only_when_it_is_to_be_observed(world):
    world.exists(ours=False)
    assert subject(world) is None
    world.policies(management="Observe")
    assert subject(world).only_observed
    world.policies(management="Manage")
    world.exists()
    assert not subject(world).only_observed


def test_a_triggerer_that_an_option_switches_off_is_known(world):
    world.exists(AirflowConfigurationOptions={"mwaa.triggerer_enabled": "False"})
    assert not subject(world).has_triggerer


def test_a_remark_stands_in_the_status_until_another_one_takes_its_place():
    status = status_with(remark())
    [condition] = status.conditions
    assert (condition.type, condition.reason, condition.observed_generation) == ("AirflowHealthy", "AirflowHealthy", 1)
    assert status.airflow.dags == 3
    assert remarked(status, Remarks(), generation=2, now=NOW) == status
    later = remarked(status, Remarks(said=(remark(dags=4),)), generation=2, now=NOW)
    assert later.airflow.dags == 4
    assert later.conditions[0].last_transition_time == condition.last_transition_time


def test_what_is_not_to_be_said_any_more_leaves_no_trace():
    status = remarked(status_with(remark()), Remarks(none=HEALTHY), generation=1, now=NOW)
    assert (status.conditions, status.airflow) == ((), None)


def test_news_is_another_status_or_reason_and_no_other_message():
    said = {one.type: one for one in status_with(remark()).conditions}
    assert remark().is_news({})
    assert not remark(message="It is very well.", dags=5).is_news(said)
    assert remark(status=None, reason=Reason.ACCESS_DENIED).is_news(said)
    assert remark(status=False, reason=Reason.IMPORT_ERRORS).is_news(said)
