"""Looks at the execution role for the checks."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.facts_role import RoleFacts, role_arn, role_name
from mwaa_operator.planning.preflight.role_needs import role_needs
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.resources.preflight.permissions import judged
from mwaa_operator.resources.preflight.seeing import unseen


def look(clients: ClientMaker, question: Question) -> RoleFacts | Unseen:
    """See the role's trust policy and boundary, and have IAM simulate what it may do. Raises AwsError."""
    arn = role_arn(question)
    iam = clients.client("iam", question.region)
    try:
        role = call(iam, "GetRole", {"RoleName": role_name(arn)}).get("Role", {})
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return RoleFacts(exists=False)
        return unseen(f"the role {arn}", error)
    if role.get("Arn") != arn:
        # Names are unique in an account, whatever the path: it is another role, or this one under another path.
        return RoleFacts(exists=False)
    return RoleFacts(
        exists=True,
        trust=_document(role.get("AssumeRolePolicyDocument")),
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        permissions=judged(iam, arn, role_needs(question), question=question),
    )


def _document(given: Any) -> Mapping[str, Any] | None:
    """boto3 decodes the policy; what it cannot read it leaves as text."""
    return given if isinstance(given, Mapping) else None
