"""What MWAA asks of an execution role: a doubt is for the role's benefit."""

import json

import pytest
from mwaa_sandbox.aws.iam.role_permissions import allows, trusts

BUCKET = "arn:aws:s3:::airflow"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect, action, resource, **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([statement("Allow", "s3:GetObject", f"{BUCKET}/*")], True),
        ([statement("Allow", ["s3:PutObject", "S3:Get*"], "*")], True),
        ([statement("Allow", "*", "*")], True),
        ([statement("Allow", "s3:GetObject", BUCKET)], False),
        ([statement("Allow", "s3:GetObjectAcl", "*")], False),
        ([statement("Allow", "s3:*", "*"), statement("Deny", "s3:GetObject", f"{BUCKET}/dags/*")], False),
        (
            [
                statement("Allow", "s3:*", "*"),
                statement("Deny", "s3:GetObject", "*", Condition={"Bool": {"aws:unknown": "true"}}),
            ],
            True,
        ),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/dags/*"}], False),
    ],
)
def test_policies_allow_an_action(statements, allowed):
    assert allows([document(one) for one in statements], "s3:GetObject", f"{BUCKET}/dags/a.py") is allowed


@pytest.mark.parametrize(
    ("principal", "effect", "trusted"),
    [
        ({"Service": "airflow-env.amazonaws.com"}, "Allow", True),
        ({"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]}, "Allow", True),
        ({"Service": "ec2.amazonaws.com"}, "Allow", False),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "Allow", False),
        ({"Service": "airflow-env.amazonaws.com"}, "Deny", False),
    ],
)
def test_trust_policy_lets_a_service_in(principal, effect, trusted):
    trust = document({"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"})
    assert trusts(trust, "airflow-env.amazonaws.com") is trusted


def test_unknown_condition_is_for_the_benefit_of_an_allow():
    conditional = statement("Allow", "s3:GetObject", "*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})
    assert allows([document(conditional)], "s3:GetObject", BUCKET)


def test_boundary_limits_the_role():
    everything = document(statement("Allow", "*", "*"))
    assert not allows([everything], "s3:GetObject", BUCKET, boundary=document(statement("Allow", "ec2:*", "*")))


def test_trust_with_conditions_counts():
    trust = document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "airflow.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        }
    )
    assert trusts(trust, "airflow.amazonaws.com")
