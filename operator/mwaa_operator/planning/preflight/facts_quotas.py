"""What is seen of the account's quotas of MWAA in the Region (User Guide, mwaa-quotas)."""

from dataclasses import dataclass

from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen

DEFAULT_ENVIRONMENTS = 10
DEFAULT_WORKERS = 25
"""Quotas are only ever raised above these."""


@dataclass(frozen=True, kw_only=True)
class QuotaFacts:
    """The environments that there are, by name, and what the account may have.

    Environments are looked at only before another is created. A quota that is None: AWS lists no such quota, so the default holds.
    """

    environments: tuple[str, ...] | Unseen
    environments_quota: int | Unseen | None
    workers_quota: int | Unseen | None


def quota_facts(snapshot: Snapshot) -> QuotaFacts:
    facts: QuotaFacts = snapshot.fact(Subject.QUOTAS)
    return facts
