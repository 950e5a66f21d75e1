"""What the simulated services want to know of roles, where a doubt is for the role's benefit."""

from __future__ import annotations

from collections.abc import Iterable

from mwaa_sandbox.aws.iam import documents
from mwaa_sandbox.aws.iam.documents import PolicyKind
from mwaa_sandbox.aws.iam.evaluation import Policies, Request, evaluate
from mwaa_sandbox.aws.iam.principals import Caller


def allows(policies: Iterable[str], action: str, resource: str, *, boundary: str | None = None) -> bool:
    """Whether policy documents (JSON), limited by a permissions boundary (JSON), allow `action` on `resource`.

    Nothing is known of the later request, so that an Allow with conditions counts and a Deny with some does not.
    """
    request = Request(action, resource, benefit_of_doubt=True)
    return evaluate(
        request,
        Policies(
            identity=tuple(documents.parse(document, kind=PolicyKind.IDENTITY) for document in policies),
            boundary=None if boundary is None else documents.parse(boundary, kind=PolicyKind.BOUNDARY),
        ),
    ).allowed


def trusts(document: str, service: str) -> bool:
    """Whether a trust policy (JSON) lets a service principal assume the role; conditions as in `allows`."""
    trust = documents.parse(document, kind=PolicyKind.RESOURCE)
    request = Request("sts:AssumeRole", "*", caller=Caller.of_service(service), benefit_of_doubt=True)
    return evaluate(request, Policies(resource=(trust,))).allowed
