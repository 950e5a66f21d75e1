"""What is said, and when it is tried again, after a call of Airflow that failed."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.dag_run.trouble import trouble_with_airflow, trouble_with_aws
from mwaa_operator.planning.failure import AwsError, FailureKind

from .conftest import NOW, ago


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FailureKind.THROTTLED, "Throttled"),
        (FailureKind.TRANSIENT, "AwsUnreachable"),
        (FailureKind.GONE, "WaitingForEnvironment"),
        (FailureKind.CREDENTIALS, "NoCredentials"),
        (FailureKind.DENIED, "AccessDenied"),
        (FailureKind.PROPAGATION, "AwsRefused"),
    ],
)
def test_what_aws_says_has_a_reason_and_is_tried_again(kind, reason):
    error = AwsError(kind=kind, operation="InvokeRestApi", code="Some", message="words")
    found = trouble_with_aws(error, failures=1, since=NOW, at=Moment(NOW))
    assert (found.reason, found.stalled) == (reason, False)
    assert found.again > 0
    assert "InvokeRestApi failed with Some: words." in found.message


def test_permission_that_stays_missing_needs_a_person():
    error = AwsError(kind=FailureKind.DENIED, operation="InvokeRestApi", code="Some", message="", action="airflow:X")
    found = trouble_with_aws(error, failures=9, since=ago(600), at=Moment(NOW))
    assert found.stalled
    assert "airflow:X" in found.message


def test_no_way_to_airflow_needs_a_person():
    found = trouble_with_airflow(Unreachable(Reason.AIRFLOW_UNREACHABLE, "It is private."), failures=1)
    assert (found.reason, found.stalled, found.message) == ("AirflowUnreachable", True, "It is private.")


@pytest.mark.parametrize("status", [401, 403])
def test_role_of_airflow_that_may_not_do_it_needs_a_person(status):
    found = trouble_with_airflow(AirflowProblem(status, "Forbidden."), failures=1)
    assert (found.reason, found.stalled) == ("AccessDenied", True)
    assert "airflow:InvokeRestApi" in found.message


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        ("Bad\n Gateway", "Airflow answers 502: Bad Gateway. It is"),
        ("", "502: It says no more."),
        ("x" * 9999, "x. It is"),
    ],
    ids=["no full stop", "nothing", "a page"],
)
def test_words_of_airflow_are_a_short_sentence(detail, says):
    message = trouble_with_airflow(AirflowProblem(502, detail), failures=1).message
    assert says in message
    assert len(message) < 400


@pytest.mark.parametrize("status", [400, 429, 500, 504])
def test_airflow_that_fails_is_asked_again_ever_more_slowly(status):
    waits = [trouble_with_airflow(AirflowProblem(status, "No."), failures=count).again for count in (1, 2, 20)]
    assert waits == [5, 10, 120]
