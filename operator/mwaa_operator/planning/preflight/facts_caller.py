"""What is seen of the caller: who the operator is in this account, and what it may do.

MWAA makes some calls as its caller, among them dry runs of EC2's, so the environment depends on the operator's own permissions
(User Guide, mwaa-slr and access-policies).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mwaa_operator.planning.preflight.facts_permissions import Judged
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen


@dataclass(frozen=True, kw_only=True)
class CallerFacts:
    """The operator. `arn` is what STS calls it, `dry_runs` whether EC2 would let it make a call, by IAM action."""

    arn: str
    permissions: tuple[Judged, ...] = ()
    dry_runs: Mapping[str, bool | Unseen] = field(default_factory=dict)

    def judged(self, purpose: str) -> tuple[Judged, ...]:
        return tuple(one for one in self.permissions if one.need.purpose == purpose)


def caller_facts(snapshot: Snapshot) -> CallerFacts:
    facts: CallerFacts = snapshot.fact(Subject.CALLER)
    return facts
