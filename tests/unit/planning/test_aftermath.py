"""What follows from each kind of failed call: what is said, for how long it is tried again, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import OperationKind, OperationOutcome
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.planning.aftermath import after_failure
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.failure import ADVICE, RESPONSES, AwsError, FailureKind
from mwaa_operator.planning.model import Standing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
K = FailureKind
REASONS = {
    K.PROPAGATION: Reason.WAITING_FOR_IAM,
    K.INVALID: Reason.INVALID_CONFIGURATION,
    K.DENIED: Reason.ACCESS_DENIED,
    K.CREDENTIALS: Reason.NO_CREDENTIALS,
    K.CONFLICT: Reason.WAITING_FOR_ENVIRONMENT,
    K.STATUS: Reason.WAITING_FOR_ENVIRONMENT,
    K.GONE: Reason.NOT_FOUND,
    K.MISSING: Reason.FILE_NOT_FOUND,
    K.QUOTA: Reason.QUOTA_EXCEEDED,
    K.THROTTLED: Reason.THROTTLED,
    K.TRANSIENT: Reason.AWS_UNREACHABLE,
}
PATIENT_FOR_EVER = {K.CONFLICT, K.STATUS, K.GONE, K.THROTTLED, K.TRANSIENT}
PATIENT_FOR_A_WHILE = {K.PROPAGATION, K.DENIED, K.CREDENTIALS}
FINAL_AT_ONCE = {K.INVALID, K.MISSING, K.QUOTA}


def error(kind):
    return AwsError(
        kind=kind, operation="CreateEnvironment", code="SomeException", message="AWS's own words.", request_id="r-1"
    )


def operation(**members):
    return LastOperation(kind=OperationKind.CREATE, hash="k:1", started_at=NOON, **members)


def after(kind, *, of=None, failures=1, seconds=0.0, scale=1.0):
    at = Moment(NOON + timedelta(seconds=seconds), scale)
    return after_failure(error(kind), operation=of, failures=failures, at=at)


@pytest.fixture(params=FailureKind)
def kind(request):
    return request.param


def test_every_kind_has_its_reason_its_response_and_its_advice():
    assert set(REASONS) == set(RESPONSES) == set(ADVICE) == set(FailureKind)
    assert set(FailureKind) == PATIENT_FOR_EVER | PATIENT_FOR_A_WHILE | FINAL_AT_ONCE


def test_the_reason_of_a_failed_call_is_that_of_its_kind(kind):
    assert after(kind, of=operation()).verdict.reason is REASONS[kind]


def test_the_message_holds_awss_own_words_and_something_to_do(kind):
    message = after(kind, of=operation()).verdict.message
    for part in ("CreateEnvironment", "SomeException", "AWS's own words."):
        assert part in message
    assert len(message) > len("CreateEnvironment failed with SomeException: AWS's own words.") + 10


@pytest.mark.parametrize("kind", sorted(PATIENT_FOR_EVER))
def test_what_passes_is_tried_again_for_ever(kind):
    for seconds in (0, 600, 7 * 86400):
        found = after(kind, of=operation(), failures=50, seconds=seconds)
        assert found.verdict.standing is Standing.PROGRESSING
        assert found.operation.outcome is None


@pytest.mark.parametrize("kind", sorted(PATIENT_FOR_A_WHILE))
def test_what_may_pass_is_tried_again_for_a_while_and_then_stalls(kind):
    patience = RESPONSES[kind].patience
    assert after(kind, of=operation(), seconds=patience - 1).verdict.standing is Standing.PROGRESSING
    assert after(kind, of=operation(), seconds=patience + 1).verdict.standing is Standing.STALLED


@pytest.mark.parametrize("kind", sorted(FINAL_AT_ONCE))
def test_what_cannot_pass_stalls_at_once(kind):
    assert after(kind, of=operation()).verdict.standing is Standing.STALLED


def test_patience_is_counted_in_awss_time():
    patience = RESPONSES[K.PROPAGATION].patience
    assert after(K.PROPAGATION, of=operation(), seconds=patience / 10, scale=60).verdict.standing is Standing.STALLED


def test_a_refusal_that_outlasts_propagation_is_called_the_specs_fault():
    found = after(K.PROPAGATION, of=operation(), seconds=RESPONSES[K.PROPAGATION].patience + 1)
    assert found.verdict.reason is Reason.INVALID_CONFIGURATION


def test_refused_values_are_remembered_as_final_and_anything_that_can_be_mended_in_aws_is_not(kind):
    found = after(kind, of=operation(), seconds=86400)
    assert (found.operation.outcome is OperationOutcome.REFUSED) is (kind is K.INVALID)


def test_an_answer_is_remembered_with_its_request_id_and_silence_is_not(kind):
    remembered = after(kind, of=operation()).operation.error
    if kind in {K.TRANSIENT, K.CONFLICT}:
        assert remembered is None, "the call may have arrived, and the next look tells"
    else:
        assert (remembered.code, remembered.message, remembered.request_id) == (
            "SomeException",
            "AWS's own words.",
            "r-1",
        )


def test_tries_become_rarer_up_to_a_limit_while_there_is_patience(kind):
    response = RESPONSES[kind]
    if response.patience == 0:
        assert after(kind, of=operation()).retry_seconds == response.stalled
        return
    waits = [after(kind, of=operation(), failures=failures).retry_seconds for failures in range(1, 12)]
    assert waits[:2] == [response.first, 2 * response.first]
    assert waits == sorted(waits)
    assert waits[-1] == response.most


def test_nothing_is_tried_more_than_once_a_second_or_less_than_every_five_minutes(kind):
    for failures in (1, 2, 5, 100):
        for seconds in (0, 86400):
            assert 1 <= after(kind, of=operation(), failures=failures, seconds=seconds).retry_seconds <= 300


def test_a_look_that_fails_says_nothing_about_the_environment(kind):
    found = after(kind)
    assert found.operation is None
    assert found.verdict.ready is None
    assert found.verdict.synced is None


def test_a_call_that_fails_says_that_the_spec_is_not_what_aws_runs(kind):
    found = after(kind, of=operation())
    assert found.verdict.ready is False
    assert found.verdict.synced is False


@pytest.mark.parametrize("kind", [K.DENIED, K.CREDENTIALS])
def test_a_look_that_keeps_being_denied_stalls_counted_from_its_first_failure(kind):
    def standing(seconds):
        at = Moment(NOON + timedelta(seconds=seconds))
        return after_failure(error(kind), operation=None, failures=2, since=NOON, at=at).verdict.standing

    assert standing(30) is Standing.PROGRESSING
    assert standing(90) is Standing.STALLED


def test_what_outlasts_propagation_is_not_said_to_be_tried_for_a_few_minutes():
    message = after(K.PROPAGATION, of=operation(), seconds=400).verdict.message
    assert "for a few minutes" not in message
    assert "correct what AWS names" in message


@pytest.mark.parametrize("words", ["It was 30", "It was 30.", "It was 30. "])
def test_awss_words_end_before_ours_begin(words):
    failed = AwsError(kind=K.INVALID, operation="UpdateEnvironment", code="ValidationException", message=words)
    message = after_failure(failed, operation=operation(), failures=1, at=Moment(NOON)).verdict.message
    assert message.startswith("UpdateEnvironment failed with ValidationException: It was 30. Change the spec;")
