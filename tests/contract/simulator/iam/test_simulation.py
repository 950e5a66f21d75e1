"""IAM's SimulatePrincipalPolicy and SimulateCustomPolicy by boto3, over what moto holds of IAM."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from .callers import ACCOUNT, allow
from .callers import policy as policy_of

BUCKET = "arn:aws:s3:::airflow-simulated"
OBJECT = f"{BUCKET}/dags/a.py"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "airflow.amazonaws.com"}, "Action": "sts:AssumeRole"},
}


def policy(*statements):
    return json.dumps(policy_of(*statements))


@pytest.fixture
def iam(clients):
    return clients("iam")


@pytest.fixture
def role(iam, name):
    iam.create_role(RoleName=name, Path="/airflow/", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy(allow("s3:Get*", f"{BUCKET}/*")))
    return iam.get_role(RoleName=name)["Role"]["Arn"]


def managed(iam, name, *statements):
    return iam.create_policy(PolicyName=name, PolicyDocument=policy(*statements))["Policy"]["Arn"]


def decisions(answer):
    return {
        (result["EvalActionName"], one["EvalResourceName"]): one["EvalResourceDecision"]
        for result in answer["EvaluationResults"]
        for one in result["ResourceSpecificResults"]
    }


def test_role_is_judged_by_what_is_attached_to_it(iam, role, name):
    iam.attach_role_policy(RoleName=name, PolicyArn=managed(iam, name, allow("logs:PutLogEvents")))
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["s3:GetObject", "s3:PutObject", "logs:PutLogEvents"],
        ResourceArns=[OBJECT, BUCKET],
    )
    assert decisions(answer) == {
        ("s3:GetObject", OBJECT): "allowed",
        ("s3:GetObject", BUCKET): "implicitDeny",
        ("s3:PutObject", OBJECT): "implicitDeny",
        ("s3:PutObject", BUCKET): "implicitDeny",
        ("logs:PutLogEvents", OBJECT): "allowed",
        ("logs:PutLogEvents", BUCKET): "allowed",
    }
    matched = [result["MatchedStatements"] for result in answer["EvaluationResults"]]
    assert [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in matched[2]] == [(name, "user-managed")]
    assert answer["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"
    assert answer["IsTruncated"] is False


def test_newest_default_version_of_a_policy_counts(iam, role, name):
    arn = managed(iam, name, allow("logs:PutLogEvents"))
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("sqs:SendMessage")), SetAsDefault=True)
    answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["logs:PutLogEvents", "sqs:SendMessage"])
    assert [one["EvalDecision"] for one in answer["EvaluationResults"]] == ["implicitDeny", "allowed"]


def test_result_points_to_the_statement_that_decided(iam):
    document = '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}\n}'
    answer = iam.simulate_custom_policy(PolicyInputList=[policy(allow("*")), document], ActionNames=["s3:GetObject"])
    [result] = answer["EvaluationResults"]
    assert result["EvalDecision"] == "explicitDeny"
    assert "ResourceSpecificResults" not in result
    assert result["MatchedStatements"] == [
        {
            "SourcePolicyId": "PolicyInputList.2",
            "SourcePolicyType": "none",
            "StartPosition": {"Line": 3, "Column": 16},
            "EndPosition": {"Line": 3, "Column": 69},
        }
    ]


def test_context_is_asked_for_and_taken(iam):
    document = policy(
        allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})
    )
    asked = {"PolicyInputList": [document], "ActionNames": ["kms:Decrypt"]}
    [without] = iam.simulate_custom_policy(**asked)["EvaluationResults"]
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["kms:ViaService"])
    entry = {
        "ContextKeyName": "kms:viaservice",
        "ContextKeyValues": ["s3.eu-west-1.amazonaws.com"],
        "ContextKeyType": "string",
    }
    [given] = iam.simulate_custom_policy(**asked, ContextEntries=[entry])["EvaluationResults"]
    assert (given["EvalDecision"], given["MissingContextValues"]) == ("allowed", [])


def test_values_of_several_context_entries_are_kept_apart(iam):
    condition = {
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
        "Bool": {"aws:SecureTransport": "true"},
    }
    entries = [
        {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["team", "stage"], "ContextKeyType": "stringList"},
        {"ContextKeyName": "aws:SecureTransport", "ContextKeyValues": ["true"], "ContextKeyType": "boolean"},
    ]
    [result] = iam.simulate_custom_policy(
        PolicyInputList=[policy(allow("ec2:CreateTags", Condition=condition))],
        ActionNames=["ec2:CreateTags"],
        ContextEntries=entries,
    )["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"


def test_boundary_of_a_role_limits_it(iam, role, name):
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=managed(iam, name, allow("logs:*")))
    asked = {"PolicySourceArn": role, "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT]}
    [result] = iam.simulate_principal_policy(**asked)["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    [other] = iam.simulate_principal_policy(
        **asked, PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))]
    )["EvaluationResults"]  # fmt: skip
    assert other["EvalDecision"] == "allowed"
    assert other["ResourceSpecificResults"][0]["PermissionsBoundaryDecisionDetail"] == {
        "AllowedByPermissionsBoundary": True
    }


def test_user_has_the_policies_of_its_groups(iam, name):
    user = iam.create_user(UserName=name)["User"]["Arn"]
    iam.create_group(GroupName=name)
    iam.put_group_policy(
        GroupName=name, PolicyName="home", PolicyDocument=policy(allow("s3:*", "arn:aws:s3:::home/${aws:username}/*"))
    )
    iam.add_user_to_group(GroupName=name, UserName=name)
    home = f"arn:aws:s3:::home/{name}/a"
    answer = iam.simulate_principal_policy(
        PolicySourceArn=user, ActionNames=["s3:GetObject"], ResourceArns=[home, "arn:aws:s3:::home/other/a"]
    )
    assert list(decisions(answer).values()) == ["allowed", "implicitDeny"]


def test_resource_policy_counts_for_users(iam, name):
    user = iam.create_user(UserName=name)["User"]["Arn"]
    bucket_policy = policy({**allow("s3:GetObject", f"{BUCKET}/*"), "Principal": {"AWS": user}})
    answer = iam.simulate_principal_policy(
        PolicySourceArn=user, ActionNames=["s3:GetObject"], ResourceArns=[OBJECT], ResourcePolicy=bucket_policy
    )
    assert list(decisions(answer).values()) == ["allowed"]


def test_results_come_in_pages(iam):
    actions = [f"s3:Get{number}" for number in range(5)]
    pages = list(
        iam.get_paginator("simulate_custom_policy").paginate(
            PolicyInputList=[policy(allow("*"))], ActionNames=actions, PaginationConfig={"PageSize": 2}
        )
    )
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]] == actions


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "NoSuchEntity", "role with name nobody"),
        ({"PolicySourceArn": "arn:aws:iam::999999999999:role/airflow"}, "NoSuchEntity", "role with name airflow"),
        (
            {"PolicySourceArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/airflow/me"},
            "InvalidInput",
            "does not clearly define entity type and name",
        ),
        ({"ActionNames": ["GetObject"]}, "InvalidInput", "Invalid Action Name: GetObject"),
        ({"ActionNames": ["s3:*"]}, "InvalidInput", "Invalid Action Name"),
        ({"PolicyInputList": ["no json"]}, "InvalidInput", "invalid Json"),
        ({"PolicyInputList": [json.dumps(TRUST)]}, "InvalidInput", "must contain resources"),
        ({"PermissionsBoundaryPolicyInputList": [policy(allow("*"))] * 2}, "InvalidInput", "Only one"),
        ({"ResourcePolicy": json.dumps(TRUST)}, "InvalidInput", "isn't supported for IAM roles"),
        ({"Marker": "elsewhere"}, "InvalidInput", "Invalid Marker"),
    ],
)
def test_mistakes_are_told_as_iam_tells_them(iam, role, changes, code, message):
    with pytest.raises(ClientError, match=message) as told:
        iam.simulate_principal_policy(**{"PolicySourceArn": role, "ActionNames": ["s3:GetObject"], **changes})
    assert told.value.response["Error"]["Code"] == code


def test_resource_policy_needs_a_caller(iam):
    asked = {"PolicyInputList": [policy(allow("*"))], "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT]}
    bucket_policy = policy({**allow("s3:*"), "Effect": "Deny", "Principal": "*"})
    with pytest.raises(ClientError, match="CallerArn"):
        iam.simulate_custom_policy(**asked, ResourcePolicy=bucket_policy)
    answer = iam.simulate_custom_policy(
        **asked, ResourcePolicy=bucket_policy, CallerArn=f"arn:aws:iam::{ACCOUNT}:user/ana"
    )
    assert list(decisions(answer).values()) == ["explicitDeny"]
