"""Which checks a call needs, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass

from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.model import Check, CheckVerdict, Finding
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject

_ORDER = [CheckVerdict.ERROR, CheckVerdict.WARNING, CheckVerdict.UNKNOWN]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one check has found."""

    check: Check
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the checks have found: errors first, then warnings, then what could not be told."""

    results: tuple[Result, ...]
    passed: int

    @property
    def errors(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.finding.verdict is CheckVerdict.ERROR)


def checks_for(question: Question) -> tuple[Check, ...]:
    """The checks that judge something which the call changes."""
    return tuple(check for check in ALL_CHECKS if check.judges & question.changed)


def subjects_of(checks: Iterable[Check]) -> frozenset[Subject]:
    """What has to be looked at for these checks."""
    return frozenset(subject for check in checks for subject in check.needs)


def run(checks: Iterable[Check], snapshot: Snapshot) -> Report:
    """Make the checks."""
    made = list(checks)
    found = [(check, check.find(snapshot)) for check in made]
    results = [Result(check=check, finding=finding) for check, finding in found if finding is not None]
    results.sort(key=lambda result: _ORDER.index(result.finding.verdict))
    return Report(results=tuple(results), passed=len(made) - len(results))
