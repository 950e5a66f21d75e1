"""What is seen of the execution role: whom it trusts, and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_operator.planning.preflight.facts_permissions import Judged
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject
from mwaa_operator.planning.preflight.wanted import wanted


@dataclass(frozen=True, kw_only=True)
class RoleFacts:
    """The role. `trust` is its trust policy as a document; `boundary` the ARN of its permissions boundary."""

    exists: bool
    trust: Mapping[str, Any] | None = None
    boundary: str | None = None
    permissions: tuple[Judged, ...] = ()

    def judged(self, purpose: str) -> tuple[Judged, ...]:
        return tuple(one for one in self.permissions if one.need.purpose == purpose)


def role_facts(snapshot: Snapshot) -> RoleFacts:
    facts: RoleFacts = snapshot.fact(Subject.ROLE)
    return facts


def role_arn(question: Question) -> str:
    return str(wanted(question, "ExecutionRoleArn") or "")


def role_name(arn: str) -> str:
    """The name by which IAM knows a role, without its path."""
    return arn.rpartition("/")[2]
