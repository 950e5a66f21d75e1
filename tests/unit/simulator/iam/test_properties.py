"""What holds for all policies: denies only take away, boundaries only limit, order says nothing."""

import json

from hypothesis import given
from hypothesis import strategies as st
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import PolicyKind, parse
from mwaa_sandbox.aws.iam.evaluation import Decision, Policies, Request, evaluate

PATTERNS = st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "S3:PUTOBJECT", "ec2:*", "?3:GetObject"])
RESOURCES = st.sampled_from(
    ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b", "arn:aws:s3:::${aws:team}/?", "arn:aws:s3:::b/*"]
)
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:team": "a"}},
        {"StringNotEquals": {"aws:team": "a"}},
        {"Null": {"aws:team": "true"}},
        {"ForAllValues:StringLike": {"aws:TagKeys": ["t*"]}},
        {"NumericLessThanIfExists": {"aws:age": "10"}},
    ]
)
NAMES = st.sampled_from([("Action", "Resource"), ("NotAction", "Resource"), ("Action", "NotResource")])
STATEMENTS = st.builds(
    lambda effect, names, action, resource, condition: {
        "Effect": effect,
        names[0]: action,
        names[1]: resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    NAMES,
    PATTERNS,
    RESOURCES,
    CONDITIONS,
)
POLICIES = st.lists(STATEMENTS, min_size=1, max_size=4)
REQUESTS = st.builds(
    lambda action, resource, context: Request(action, resource, Context(context)),
    st.sampled_from(["s3:GetObject", "s3:PutObject", "ec2:CreateVpc"]),
    st.sampled_from(["arn:aws:s3:::a/b", "arn:aws:s3:::b/c", "*"]),
    st.sampled_from([{}, {"aws:team": "a"}, {"aws:team": "b", "aws:TagKeys": ["team", "x"]}, {"aws:age": "12"}]),
)


def read(statements, kind=PolicyKind.IDENTITY):
    return parse(json.dumps({"Version": "2012-10-17", "Statement": statements}), kind=kind)


@given(POLICIES, POLICIES, REQUESTS)
def test_boundary_and_further_denies_never_allow_more(statements, limits, request):
    verdict = evaluate(request, Policies((read(statements),)))
    boundary = read(limits, PolicyKind.BOUNDARY)
    limited = evaluate(request, Policies((read(statements),), boundary))
    denies = [one for one in limits if one["Effect"] == "Deny"]
    stricter = evaluate(request, Policies((read(statements + denies),)))
    assert verdict.allowed or not limited.allowed
    assert verdict.allowed or not stricter.allowed
    assert verdict.decision is not Decision.EXPLICIT_DENY or limited.decision is Decision.EXPLICIT_DENY


@given(POLICIES, REQUESTS)
def test_order_and_division_into_policies_say_nothing(statements, request):
    whole = evaluate(request, Policies((read(statements),)))
    parts = evaluate(request, Policies(tuple(read([one]) for one in reversed(statements))))
    assert whole.decision is parts.decision
    assert len(whole.matched) == len(parts.matched)


@given(POLICIES, REQUESTS)
def test_allow_with_an_open_question_is_at_least_as_wide(statements, request):
    doubtful = Request(request.action, request.resource, request.context, benefit_of_doubt=True)
    policies = Policies((read(statements),))
    assert evaluate(doubtful, policies).allowed or not evaluate(request, policies).allowed
