"""Decisions over requests: the logic of the IAM User Guide's "Policy evaluation logic"."""

import pytest
from mwaa_sandbox.aws.iam.documents import PolicyKind
from mwaa_sandbox.aws.iam.principals import Caller

BUCKET = "arn:aws:s3:::airflow"
OBJECT = f"{BUCKET}/dags/a.py"
USER = Caller.entity("arn:aws:iam::111122223333:user/ana")
ROLE_ARN = "arn:aws:iam::111122223333:role/operator"
SESSION = Caller.entity("arn:aws:sts::111122223333:assumed-role/operator/pod", role_arn=ROLE_ARN)


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([], "implicitDeny"),
        ([allow("s3:GetObject", f"{BUCKET}/*")], "allowed"),
        ([allow(["s3:PutObject", "S3:get*"])], "allowed"),
        ([allow("s3:Get?bject")], "allowed"),
        ([allow("s3:GetObject", BUCKET)], "implicitDeny"),
        ([allow("s3:GetObject", OBJECT.upper())], "implicitDeny"),
        ([allow("s3:GetObjectAcl")], "implicitDeny"),
        ([allow("s3:*"), deny("s3:GetObject", f"{BUCKET}/dags/*")], "explicitDeny"),
        ([deny("s3:GetObject", f"{BUCKET}/plugins/*"), allow("s3:*")], "allowed"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "allowed"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "implicitDeny"),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/dags/*"}], "implicitDeny"),
        ([{"Effect": "Deny", "Action": "s3:*", "NotResource": f"{BUCKET}/*"}, allow()], "allowed"),
        ([allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})], "allowed"),
        ([allow(Condition={"StringEquals": {"AWS:requestedregion": "eu-west-1"}})], "allowed"),
        ([allow(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})], "implicitDeny"),
        ([allow(), deny(Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}})], "explicitDeny"),
        (
            [allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "Bool": {"aws:mfa": True}})],
            "implicitDeny",
        ),
        ([allow(resource="arn:aws:s3:::${aws:PrincipalTag/team}/*")], "allowed"),
        ([allow(resource="arn:aws:s3:::${aws:PrincipalTag/other}/*")], "implicitDeny"),
    ],
)
def test_identity_policy_decides(decide, statements, decision):
    context = {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalTag/Team": "airflow"}
    assert decide("s3:GetObject", OBJECT, identity=statements, context=context).decision == decision


@pytest.mark.parametrize(
    ("identity", "boundary", "decision", "by"),
    [
        (allow(), allow("s3:*"), "allowed", PolicyKind.IDENTITY),
        (allow(), allow("ec2:*"), "implicitDeny", PolicyKind.BOUNDARY),
        (allow("ec2:*"), allow(), "implicitDeny", PolicyKind.IDENTITY),
        (allow(), [allow(), deny("s3:GetObject")], "explicitDeny", PolicyKind.BOUNDARY),
        ([allow(), deny("s3:*")], allow(), "explicitDeny", PolicyKind.IDENTITY),
    ],
)
def test_permissions_boundary_limits_what_an_identity_policy_allows(decide, identity, boundary, decision, by):
    verdict = decide("s3:GetObject", OBJECT, identity=identity, boundary=boundary)
    assert (verdict.decision, verdict.by) == (decision, by)


@pytest.mark.parametrize(
    ("principal", "caller", "decision"),
    [
        ("*", USER, "allowed"),
        ({"AWS": "*"}, USER, "allowed"),
        ({"AWS": "111122223333"}, USER, "allowed"),
        ({"AWS": "arn:aws:iam::111122223333:root"}, SESSION, "allowed"),
        ({"AWS": USER.arns[0]}, USER, "allowed"),
        ({"AWS": ROLE_ARN}, SESSION, "allowed"),
        ({"AWS": "arn:aws:iam::111122223333:role/*"}, SESSION, "implicitDeny"),
        ({"AWS": ["444455556666", ROLE_ARN]}, USER, "implicitDeny"),
        ({"Service": "airflow.amazonaws.com"}, USER, "implicitDeny"),
        ({"AWS": "*"}, None, "implicitDeny"),
    ],
)
def test_resource_policy_allows_whom_it_means(decide, principal, caller, decision):
    policy = {**allow("s3:GetObject", f"{BUCKET}/*"), "Principal": principal}
    assert decide("s3:GetObject", OBJECT, resource_policy=policy, caller=caller).decision == decision


def test_resource_policy_denies_all_but_whom_it_excepts(decide):
    policy = {**deny("s3:*"), "NotPrincipal": {"AWS": [ROLE_ARN]}}
    assert decide("s3:GetObject", OBJECT, identity=allow(), resource_policy=policy, caller=SESSION).allowed
    refused = decide("s3:GetObject", OBJECT, identity=allow(), resource_policy=policy, caller=USER)
    assert (refused.decision, refused.by) == ("explicitDeny", PolicyKind.RESOURCE)


@pytest.mark.parametrize(("caller", "decision"), [(USER, "allowed"), (SESSION, "implicitDeny")])
def test_boundary_limits_what_a_resource_policy_gives_to_roles_only(decide, caller, decision):
    policy = {**allow("s3:GetObject"), "Principal": "*"}
    verdict = decide("s3:GetObject", OBJECT, boundary=allow("ec2:*"), resource_policy=policy, caller=caller)
    assert verdict.decision == decision


def test_verdict_names_the_context_that_statements_about_the_request_ask_for(decide):
    statements = [
        allow("s3:GetObject", Condition={"StringEquals": {"s3:prefix": "${aws:username}"}}),
        allow("ec2:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ]
    assert decide("s3:GetObject", OBJECT, identity=statements).missing == ("s3:prefix", "aws:username")


def test_verdict_names_only_the_denying_statements(decide):
    verdict = decide("s3:GetObject", OBJECT, identity=[allow(), deny("s3:Get*")])
    assert [match.statement.allows for match in verdict.matched] == [False]


@pytest.mark.parametrize(
    "arn", ["ana", "arn:aws:s3:::airflow", "arn:aws:iam::1:user/ana", "arn:aws:iam::111122223333user/ana"]
)
def test_caller_has_an_arn_of_iam(arn):
    with pytest.raises(ValueError, match="is not the ARN of a user, group or role"):
        Caller.entity(arn)
