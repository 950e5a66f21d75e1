"""What MWAA asks of policies: a doubt is for their benefit. How policies decide is tested with the engine itself."""

import json

import pytest
from mwaa_sandbox.aws.iam.documents import PolicyKind, parse
from mwaa_sandbox.aws.iam.evaluation import Policies
from mwaa_sandbox.aws.mwaa.policies import admits, allows, trusts

OBJECT = "arn:aws:s3:::airflow/dags/a.py"
LOGS = "logs.eu-west-1.amazonaws.com"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect, action="s3:GetObject", **more):
    return {"Effect": effect, "Action": action, "Resource": "*", **more}


def role(*statements, boundary=None):
    limit = None if boundary is None else parse(document(boundary), kind=PolicyKind.BOUNDARY)
    return Policies((parse(document(*statements), kind=PolicyKind.IDENTITY),), limit)


FROM_A_NETWORK = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([statement("Allow")], True),
        ([statement("Allow", "s3:PutObject")], False),
        ([statement("Allow"), statement("Deny")], False),
        ([statement("Allow", Condition=FROM_A_NETWORK)], True),
        ([statement("Allow"), statement("Deny", Condition=FROM_A_NETWORK)], True),
    ],
)
def test_unknown_condition_is_for_the_benefit_of_the_role(statements, allowed):
    assert allows(role(*statements), "s3:GetObject", OBJECT) is allowed


@pytest.mark.parametrize(("network", "allowed"), [("vpc-1", True), ("vpc-2", False)])
def test_known_condition_decides(network, allowed):
    policies = role(statement("Allow", Condition=FROM_A_NETWORK))
    assert allows(policies, "s3:GetObject", OBJECT, {"aws:SourceVpc": network}) is allowed


def test_boundary_limits_the_role():
    assert not allows(role(statement("Allow"), boundary=statement("Allow", "ec2:*")), "s3:GetObject", OBJECT)


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
    trust = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
    assert trusts(document(trust), "airflow-env.amazonaws.com") is trusted


def test_trust_in_one_environment_is_not_held_against_another_at_once():
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "airflow.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }
    assert trusts(document(trust), "airflow.amazonaws.com")


@pytest.mark.parametrize(
    ("action", "admitted"), [("kms:Encrypt", True), ("kms:ReEncryptFrom", True), ("kms:Sign", False)]
)
def test_key_policy_admits_a_service(action, admitted):
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": LOGS},
        "Action": ["kms:Encrypt*", "kms:ReEncrypt*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*"}},
    }
    assert admits(document(policy), LOGS, action, "arn:aws:kms:eu-west-1:111122223333:key/1") is admitted
