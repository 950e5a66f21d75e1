"""Outcomes that somebody asked for in advance: "the next create of X fails"."""

from __future__ import annotations

from dataclasses import dataclass

from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.statuses import OperationKind

ANY = "*"


@dataclass(frozen=True)
class ScriptedOutcome:
    """A script for the next operation of a kind. None or `*` matches every account, Region or environment."""

    kind: OperationKind
    script: Script
    account: str | None = None
    region: str | None = None
    environment: str = ANY

    def matches(self, kind: OperationKind, account: str, region: str, environment: str) -> bool:
        return (
            self.kind is kind
            and self.account in {None, account}
            and self.region in {None, region}
            and self.environment in {ANY, environment}
        )


class Scripts:
    """The scripted outcomes that wait for their operation; each is used once, in the order they came."""

    def __init__(self) -> None:
        self._waiting: list[ScriptedOutcome] = []

    def add(self, outcome: ScriptedOutcome) -> None:
        """Queue an outcome.

        Raises:
            ValueError: when such an operation cannot end like that.
        """
        outcome.script.check(outcome.kind)
        self._waiting.append(outcome)

    def take(self, kind: OperationKind, account: str, region: str, environment: str) -> Script:
        """Return the script for this operation and forget it; without one, the operation succeeds."""
        for position, outcome in enumerate(self._waiting):
            if outcome.matches(kind, account, region, environment):
                return self._waiting.pop(position).script
        return Script()

    def clear(self, account: str | None = None) -> None:
        """Forget what waits for an account, or everything."""
        self._waiting = [] if account is None else [one for one in self._waiting if one.account != account]
