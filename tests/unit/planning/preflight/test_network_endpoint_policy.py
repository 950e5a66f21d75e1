"""What the policy of an endpoint can let through at all."""

from __future__ import annotations

import json

import pytest
from mwaa_operator.planning.preflight.endpoint_policy import may_allow

OBJECT = "arn:aws:s3:::airflow-mybucket/dags/dag.py"


def policy(**statement: object) -> str:
    usual = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [usual | statement]})


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"Action": "s3:Get*"},
        {"Action": ["s3:PutObject", "s3:getobject"]},
        {"Resource": "arn:aws:s3:::airflow-*"},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::airflow-mybucket/dags/*"]},
        {"Resource": "arn:aws:s3:::airflow-${aws:PrincipalAccount}/*"},
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:role/airflow"}},
    ],
)
def test_statement_that_may_fit_may_allow(statement):
    assert may_allow(policy(**statement), "s3:GetObject", OBJECT)


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:PutObject"},
        {"Resource": "arn:aws:s3:::airflow-mybucket"},
        {"Resource": "arn:aws:s3:::airflow-mybucke?"},
        {"Effect": "Deny"},
    ],
)
def test_statement_that_cannot_fit_allows_nothing(statement):
    assert not may_allow(policy(**statement), "s3:GetObject", OBJECT)


def test_opposites_are_understood():
    document = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:Put*", "NotResource": "arn:aws:s3:::other/*"}
    assert may_allow(json.dumps({"Statement": document}), "s3:GetObject", OBJECT)
    assert not may_allow(json.dumps({"Statement": document}), "s3:PutObject", OBJECT)
    assert not may_allow(json.dumps({"Statement": document}), "s3:GetObject", "arn:aws:s3:::other/dag.py")


@pytest.mark.parametrize(
    ("denies", "allowed"),
    [
        ({}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Principal": {"AWS": "x"}}, True),
    ],
)
def test_only_what_is_denied_to_all_and_always_is_denied_for_certain(denies, allowed):
    statements = [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"} | denies,
    ]
    assert may_allow(json.dumps({"Statement": statements}), "s3:GetObject", OBJECT) is allowed


@pytest.mark.parametrize("document", ["", "not JSON", "[]", "null"])
def test_policy_that_cannot_be_read_is_no_reason_to_warn(document):
    assert may_allow(document, "s3:GetObject", OBJECT)
