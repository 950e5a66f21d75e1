"""What the crash test counts and compares, by itself."""

from __future__ import annotations

import pytest
from mwaa_sandbox.proxy import Call

from .end_state import EndState
from .points import Point, changes_something, drawn, half_way_to, name_of, points_of, stands_apart


def call(ordinal=1, method="GET", target="/", *, service="", upstream="kubernetes", watch=False, operation=""):
    return Call(ordinal, upstream, method, target, service, watch, operation=operation)


def aws(method, target, ordinal=1, *, service="airflow", operation=""):
    return call(ordinal, method, target, service=service, upstream="aws", operation=operation)


CALLS = [
    call(1, "PATCH", "/apis/mwaa-operator.dev/v1alpha1/namespaces/data/mwaaenvironments/e/status"),
    aws("PATCH", "/environments/e", 2),
    aws("GET", "/environments/e", 3),
]


def test_every_call_has_two_points_and_one_more_where_aws_is_set_to_work():
    assert [str(point) for point in points_of("update", CALLS)] == [
        "update:1:before",
        "update:1:after",
        "update:2:before",
        "update:2:after",
        "update:2:after:late",
        "update:3:before",
        "update:3:after",
    ]


@pytest.mark.parametrize("text", ["failed-update:12:before", "create:3:after", "create:3:after:late"])
def test_point_is_read_as_it_was_written(text):
    assert str(Point.read(text)) == text


@pytest.mark.parametrize("text", ["create", "create:x:before", "create:1:during"])
def test_mistyped_point_is_refused(text):
    with pytest.raises(ValueError, match="write scenario:ordinal:side"):
        Point.read(text)


def test_seed_draws_the_same_points_again():
    points = points_of("update", CALLS)
    assert drawn(points, CALLS, 3, seed="a") == drawn(points, CALLS, 3, seed="a")
    assert len(set(drawn(points, CALLS, 3, seed="a"))) == 3


def test_point_half_way_is_on_the_same_side():
    assert str(half_way_to(Point.read("update:9:after:late"))) == "update:4:after"


def test_every_point_has_its_turn():
    points = points_of("update", CALLS)
    seen = {point for day in range(60) for point in drawn(points, CALLS, 2, seed=str(day))}
    assert seen == set(points)


def test_one_of_the_points_is_where_aws_is_set_to_work():
    points = points_of("update", CALLS)
    assert {drawn(points, CALLS, 1, seed=str(day))[0].ordinal for day in range(20)} == {2}


@pytest.mark.parametrize(
    ("made", "changes"),
    [
        (aws("PUT", "/environments/e"), True),
        (aws("GET", "/environments/e"), False),
        (aws("POST", "/", service="ec2", operation="CreateVpc"), True),
        (aws("POST", "/", service="ec2", operation="DescribeVpcs"), False),
        (aws("POST", "/", service="iam", operation="GetRole"), False),
        (aws("PUT", "/airflow-e?versioning", service="s3"), True),
        (aws("HEAD", "/airflow-e", service="s3"), False),
        (CALLS[0], True),
    ],
)
def test_calls_that_only_look_are_told_apart(made, changes):
    assert changes_something(made) is changes


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (aws("PUT", "/environments/e"), "CreateEnvironment"),
        (aws("GET", "/environments/e"), "GetEnvironment"),
        (aws("POST", "/tags/arn%3Aaws"), "TagResource"),
        (aws("POST", "/", service="ec2", operation="CreateVpc"), "ec2:CreateVpc"),
        (aws("PUT", "/airflow-e?versioning", service="s3"), "s3:PUT ?versioning"),
        (aws("GET", "/airflow-e?list-type=2&prefix=dags%2F", service="s3"), "s3:GET"),
        (CALLS[0], "PATCH mwaaenvironments/status"),
        (call(target="/apis/g/v1/namespaces/data/mwaaenvironments?watch=true", watch=True), "WATCH mwaaenvironments"),
        (call(target="/api/v1/namespaces/kube-system"), "GET api/v1/namespaces/kube-system"),
        (call(method="POST", target="/api/v1/namespaces/data/events"), "POST events"),
    ],
)
def test_calls_are_named_as_people_name_them(made, name):
    assert name_of(made) == name


def test_ends_that_differ_say_where():
    one = EndState({"status": "AVAILABLE", "tags": {"team": "data"}}, None, {"UpdateEnvironment": 1})
    other = EndState({"status": "AVAILABLE", "tags": {}}, None, {"UpdateEnvironment": 2})
    assert one.differences(other) == [
        "accepted.UpdateEnvironment: 1 became 2",
        "environment.tags.team: 'data' became None",
    ]
    assert one.differences(one) == []


def test_environment_that_is_left_over_is_a_difference():
    assert EndState(None, None, {}).differences(EndState({"status": "AVAILABLE"}, None, {})) != []


@pytest.mark.parametrize(
    ("made", "apart"),
    [
        (aws("POST", "/", service="ec2", operation="CreateVpc"), True),
        (aws("POST", "/", service="ec2", operation="DescribeVpcs"), False),
        (aws("POST", "/", service="iam", operation="SimulatePrincipalPolicy"), False),
        (aws("GET", "/environments/e"), True),
        (call(1, "GET", "/api/v1/namespaces/kube-system"), True),
    ],
)
def test_death_between_two_looks_at_parts_is_no_point_of_its_own(made, apart):
    assert stands_apart(made) is apart
