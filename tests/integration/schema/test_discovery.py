"""What kubectl knows of the kind without the documentation: names, explanations, columns. And what GitOps tools see: no
difference.
"""

from __future__ import annotations

import json

import pytest
from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.mwaa_environment import MwaaEnvironment

ARN = "arn:aws:airflow:eu-west-1:123456789012:environment/ricsue-dublin"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("mwaa.spec.maxWorkers", "How many workers there may be when tasks queue up."),
        ("mwaa.spec.kmsKey", "Immutable."),
        ("mwaa.spec.policies.deletion", "Default: Delete."),
        ("mwaa.spec.loggingConfiguration.taskLogs.logLevel", "The least severe messages that are sent."),
        ("mwaa.status.conditions", "Ready is the summary."),
        ("mwaa.status.environment.webserverUrl", "Where the Airflow UI is."),
    ],
)
def test_kubectl_explains_every_field(path, says, installed):
    explanation = installed.kubectl("explain", path).stdout
    assert says in " ".join(explanation.split())


@pytest.mark.parametrize("name", ["mwaa", "mwaaenvironment", "mwaaenvironments", "mwaaenvironments.mwaa-operator.dev"])
def test_object_is_found_by_each_of_its_names(name, stored, document, installed, namespace):
    stored.kubectl("create", document())
    assert "ricsue-dublin" in installed.kubectl("get", name, "--namespace", namespace).stdout


@pytest.mark.parametrize("category", ["aws", "airflow"])
def test_object_is_found_by_its_categories(category, stored, document, installed, namespace):
    stored.kubectl("create", document())
    assert "ricsue-dublin" in installed.kubectl("get", category, "--namespace", namespace).stdout


def test_columns_show_what_aws_says(stored, document, installed, namespace):
    created = json.loads(stored.kubectl("create", document(), "--output=json").stdout)
    ready = Condition(
        type=ConditionType.READY,
        status=ConditionStatus.FALSE,
        reason=Reason.CREATING,
        message="AWS is creating the environment.",
        last_transition_time="2026-11-24T04:30:00Z",
    )
    status = EnvironmentStatus.model_validate(
        {
            "conditions": [ready],
            "environment": {
                "status": "CREATING",
                "airflowVersion": "3.3.1",
                "environmentClass": "mw1.medium",
                "webserverUrl": "1234.c10.eu-west-1.airflow.amazonaws.com",
                "arn": ARN,
            },
        }
    )
    written = stored.kubectl("replace", {**created, "status": status.to_object()}, "--subresource=status")
    assert written.returncode == 0, written.stderr

    narrow = installed.kubectl("get", "mwaa", "--namespace", namespace).stdout.splitlines()
    assert narrow[0].split() == ["NAME", "READY", "STATUS", "VERSION", "CLASS", "AGE"]
    assert narrow[1].split()[:5] == ["ricsue-dublin", "False", "CREATING", "3.3.1", "mw1.medium"]

    wide = installed.kubectl("get", "mwaa", "--namespace", namespace, "--output=wide").stdout.splitlines()
    assert wide[0].split()[6:] == ["REASON", "URL", "ARN"]
    assert wide[1].split()[6:] == ["Creating", "1234.c10.eu-west-1.airflow.amazonaws.com", ARN]


def test_spec_is_stored_as_it_was_written(stored, document):
    wanted = document({"policies": {"update": {}}, "tags": {"team": "data"}})
    stored.kubectl("apply", wanted, "--server-side")
    assert stored.read("ricsue-dublin")["spec"] == wanted["spec"]
    diff = stored.kubectl("diff", wanted, "--server-side")
    assert (diff.returncode, diff.stdout) == (0, ""), diff.stderr


def test_status_that_the_models_write_is_stored_whole(stored, document):
    created = json.loads(stored.kubectl("create", document(), "--output=json").stdout)
    status = {
        "observedGeneration": 1,
        "environment": {
            "name": "ricsue-dublin",
            "createdAt": "2026-11-24T04:30:00.250000Z",
            "loggingConfiguration": {
                "taskLogs": {"enabled": True, "logLevel": "INFO", "cloudWatchLogGroupArn": "arn:x:*"}
            },
            "lastUpdate": {
                "status": "FAILED",
                "error": {"errorCode": "INCORRECT_CONFIGURATION", "errorMessage": "No."},
            },
            "tags": {"team": "data"},
            "teams": {"blue": {"dagS3Path": "dags"}},
        },
        "account": {"id": "123456789012", "region": "eu-west-1"},
        "plan": {
            "hash": "4f0c",
            "changes": [{"field": "maxWorkers", "from": "5", "to": "7", "impact": "None"}],
            "estimatedMinutes": 25,
            "waitingFor": "Window",
        },
        "resources": [{"kind": "Bucket", "id": "airflow-mybucket", "provisioned": False}],
        "lastOperation": {"kind": "Create", "startedAt": "2026-11-24T04:30:00Z"},
    }
    written = EnvironmentStatus.model_validate(status).to_object()
    stored.kubectl("replace", {**created, "status": written}, "--subresource=status")

    read = stored.read("ricsue-dublin")
    assert {**written, **status} == read["status"]
    assert MwaaEnvironment.from_object(read).status == EnvironmentStatus.model_validate(status)
