"""AWS's words, without the values that they may quote."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from mwaa_operator.api.enums import OperationKind
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus, LastOperation
from mwaa_operator.controller.redaction import Redaction, without_values
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import desired_environment
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.observation import AwsEnvironment, Observation
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.report import shown_environment
from mwaa_operator.planning.situation import Situation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = FingerprintKey(b"0123456789abcdef")
PASSWORD = "smtp.smtp_password"
SPEC = EnvironmentSpec.model_validate(
    {
        "sourceBucketArn": "arn:aws:s3:::airflow-mybucket",
        "dagS3Path": "dags",
        "executionRoleArn": "arn:aws:iam::123456789012:role/airflow-demo",
        "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
        "airflowConfigurationSecrets": {PASSWORD: {"name": "smtp", "key": "password"}},
    }
)


@pytest.mark.parametrize("value", ["tr0ub4dor", 'with "quotes"', "with 'quotes'", "back\\slash", "a&b=c/d e"])
@pytest.mark.parametrize("wrapped", [str, json.dumps, repr, lambda value: quote(value, safe="")])
def test_value_is_taken_out_however_it_is_quoted(value, wrapped):
    text = Redaction([value]).text(f"Value {wrapped(value)} is not valid")
    assert wrapped(value).strip("\"'") not in text
    assert "***" in text


def test_value_that_begins_another_leaves_nothing_of_it():
    assert Redaction(["tr0ub4dor", "tr0ub4dor-and-more"]).text("tr0ub4dor-and-more, tr0ub4dor") == "***, ***"


def test_words_that_are_in_every_text_stay():
    said = "maxWorkers must be between 1 and 25, not on"
    assert Redaction(["25", "on", "1"]).text(said) == said


def test_error_keeps_what_is_decided_by():
    error = AwsError(
        kind=FailureKind.INVALID,
        operation="UpdateEnvironment",
        code="ValidationException",
        message="no tr0ub4dor",
        request_id="r-1",
    )
    clean = Redaction.of({"AirflowConfigurationOptions": {PASSWORD: "tr0ub4dor"}}).error(error)
    assert (clean.kind, clean.operation, clean.code, clean.request_id) == (
        error.kind,
        error.operation,
        error.code,
        error.request_id,
    )
    assert clean.message == "no ***"
    assert "tr0ub4dor" not in str(clean)


def situation(*, value, applied, status=None, message="It does not like tr0ub4dor"):
    """An environment whose last operation had failed with `applied` for a password; the Secret has `value` now."""

    def desired(password):
        return desired_environment(SPEC, name="env", secret_options={PASSWORD: password}, newest_object_versions={})

    operation = LastOperation(
        kind=OperationKind.UPDATE, options_hash=KEY.fingerprint(desired(applied).options), started_at=NOW
    )
    update = {
        "Status": "FAILED",
        "CreatedAt": NOW,
        "Error": {"ErrorCode": "INCORRECT_CONFIGURATION", "ErrorMessage": message},
    }
    return Situation(
        identity=Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1"),
        spec=SPEC,
        generation=1,
        deleting=False,
        retry=False,
        approved_plan=None,
        status=(status or EnvironmentStatus()).model_copy(update={"last_operation": operation}),
        desired=desired(value),
        observation=Observation(
            environment=AwsEnvironment({"Name": "env", "Status": "AVAILABLE", "LastUpdate": update}),
            account_id="123456789012",
        ),
        key=KEY,
        at=Moment(NOW + timedelta(minutes=30)),
    )


def test_failed_operation_is_told_without_its_values():
    last = without_values(situation(value="tr0ub4dor", applied="tr0ub4dor")).environment.last_update
    assert (last.error_code, last.error_message) == ("INCORRECT_CONFIGURATION", "It does not like ***")


def test_message_stays_as_it_was_first_told_when_the_options_change_later():
    first = without_values(situation(value="tr0ub4dor", applied="tr0ub4dor"))
    status = EnvironmentStatus(environment=shown_environment(first.environment))
    later = without_values(situation(value="another", applied="tr0ub4dor", status=status))
    assert later.environment.last_update.error_message == "It does not like ***"


def test_message_is_left_out_when_the_options_changed_before_it_was_seen():
    last = without_values(situation(value="another", applied="tr0ub4dor")).environment.last_update
    assert last.error_code == "INCORRECT_CONFIGURATION"
    assert "tr0ub4dor" not in last.error_message
    assert "left out" in last.error_message


def test_situation_without_an_error_is_left_as_it_is():
    calm = situation(value="another", applied="tr0ub4dor")
    del calm.observation.environment.document["LastUpdate"]["Error"]
    assert without_values(calm) is calm
