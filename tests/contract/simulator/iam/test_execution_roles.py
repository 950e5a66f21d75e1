"""Execution roles are judged by all that decides over them: boundaries, conditions, the policy version in force."""

from __future__ import annotations

import json

import pytest

from .callers import policy, refused


@pytest.fixture
def usual(clients, prerequisites):
    """The trust and the policy of a role with which environments come up."""
    iam = clients("iam")
    trust = iam.get_role(RoleName="airflow")["Role"]["AssumeRolePolicyDocument"]
    return trust, iam.get_role_policy(RoleName="airflow", PolicyName="airflow")["PolicyDocument"]


@pytest.fixture
def role(clients, usual, name):
    iam = clients("iam")
    trust, document = usual
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    return arn


def limit(iam, name, *statements):
    document = json.dumps(policy(*statements))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)


def test_boundary_without_the_bucket_is_refused_at_once(clients, role, mwaa, request_for, name):
    limit(clients("iam"), name, {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})
    assert refused(mwaa.create_environment, **request_for(name, ExecutionRoleArn=role))["Code"] == "ValidationException"


def test_boundary_without_the_queue_fails_the_create(clients, role, created, name):
    limit(clients("iam"), name, {"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"})
    assert created(ExecutionRoleArn=role) == "CREATE_FAILED"


def test_key_through_another_regions_queue_fails_the_create(clients, usual, role, created, name):
    document = json.dumps(usual[1]).replace("sqs.eu-west-1.amazonaws.com", "sqs.eu-west-2.amazonaws.com")
    clients("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    assert created(ExecutionRoleArn=role) == "CREATE_FAILED"
