"""Looks at how many environments there are and may be, for the checks."""

import re
from collections.abc import Mapping

from mwaa_operator.aws.calls import pages
from mwaa_operator.aws.quotas import quotas
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.facts_quotas import DEFAULT_ENVIRONMENTS, DEFAULT_WORKERS, QuotaFacts
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.planning.preflight.wanted import number
from mwaa_operator.resources.preflight.seeing import seen, unseen

_SERVICE = "airflow"
_ENVIRONMENTS = re.compile(r"^environments\b", re.I)
_WORKERS = re.compile(r"\bworkers\b.*\benvironment", re.I)
"""How AWS names the two quotas (User Guide, mwaa-quotas); their codes are not documented."""


def look(clients: ClientMaker, question: Question) -> QuotaFacts:
    """See the names of the environments of the Region if there is to be another, and the quotas where more is wanted than every account
    may have.

    Raises AwsError.
    """
    environments = _environments(clients, question) if question.creating else ()
    many = not isinstance(environments, Unseen) and len(environments) >= DEFAULT_ENVIRONMENTS
    large = (number(question, "MaxWorkers") or 0) > DEFAULT_WORKERS
    known = _quotas(clients, question) if many or large else {}
    return QuotaFacts(
        environments=environments,
        environments_quota=_named(known, _ENVIRONMENTS),
        workers_quota=_named(known, _WORKERS),
    )


def _environments(clients: ClientMaker, question: Question) -> tuple[str, ...] | Unseen:
    mwaa = clients.client("mwaa", question.region)
    return seen(
        "the environments of the Region",
        lambda: tuple(str(name) for name in pages(mwaa, "ListEnvironments", "Environments", {})),
    )


def _quotas(clients: ClientMaker, question: Question) -> Mapping[str, float] | Unseen:
    """The quotas by name; none where AWS keeps none of MWAA in the Region. No outage of theirs is worth waiting for."""
    client = clients.client("service-quotas", question.region)
    what = "the account's quotas"
    try:
        return quotas(client, _SERVICE)
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return {}
        if error.kind is FailureKind.TRANSIENT:
            return Unseen(f"AWS does not show {what}: Service Quotas does not answer.", "Look them up in its console.")
        return unseen(what, error, action="servicequotas:ListServiceQuotas")


def _named(known: Mapping[str, float] | Unseen, pattern: re.Pattern[str]) -> int | Unseen | None:
    if isinstance(known, Unseen):
        return known
    return next((int(value) for name, value in known.items() if pattern.search(name)), None)
