"""Puts together what checks and logs say, the likeliest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from mwaa_operator.api.environment_status import LikelyCause
from mwaa_operator.planning.diagnosis import weights
from mwaa_operator.planning.diagnosis.evidence import evidence, unquoted
from mwaa_operator.planning.diagnosis.model import Match
from mwaa_operator.planning.preflight.model import GUIDE, CheckVerdict
from mwaa_operator.planning.preflight.run import Result


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What has failed. `code` is AWS's own; `quotable` says whether lines of logs may be shown, and `unlogged` which logs
    are off.
    """

    creating: bool
    code: str | None
    quotable: bool = True
    unlogged: tuple[str, ...] = ()


def likely_causes(results: Iterable[Result], matches: Iterable[Match], *, failure: Failure) -> tuple[LikelyCause, ...]:
    """What the failure is probably due to."""
    scored = [
        *((_weight(result, failure), _found(result)) for result in results),
        *((_score(match), _logged(match, quotable=failure.quotable)) for match in matches),
    ]
    if failure.unlogged:
        scored.append((weights.HIDDEN, _hidden(failure.unlogged)))
    scored.sort(key=lambda each: -each[0])
    least = scored[0][0] * weights.NEGLIGIBLE if scored else 0.0
    return tuple(cause for score, cause in scored if score > 0 and score >= least)[: weights.MOST_CAUSES]


def _weight(result: Result, failure: Failure) -> float:
    verdict = result.finding.verdict
    if verdict is CheckVerdict.WARNING:
        return weights.WARNING
    if verdict is not CheckVerdict.ERROR:
        return 0
    if result.check.needs & weights.JUDGED_BEFOREHAND:
        return weights.BEFOREHAND
    useless = failure.creating and failure.code == weights.INCORRECT_CONFIGURATION
    return weights.ERROR_AFTER_INCORRECT_CONFIGURATION if useless else weights.ERROR


def _score(match: Match) -> float:
    return match.weight + weights.NEWEST * match.recency


def _found(result: Result) -> LikelyCause:
    finding = result.finding
    return LikelyCause(
        cause=finding.found,
        evidence=f"found by the check {result.check.name}",
        advice=f"{finding.advice} ({result.check.page})".strip(),
    )


def _logged(match: Match, *, quotable: bool) -> LikelyCause:
    return LikelyCause(
        cause=match.known.cause,
        evidence=evidence(match) if quotable else unquoted(match),
        advice=f"{match.known.advice} ({match.known.page})",
    )


def _hidden(unlogged: tuple[str, ...]) -> LikelyCause:
    return LikelyCause(
        cause="What has failed shows only in logs that are off.",
        evidence=f"not enabled in loggingConfiguration: {', '.join(unlogged)}",
        advice=f"Enable them, and try again to be told more. ({GUIDE}monitoring-airflow.html)",
    )
