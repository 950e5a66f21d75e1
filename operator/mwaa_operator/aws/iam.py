"""AWS IAM: what the operator asks about a role. IAM is one for all regions of a partition."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call, pages
from mwaa_operator.planning.failure import AwsError, FailureKind


def role(client: Any, name: str) -> Mapping[str, Any] | None:
    """GetRole's `Role`, its policy documents decoded, or None where there is no role of that name. Raises AwsError."""
    try:
        found: Mapping[str, Any] = call(client, "GetRole", {"RoleName": name})["Role"]
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return None
        raise
    return found


def inline_policy_names(client: Any, name: str) -> list[str]:
    """The names of the policies written into the role. Raises AwsError."""
    return [str(policy) for policy in pages(client, "ListRolePolicies", "PolicyNames", {"RoleName": name})]


def inline_policy(client: Any, name: str, policy: str) -> Mapping[str, Any]:
    """The document of one of them. Raises AwsError, of the kind GONE where it is not there."""
    answer = call(client, "GetRolePolicy", {"RoleName": name, "PolicyName": policy})
    document: Mapping[str, Any] = answer["PolicyDocument"]
    return document


def attached_policies(client: Any, name: str) -> list[str]:
    """The ARNs of the managed policies attached to the role. Raises AwsError."""
    found = pages(client, "ListAttachedRolePolicies", "AttachedPolicies", {"RoleName": name})
    return [str(policy["PolicyArn"]) for policy in found]
