"""Provisioned execution roles. Their names say what they are, and their tags who has made them."""

from mwaa_operator.planning.permissions.environment import PASSED_TO_MWAA
from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy
from mwaa_operator.planning.permissions.ownership import ROLE_MADE_BY_US, WITH_OUR_TAGS

_ROLES = (f"arn:aws:iam::{ACCOUNT}:role/mwaa-execution-*", f"arn:aws:iam::{ACCOUNT}:role/*/mwaa-execution-*")
ATTACHABLE = f"arn:aws:iam::{ACCOUNT}:policy/airflow-*"
"""The managed policies that a spec may have attached."""
_SUBJECT = "`provision.executionRole`"

GRANTS = (
    Grant(
        sid="RolesAreSeen",
        policy=Policy.PROVISIONING,
        subject=_SUBJECT,
        why="The role, what it trusts, and its policies.",
        calls=("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
        resources=_ROLES,
    ),
    Grant(
        sid="RolesAreMade",
        policy=Policy.PROVISIONING,
        subject=_SUBJECT,
        why="With the operator's tags in the same call.",
        calls=("iam:CreateRole", "iam:TagRole"),
        resources=_ROLES,
        condition=WITH_OUR_TAGS,
    ),
    Grant(
        sid="RolesItMade",
        policy=Policy.PROVISIONING,
        subject=_SUBJECT,
        why="Only those that carry the operator's tags.",
        calls=(
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:DeleteRole",
        ),
        resources=_ROLES,
        condition=ROLE_MADE_BY_US,
    ),
    Grant(
        sid="PoliciesOfRolesItMade",
        policy=Policy.PROVISIONING,
        subject=_SUBJECT,
        why="`additionalManagedPolicyArns`: no other policies than these.",
        calls=("iam:AttachRolePolicy",),
        resources=_ROLES,
        condition={**ROLE_MADE_BY_US, "ArnLike": {"iam:PolicyARN": ATTACHABLE}},
    ),
    Grant(
        sid="RolesArePassed",
        policy=Policy.PROVISIONING,
        subject=_SUBJECT,
        why="To MWAA, and to no other service.",
        beside=("iam:PassRole",),
        resources=_ROLES,
        condition=PASSED_TO_MWAA,
    ),
    Grant(
        sid="ChecksOfRolesItMade",
        policy=Policy.PROVISIONING,
        subject="Checks",
        why="What the role may do.",
        calls=("iam:SimulatePrincipalPolicy",),
        resources=_ROLES,
        optional=True,
    ),
)
