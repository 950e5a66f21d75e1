"""What MWAA asks of policies. Where it cannot know what a later request will have, the doubt is for the policy's benefit:
an Allow whose conditions are open counts, a Deny with such conditions does not."""

from __future__ import annotations

from collections.abc import Mapping

from mwaa_sandbox.aws.iam import documents
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import PolicyKind
from mwaa_sandbox.aws.iam.evaluation import Policies, Request, evaluate
from mwaa_sandbox.aws.iam.principals import Caller


def allows(policies: Policies, action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether a role's policies, and its permissions boundary if it has one, allow `action` on `resource`."""
    return evaluate(Request(action, resource, Context(context), benefit_of_doubt=True), policies).allowed


def admits(document: str, service: str, action: str, resource: str) -> bool:
    """Whether a resource's policy (JSON) lets a service, named by its principal, do something with it."""
    policy = documents.parse(document, kind=PolicyKind.RESOURCE)
    request = Request(action, resource, caller=Caller.of_service(service), benefit_of_doubt=True)
    return evaluate(request, Policies(resource=(policy,))).allowed


def trusts(document: str, service: str) -> bool:
    """Whether a trust policy (JSON) lets a service, named by its principal, assume the role."""
    return admits(document, service, "sts:AssumeRole", "*")
