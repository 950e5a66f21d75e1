"""Checks of the account's quotas (User Guide, mwaa-quotas; `mwaa-behaviour.md` §1.4)."""

from mwaa_operator.planning.preflight.facts_quotas import DEFAULT_ENVIRONMENTS, DEFAULT_WORKERS, quota_facts
from mwaa_operator.planning.preflight.model import Outcome, check, error, untold, warning
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import number

_PAGE = "mwaa-quotas.html"
_NEEDS = (Subject.QUOTAS,)
_ASK = "or ask for more in Service Quotas."


@check("EnvironmentsWithinQuota", judges=["Name"], needs=_NEEDS, page=_PAGE)
def environments_within_quota(snapshot: Snapshot) -> Outcome:
    """The account may have one environment more in the Region."""
    question, facts = snapshot.question, quota_facts(snapshot)
    if not question.creating:
        return None
    if isinstance(facts.environments, Unseen):
        return untold(facts.environments)
    count = len([name for name in facts.environments if name != question.name])
    quota, known = _quota(facts.environments_quota, DEFAULT_ENVIRONMENTS)
    if count < quota:
        return None
    if isinstance(facts.environments_quota, Unseen):
        return untold(facts.environments_quota)
    found = f"There are {count} environments in {question.region}, and the account may have {quota}"
    return (error if known else warning)(
        f"{found}{'.' if known else ' unless its quota was raised.'}", f"Delete one that is not needed, {_ASK}"
    )


@check("WorkersWithinQuota", judges=["MaxWorkers"], needs=_NEEDS, page=_PAGE)
def workers_within_quota(snapshot: Snapshot) -> Outcome:
    """An environment of the account may have so many workers."""
    most = number(snapshot.question, "MaxWorkers")
    asked_quota = quota_facts(snapshot).workers_quota
    quota, known = _quota(asked_quota, DEFAULT_WORKERS)
    if most is None or most <= quota:
        return None
    if isinstance(asked_quota, Unseen):
        return untold(asked_quota)
    found = f"There are to be up to {most} workers, and an environment of the account may have {quota}"
    return (error if known else warning)(
        f"{found}{'.' if known else ' unless its quota was raised.'}", f"Lower maxWorkers, {_ASK}"
    )


def _quota(seen: int | Unseen | None, default: int) -> tuple[int, bool]:
    """A quota, and whether it is the account's own."""
    return (seen, True) if isinstance(seen, int) else (default, False)
