"""What a check is: one idea, judged over a snapshot of what AWS has, without asking anything itself.

A check is a function with the decorator `check`, which puts it on a list; `checks` has the order in which they are reported.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen

GUIDE = "https://docs.aws.amazon.com/mwaa/latest/userguide/"
"""The MWAA User Guide: pages of it are named without this."""


class CheckVerdict(StrEnum):
    """What a check comes to. Only an error stops a call."""

    OK = "Ok"
    WARNING = "Warning"
    ERROR = "Error"
    UNKNOWN = "Unknown"
    """The operator may not look, or what it would have to see is not to be seen from outside."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check has found, in a sentence, and in another what to do about it."""

    verdict: CheckVerdict
    found: str
    advice: str = ""


Outcome = Finding | None
"""None: all is well."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check: its name, which members of CreateEnvironment it judges, which facts it needs, and where AWS explains it."""

    name: str
    judges: frozenset[str]
    needs: frozenset[Subject]
    page: str
    judge: Callable[[Snapshot], Outcome]

    @property
    def summary(self) -> str:
        """The first sentence of the check's own description, for the table in the documentation."""
        return (self.judge.__doc__ or "").strip().splitlines()[0]

    def find(self, snapshot: Snapshot) -> Finding | None:
        """Judge a snapshot. Where a fact that is needed could not be seen, the outcome is unknown."""
        hidden = [snapshot.fact(subject) for subject in sorted(self.needs)]
        unseen = [fact for fact in hidden if isinstance(fact, Unseen)]
        if unseen:
            return untold(unseen[0])
        return self.judge(snapshot)


CHECKS: list[Check] = []
"""All checks whose modules are imported, in the order of the imports."""

_Judge = TypeVar("_Judge", bound=Callable[[Snapshot], Outcome])


def check(name: str, *, judges: Iterable[str], needs: Iterable[Subject] = (), page: str) -> Callable[[_Judge], _Judge]:
    """Declare a check. `page` is one of the User Guide, or a whole address."""

    def attach(judge: _Judge) -> _Judge:
        CHECKS.append(
            Check(
                name=name,
                judges=frozenset(judges),
                needs=frozenset(needs),
                page=page if page.startswith("https://") else GUIDE + page,
                judge=judge,
            )
        )
        return judge

    return attach


def error(found: str, advice: str) -> Finding:
    """Something that makes the call fail, now or after half an hour."""
    return Finding(verdict=CheckVerdict.ERROR, found=found, advice=advice)


def warning(found: str, advice: str) -> Finding:
    """Something that is probably not what was meant, or not certain to do harm (design §4.12)."""
    return Finding(verdict=CheckVerdict.WARNING, found=found, advice=advice)


def unknown(found: str, advice: str = "") -> Finding:
    """Nothing that can be told."""
    return Finding(verdict=CheckVerdict.UNKNOWN, found=found, advice=advice)


def untold(unseen: Unseen) -> Finding:
    """Nothing that can be told, for it could not be seen, and how to have it told."""
    return unknown(unseen.why, unseen.advice)
