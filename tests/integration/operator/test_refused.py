"""What AWS refuses ends in a clear condition, and goes on by itself where the cause can be mended outside of the spec."""

from __future__ import annotations

import json

import pytest

NOT_TRUSTED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
TRUSTED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
PRIVATE = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
UNCHECKED = {"preflight": "Warn"}
"""What AWS answers can only be seen where the operator's own checks do not keep it from asking."""
MANY = 40
"""Refused calls that cost nobody anything: every few seconds of AWS's time at first, then every few minutes."""


def test_public_bucket_is_named_and_the_create_goes_on_when_it_is_closed(world):
    made = world.make_prerequisites("public")
    bucket = made.bucket_arn.rpartition(":")[2]
    world.client("s3").delete_public_access_block(Bucket=bucket)
    environment = world.environment("in-public", prerequisites=made, refusals=MANY, policies=UNCHECKED).apply()
    environment.wait_reason("Stalled", "InvalidConfiguration")
    assert f"BlockPublicAccess set for s3 bucket {bucket}" in environment.condition("Ready")["message"]
    assert environment.condition("Ready")["status"] == "False"
    world.client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=PRIVATE)
    environment.wait_ready()
    assert environment.condition("Stalled") is None


def test_role_that_mwaa_may_not_assume_is_waited_for_and_goes_on_when_it_may(world):
    made = world.make_prerequisites("distrustful")
    role = {"RoleName": "airflow-distrustful"}
    world.client("iam").update_assume_role_policy(**role, PolicyDocument=json.dumps(NOT_TRUSTED))
    environment = world.environment("distrusted", prerequisites=made, refusals=MANY, policies=UNCHECKED).apply()
    environment.wait_told("trust policy")
    environment.wait_event("WaitingForIam", "Normal")
    world.client("iam").update_assume_role_policy(**role, PolicyDocument=json.dumps(TRUSTED))
    environment.wait_ready()


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [("environmentClass", "mw1.gigantic", "mw1.small"), ("airflowVersion", "9.9.9", "3.2.1")],
)
def test_value_that_aws_does_not_know_is_refused_once_and_goes_on_when_corrected(world, field, wrong, right):
    environment = world.environment(f"wrong-{field.lower()}", refusals=1, **{field: wrong}).apply()
    environment.wait_reason("Stalled", "InvalidConfiguration")
    assert wrong in environment.condition("Stalled")["message"]
    environment.wait_looks()
    assert len(environment.calls("CreateEnvironment")) == 1
    environment.apply(**{field: right}).wait_ready()


def test_missing_permission_of_the_operator_is_named_and_tried_again(world):
    environment = world.environment("denied", refusals=MANY)
    message = "User: operator is not authorized to perform: airflow:CreateEnvironment"
    fault = environment.fault("access_denied", "CreateEnvironment", message=message)
    environment.apply().wait_reason("Stalled", "AccessDenied")
    assert "airflow:CreateEnvironment" in environment.condition("Stalled")["message"]
    world.aws.admin.remove_fault(fault)
    environment.wait_ready()


def test_missing_requirements_file_is_named_and_goes_on_when_it_is_uploaded(world):
    environment = world.environment("no-file", requirementsS3Path="no-file/requirements.txt").apply()
    environment.wait_reason("Stalled", "FileNotFound")
    assert "no-file/requirements.txt" in environment.condition("Ready")["message"]
    bucket = world.made.bucket_arn.rpartition(":")[2]
    world.client("s3").put_object(Bucket=bucket, Key="no-file/requirements.txt", Body=b"")
    environment.wait_ready()


def test_refused_update_leaves_the_environment_running_and_goes_on_when_mended(world):
    environment = world.available("refused-update", allow={"UpdateEnvironment": 1}, refusals=MANY, policies=UNCHECKED)
    later = environment.spec["executionRoleArn"].replace("airflow-shared", "airflow-later")
    environment.apply(executionRoleArn=later).wait_told("Failed to assume role")
    assert environment.in_aws()["status"] == "AVAILABLE"
    assert world.make_prerequisites("later").role_arn == later
    # The role may read its own bucket, and the environment reads another one.
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    world.client("iam").put_role_policy(
        RoleName="airflow-later", PolicyName="reads-all", PolicyDocument=json.dumps(policy)
    )
    environment.wait_ready()
    assert environment.accepted("UpdateEnvironment") == [{"ExecutionRoleArn": later}]
