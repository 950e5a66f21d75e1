"""Policy documents, compared as IAM reads them."""

import pytest
from mwaa_operator.planning.parts.documents import alike, key_arn, with_statement

OURS = {"Sid": "Ours", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["a", "b"]}
THEIRS = {"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": ["s3:GetObject"], "Resource": "a"}


@pytest.mark.parametrize(
    "written",
    [
        {"Action": ["s3:*"]},
        {"Resource": ["b", "a"]},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
    ],
)
def test_a_statement_may_be_written_in_several_ways(written):
    assert alike(OURS, {**OURS, **written})


@pytest.mark.parametrize(
    "written", [{"Action": "s3:Get*"}, {"Resource": "a"}, {"Principal": {"AWS": "x"}}, {"Effect": "Allow"}]
)
def test_one_that_says_something_else_differs(written):
    assert not alike(OURS, {**OURS, **written})


def test_nothing_is_written_where_the_statement_is_there():
    assert (
        with_statement({"Version": "2012-10-17", "Statement": [THEIRS, {**OURS, "Resource": ["b", "a"]}]}, OURS) is None
    )


@pytest.mark.parametrize("there", [THEIRS, [THEIRS], [THEIRS, {**OURS, "Effect": "Allow"}], [OURS, THEIRS, OURS]])
def test_the_statement_takes_the_place_of_its_like_and_leaves_the_others(there):
    written = with_statement({"Version": "2008-10-17", "Id": "x", "Statement": there}, OURS)
    assert written == {"Version": "2008-10-17", "Id": "x", "Statement": [THEIRS, OURS]}


def test_without_a_policy_there_is_one_afterwards():
    assert with_statement(None, OURS) == {"Version": "2012-10-17", "Statement": [OURS]}


@pytest.mark.parametrize("given", ["{id}", "key/{id}", "arn:aws:kms:eu-west-1:123456789012:key/{id}"])
def test_a_key_may_be_written_in_three_ways(context_of, given):
    key = "11111111-2222-3333-4444-555555555555"
    context = context_of({}, kmsKey=given.format(id=key))
    assert key_arn(context) == f"arn:aws:kms:eu-west-1:123456789012:key/{key}"


def test_without_a_key_there_is_no_arn(context_of):
    assert key_arn(context_of({})) is None
