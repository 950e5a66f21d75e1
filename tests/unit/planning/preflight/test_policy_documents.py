"""What a resource's policy says about a request of a service."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.preflight.policy_documents import Access, service_access

ALLOW = {"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "kms:*"}
CONTEXT = {"aws:SourceAccount": "1", "aws:SourceArn": "arn:aws:airflow:eu-west-1:1:environment/env"}


def access(*statements: dict) -> Access:
    document = {"Statement": list(statements)}
    return service_access(document, service="a.amazonaws.com", action="kms:Decrypt", context=CONTEXT)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": ["*"]}},
        {"Principal": {"Service": ["b.amazonaws.com", "a.amazonaws.com"]}},
        {"Action": ["kms:encrypt", "KMS:decrypt*"]},
        {"Condition": {"StringEquals": {"AWS:sourceaccount": ["2", "1"]}}},
        {"Condition": {"StringLike": {"aws:SourceArn": "arn:aws:airflow:*:environment/e?v"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:airflow:*:1:environment/*"}}},
        {"Condition": {"StringNotEquals": {"aws:SourceAccount": "2"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "1"}}},
        {"Condition": {"ForAnyValue:StringEquals": {"aws:SourceAccount": "1"}}},
    ],
    ids=str,
)
def test_statement_that_names_service_action_and_conditions_allows(changes):
    assert access({**ALLOW, **changes}) is Access.ALLOWED


def test_not_action_and_not_principal_allow_what_they_leave_out():
    statement = {"Effect": "Allow", "NotPrincipal": {"Service": "b.amazonaws.com"}, "NotAction": "kms:Encrypt"}
    assert access(statement) is Access.ALLOWED
    assert access({**statement, "NotAction": "kms:D*"}) is Access.NOT_NAMED


@pytest.mark.parametrize(
    "changes",
    [{"Principal": {"AWS": "arn:aws:iam::1:root"}}, {"Action": "kms:Encrypt"}, {"Principal": {"Service": "*"}}],
    ids=str,
)
def test_statement_about_others_allows_nothing(changes):
    assert access({**ALLOW, **changes}) is Access.NOT_NAMED


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "2"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:airflow:*:environment/*"}},
        {"StringNotLike": {"aws:SourceAccount": "*"}},
    ],
    ids=str,
)
def test_condition_that_is_not_met_is_told(condition):
    assert access({**ALLOW, "Condition": condition}) is Access.CONDITION


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"NumericLessThan": {"aws:SourceAccount": "2"}},
        {"StringEquals": "odd"},
        "odd",
    ],
    ids=str,
)
def test_condition_that_cannot_be_judged_makes_it_uncertain(condition):
    assert access({**ALLOW, "Condition": condition}) is Access.UNCERTAIN


def test_deny_wins_and_an_uncertain_deny_makes_it_uncertain():
    deny = {**ALLOW, "Effect": "Deny"}
    assert access(ALLOW, deny) is Access.DENIED
    assert access(ALLOW, {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}) is Access.UNCERTAIN
    assert access(ALLOW, {**deny, "Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}) is Access.ALLOWED
