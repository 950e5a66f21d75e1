"""The models: what they read, what they keep to themselves, and what they write."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta, timezone

import pytest
from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus, DeletionPolicy, LogLevel, UpdateApproval, WorkerReplacementStrategy
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus, PlannedChange
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.timestamps import to_rfc3339
from pydantic import ValidationError

PASSWORD = "correct-horse-battery"
OBJECT = {
    "apiVersion": "mwaa-operator.dev/v1alpha1",
    "kind": "MwaaEnvironment",
    "metadata": {
        "name": "ricsue-dublin",
        "namespace": "data",
        "uid": "8c7f",
        "generation": 3,
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": f'{{"smtp.smtp_password": "{PASSWORD}"}}'},
        "managedFields": [{"manager": "kubectl"}],
    },
    "spec": {
        "sourceBucketArn": "arn:aws:s3:::airflow-mybucket",
        "dagS3Path": "dags",
        "requirementsS3Path": "requirements.txt",
        "executionRoleArn": "arn:aws:iam::123456789012:role/airflow-demo",
        "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
        "loggingConfiguration": {"taskLogs": {"enabled": True, "logLevel": "INFO"}},
        "airflowConfigurationOptions": {"smtp.smtp_password": PASSWORD},
    },
}


def spec(**changes):
    return {**copy.deepcopy(OBJECT["spec"]), **changes}


def test_attributes_are_the_fields_in_snake_case():
    environment = MwaaEnvironment.from_object(OBJECT)
    assert environment.metadata.generation == 3
    assert environment.spec.dag_s3_path == "dags"
    assert environment.spec.requirements_s3_path == "requirements.txt"
    assert environment.spec.network_configuration.subnet_ids == ("subnet-1", "subnet-2")
    assert environment.spec.logging_configuration.task_logs.log_level is LogLevel.INFO
    assert environment.spec.logging_configuration.worker_logs is None
    assert environment.spec.kms_key is None


def test_field_that_is_null_counts_as_left_out():
    read = EnvironmentSpec.model_validate(spec(minWorkers=None, policies=None, tags={"team": None}))
    assert read == EnvironmentSpec.model_validate(spec(tags={}))


@pytest.mark.parametrize("changes", [{"minWorker": None}, {"dagS3Path": None}], ids=["unknown", "required"])
def test_null_does_not_hide_a_mistake(changes):
    with pytest.raises(ValidationError):
        EnvironmentSpec.model_validate(spec(**changes))


def test_policies_are_there_without_being_written():
    policies = EnvironmentSpec.model_validate(spec()).policies
    assert policies.deletion is DeletionPolicy.DELETE
    assert policies.update.approval is UpdateApproval.AUTOMATIC
    assert policies.update.worker_replacement_strategy is WorkerReplacementStrategy.GRACEFUL
    assert policies.update.window is None


def test_name_in_aws_is_that_of_the_object_unless_it_is_given():
    assert MwaaEnvironment.from_object(OBJECT).name_in_aws == "ricsue-dublin"
    assert MwaaEnvironment.from_object({**OBJECT, "spec": spec(name="other")}).name_in_aws == "other"


def test_spec_cannot_be_changed_by_those_who_read_it():
    environment = MwaaEnvironment.from_object(OBJECT)
    with pytest.raises(ValidationError, match="frozen"):
        environment.spec.max_workers = 5


def test_options_are_not_in_the_representation():
    environment = MwaaEnvironment.from_object(OBJECT)
    assert PASSWORD not in repr(environment)
    assert PASSWORD not in str(environment)
    assert environment.spec.airflow_configuration_options == {"smtp.smtp_password": PASSWORD}


@pytest.mark.parametrize(
    "changes",
    [
        {"airflowConfigurationOptions": {"smtp.smtp_password": f"{PASSWORD}\n"}},
        {"airflowConfigurationOptions": {"SMTP": PASSWORD}},
        {"airflowConfigurationOptions": PASSWORD},
        {"airflowConfigurationOptions": {"smtp.smtp_password": [PASSWORD]}},
        {"minWorkers": 2, "maxWorkers": 1},
        {"smtpPassword": PASSWORD},
    ],
    ids=["value", "name", "whole", "type", "rule", "unknown"],
)
def test_options_are_not_in_errors(changes):
    with pytest.raises(ValidationError) as error:
        MwaaEnvironment.from_object({**OBJECT, "spec": spec(**changes)})
    assert PASSWORD not in str(error.value)
    assert PASSWORD not in " ".join(explain(error.value))


def test_errors_name_the_place_and_the_rule():
    with pytest.raises(ValidationError) as error:
        MwaaEnvironment.from_object({**OBJECT, "spec": spec(schedulers=9, networkConfiguration={"subnetIds": []})})
    assert explain(error.value) == [
        "spec.schedulers: Input should be less than or equal to 5",
        "spec.networkConfiguration.subnetIds: Tuple should have at least 2 items after validation, not 0",
        "spec.networkConfiguration.securityGroupIds: Field required",
    ]


def test_all_broken_rules_are_told_in_their_own_words():
    with pytest.raises(ValidationError) as error:
        EnvironmentSpec.model_validate(spec(minWorkers=2, maxWorkers=1, tags={"aws:team": "data"}))
    [text] = explain(error.value)
    assert "minWorkers is greater than maxWorkers. Lower minWorkers or raise maxWorkers." in text
    assert "Tag keys that begin with aws: are reserved by AWS. Rename the tag." in text


def test_status_written_by_another_version_is_read():
    status = EnvironmentStatus.model_validate(
        {
            "observedGeneration": 2,
            "fromTheFuture": {"a": 1},
            "environment": {"status": "HIBERNATING", "airflowConfigurationOptions": {"smtp.smtp_password": PASSWORD}},
        }
    )
    assert status.environment.status == "HIBERNATING"
    assert PASSWORD not in str(status.to_object())


def test_status_is_written_without_what_is_left_out():
    assert EnvironmentStatus(observed_generation=1).to_object() == {
        "observedGeneration": 1,
        "conditions": [],
        "driftedFields": [],
        "likelyCauses": [],
        "resources": [],
    }
    change = PlannedChange(field="maxWorkers", from_="5", to="7", impact="None")
    assert change.to_object() == {"field": "maxWorkers", "from": "5", "to": "7", "impact": "None"}


def test_text_from_elsewhere_is_cut_to_what_the_status_has_room_for():
    change = PlannedChange(field="tags", from_="x" * 5000, to="y" * 4096, impact="None")
    assert change.from_ == "x" * 4095 + "…"
    assert change.to == "y" * 4096
    status = EnvironmentStatus.model_validate({"environment": {"lastUpdate": {"error": {"errorMessage": "z" * 9000}}}})
    assert len(status.environment.last_update.error.error_message) == 4096


def test_condition_is_written_as_kubernetes_writes_it():
    condition = Condition(
        type=ConditionType.READY,
        status=ConditionStatus.TRUE,
        reason=Reason.AVAILABLE,
        message="AWS says AVAILABLE.",
        observed_generation=3,
        last_transition_time=datetime(2026, 11, 24, 4, 30, tzinfo=UTC),
    )
    assert condition.to_object() == {
        "type": "Ready",
        "status": "True",
        "reason": "Available",
        "message": "AWS says AVAILABLE.",
        "observedGeneration": 3,
        "lastTransitionTime": "2026-11-24T04:30:00Z",
    }


def test_times_are_written_in_utc():
    dublin_in_summer = timezone(timedelta(hours=1))
    assert to_rfc3339(datetime(2026, 7, 1, 12, 0, tzinfo=dublin_in_summer)) == "2026-07-01T11:00:00Z"
    assert to_rfc3339(datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)) == "2026-07-01T12:00:00.250000Z"


def test_time_without_a_zone_is_refused():
    with pytest.raises(ValidationError, match="timezone"):
        EnvironmentStatus.model_validate({"environment": {"createdAt": "2026-07-01T12:00:00"}})


@pytest.mark.parametrize("reason", Reason)
def test_reasons_are_words_that_kubernetes_takes(reason):
    assert reason.value.isalpha()
    assert reason.value[0].isupper()


def test_default_strategy_leaves_old_versions_readable():
    found = EnvironmentSpec.model_validate(spec(airflowVersion="2.4.2"))
    assert found.policies.update.worker_replacement_strategy is WorkerReplacementStrategy.GRACEFUL
