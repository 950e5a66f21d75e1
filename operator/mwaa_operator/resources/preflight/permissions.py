"""Has IAM simulate what a role or user may do."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from mwaa_operator.aws.iam_simulation import simulate
from mwaa_operator.planning.preflight.facts_permissions import Decision, Judged, Need
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.resources.preflight.at_once import at_once
from mwaa_operator.resources.preflight.seeing import seen

_ACTION = "iam:SimulatePrincipalPolicy"


def judged(iam: Any, principal: str, needs: Iterable[Need], *, question: Question) -> tuple[Judged, ...]:
    """What IAM decides about each need. Where it may not be asked once, it is not asked again. Raises AwsError."""
    asked = list(needs)
    found = [_simulated(iam, principal, need, question) for need in asked[:1]]
    if any(isinstance(one, Unseen) for one in found):
        found *= len(asked)
    else:
        found += at_once(partial(_simulated, iam, principal, need, question) for need in asked[1:])
    return tuple(Judged(need=need, decisions=one) for need, one in zip(asked, found, strict=True))


def _simulated(iam: Any, principal: str, need: Need, question: Question) -> tuple[Decision, ...] | Unseen:
    # What policies commonly ask for, and what is certain of every call of AWS's services.
    context = {"aws:SecureTransport": "true", "aws:RequestedRegion": question.region, **need.context}

    def ask() -> tuple[Decision, ...]:
        return simulate(iam, principal=principal, actions=need.actions, resources=need.resources, context=context)

    return seen(f"what {principal} may do", ask, action=_ACTION)
