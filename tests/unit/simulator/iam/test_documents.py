"""Reading policies: what is refused, and where statements stand."""

import json

import pytest
from mwaa_sandbox.aws.iam.documents import MalformedPolicyError, PolicyKind, parse
from mwaa_sandbox.aws.iam.evaluation import Policies, Request, evaluate

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "invalid Json"),
        ("[]", "Syntax errors"),
        ("{}", "Syntax errors"),
        ({"Version": "2026-01-01", "Statement": ALLOW}, "valid version string"),
        ({"Statement": []}, "Syntax errors"),
        ({"Statement": ["Allow"]}, "Syntax errors"),
        ({"Statement": {**ALLOW, "Effect": "allow"}}, "Invalid effect: allow"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "must contain actions"),
        ({"Statement": {"Effect": "Allow", "Action": "*"}}, "must contain resources"),
        ({"Statement": {**ALLOW, "NotAction": "*"}}, "both Action and NotAction"),
        ({"Statement": {**ALLOW, "Principal": "*"}}, "should not specify a principal"),
        ({"Statement": {**ALLOW, "Resources": "*"}}, "unknown element Resources"),
        ({"Statement": {**ALLOW, "Condition": {"StringIs": {"a": "b"}}}}, "Invalid Condition type : StringIs"),
        ({"Statement": {**ALLOW, "Condition": {"StringEquals": "b"}}}, "Syntax errors"),
    ],
)
def test_text_that_is_no_policy_is_refused(content, message):
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(MalformedPolicyError, match=message):
        parse(text, kind=PolicyKind.IDENTITY)


def test_resource_policy_says_whom_it_means(document):
    with pytest.raises(MalformedPolicyError, match="Principal"):
        parse(document(ALLOW), kind=PolicyKind.RESOURCE)


@pytest.mark.parametrize(("version", "decision"), [("2012-10-17", "implicitDeny"), ("2008-10-17", "allowed")])
def test_old_version_has_no_variables(document, version, decision):
    policy = parse(document({**ALLOW, "Resource": "${aws:a}"}, version=version), kind=PolicyKind.IDENTITY)
    assert evaluate(Request("s3:GetObject", "${aws:a}"), Policies((policy,))).decision == decision


def test_statements_are_found_in_the_text():
    text = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {
      "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::{}]"
    }
  ]
}"""
    spans = [statement.span for statement in parse(text, kind=PolicyKind.IDENTITY).statements]
    assert [(span.begin, span.end) for span in spans] == [((4, 5), (4, 59)), ((5, 5), (7, 6))]


def test_single_statement_is_found_in_the_text():
    [statement] = parse('{"Statement": {"Effect":"Allow","Action":"*","Resource":"*"}, "Version": "2012-10-17"}',
                        kind=PolicyKind.IDENTITY).statements  # fmt: skip
    assert (statement.span.begin, statement.span.end) == ((1, 15), (1, 61))
