"""Condition operators, as the IAM User Guide has them."""

import pytest
from mwaa_sandbox.aws.iam import conditions
from mwaa_sandbox.aws.iam.context import Context

ENVIRONMENT = "arn:aws:airflow:eu-west-1:111122223333:environment/e"
KEY = "aws:thing"


def holds(operator, wanted, present, context=None):
    values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    known = {} if present is None else {KEY: present}
    return conditions.parse(operator, KEY, values).holds(Context({**known, **(context or {})}))


@pytest.mark.parametrize(
    ("operator", "wanted", "present", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("stringequals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", "a*c?", "abbcd", True),
        ("StringLike", "a*", "Ab", False),
        ("StringNotLike", "a*", "ab", False),
        ("ArnLike", "arn:aws:airflow:*:111122223333:environment/*", ENVIRONMENT, True),
        ("ArnLike", "arn:aws:*:environment/*", ENVIRONMENT, False),
        ("ArnEquals", "arn:aws:airflow:eu-west-1:111122223333:environment/?", ENVIRONMENT, True),
        ("ArnNotEquals", "arn:aws:airflow:eu-west-1:111122223333:environment/f", ENVIRONMENT, True),
        ("ArnNotLike", "arn:aws:airflow:*:*:*", ENVIRONMENT, False),
        ("ArnLike", "arn:aws:airflow:*:*:*", "no arn", False),
        ("Bool", "true", "True", True),
        ("Bool", "true", "false", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "11", True),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "11", True),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("NumericEquals", "10", "many", False),
        ("DateEquals", "2026-01-02T00:00:00Z", "2026-01-02", True),
        ("DateNotEquals", "2026-01-02T00:00:00Z", "2026-01-03", True),
        ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z", True),
        ("DateLessThanEquals", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00+01:00", True),
        ("DateGreaterThan", "2026-01-02T00:00:00Z", "1767312001", True),
        ("DateGreaterThanEquals", "2026-01-02T00:00:00Z", "2026-01-01", False),
        ("IpAddress", "10.0.0.0/8", "10.192.1.2", True),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "10.0.0.1", "10.0.0.2", False),
        ("NotIpAddress", "10.0.0.0/8", "192.168.0.1", True),
        ("NotIpAddress", ["10.0.0.0/8", "192.168.0.0/16"], "192.168.0.1", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ],
)
def test_operator_compares_a_value(operator, wanted, present, expected):
    assert holds(operator, wanted, present) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("Bool", False),
        ("NumericLessThan", False),
        ("StringNotEquals", True),
        ("ArnNotLike", True),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("ArnLikeIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_absent_key_decides_by_the_operator(operator, expected):
    assert holds(operator, "a", None) is expected


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [("true", None, True), ("true", "a", False), ("false", "a", True), ("false", None, False)],
)
def test_null_asks_whether_a_key_is_absent(wanted, present, expected):
    assert holds("Null", wanted, present) is expected


@pytest.mark.parametrize(
    ("operator", "present", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("forallvalues:stringlike", ["a"], True),
        ("ForAnyValue:StringEquals", ["a", "c"], True),
        ("ForAnyValue:StringEquals", ["c", "d"], False),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "d"], False),
        ("ForAnyValue:StringNotEquals", ["a", "d"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
    ],
)
def test_set_operators_look_at_each_value(operator, present, expected):
    assert holds(operator, ["a", "b"], present) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "present", "expected"),
    [
        ("StringEquals", "${aws:username}", "ana", True),
        ("StringEquals", "${aws:Username}", "bob", False),
        ("StringLike", "home/${aws:username}/*", "home/ana/x", True),
        ("StringLike", "${aws:nobody}", "ana", False),
        ("StringEquals", "${aws:nobody, 'ana'}", "ana", True),
        ("StringLike", "a${*}", "a*", True),
        ("StringLike", "a${*}", "ab", False),
        ("ArnLike", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/ana", True),
        ("Bool", "${aws:truth}", "true", True),
    ],
)
def test_values_can_be_variables(operator, wanted, present, expected):
    assert holds(operator, wanted, present, {"aws:username": "ana", "aws:truth": "true"}) is expected


def test_value_of_a_variable_is_no_pattern():
    assert not holds("StringLike", "${aws:username}", "anything", {"aws:username": "*"})


def test_without_variables_a_dollar_is_a_dollar():
    condition = conditions.parse("StringEquals", KEY, ("${aws:username}",))
    assert condition.holds(Context({KEY: "${aws:username}", "aws:username": "ana"}), with_variables=False)


@pytest.mark.parametrize("operator", ["StringMatches", "ForSomeValues:StringEquals", "", "IfExists"])
def test_operator_that_iam_does_not_have_is_refused(operator):
    with pytest.raises(ValueError, match="Invalid Condition type"):
        conditions.parse(operator, KEY, ("a",))
