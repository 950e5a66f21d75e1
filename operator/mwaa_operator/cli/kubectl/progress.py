"""How far an operation of AWS is, and when it is expected to end."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from mwaa_operator.cli.kubectl.view import Document, condition, member, moment, span

FULL, EMPTY = "█", "░"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """An operation that is under way. Times are of our clock."""

    what: str
    started: datetime
    expected_end: datetime
    now: datetime

    @property
    def fraction(self) -> float:
        """How much of the expected time has gone by; never quite all of it, for only AWS knows the end."""
        whole = (self.expected_end - self.started).total_seconds()
        return min(max((self.now - self.started).total_seconds() / whole, 0.0), 0.99) if whole > 0 else 0.99

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than usual."""
        return self.now >= self.expected_end

    @property
    def left(self) -> str:
        """In words."""
        seconds = (self.expected_end - self.now).total_seconds()
        return f"about {span(seconds)} left" if seconds > 0 else f"{span(-seconds)} longer than usual"

    def bar(self, width: int) -> str:
        """Drawn in so many characters."""
        full = int(width * self.fraction)
        return FULL * full + EMPTY * (width - full)

    def document(self) -> dict[str, object]:
        """For programs."""
        return {
            "operation": self.what,
            "startedAt": _text(self.started),
            "expectedEnd": _text(self.expected_end),
            "fraction": round(self.fraction, 2),
        }


def time_scale() -> float:
    """How many times as fast as ours AWS's time goes: in a sandbox the operator's own variable says so."""
    try:
        return max(float(os.environ.get("MWAA_OPERATOR_TIME_SCALE", "1")), 1e-9)
    except ValueError:
        return 1.0


def progress_of(document: Document, now: datetime) -> Progress | None:
    """How far AWS is with what it is doing to an environment; None while it is not at work on it."""
    if condition(document, "Reconciling").get("status") != "True":
        return None
    operation = member(document, "status.lastOperation") or {}
    aws_status = str(member(document, "status.environment.status") or "")
    under_way = bool(operation.get("acceptedAt")) and not operation.get("outcome")
    # The models are worth their time only where there is something to tell.
    from pydantic import ValidationError

    from mwaa_operator.api.environment_status import LastOperation
    from mwaa_operator.planning.lifecycle import Phase, lifecycle_of
    from mwaa_operator.planning.operation import pace_of
    from mwaa_operator.planning.schedule import PRIORS

    if not under_way and (not aws_status or lifecycle_of(aws_status).phase is not Phase.BUSY):
        return None
    try:
        pace = pace_of(LastOperation.model_validate(operation) if under_way else None, aws_status)
    except ValidationError:
        return None  # a newer operator knows more operations than this plugin
    since = operation.get("startedAt") if under_way else condition(document, "Reconciling").get("lastTransitionTime")
    started = moment(since) or now
    ends = started + timedelta(seconds=PRIORS[pace].median / time_scale())
    return Progress(what=pace.value, started=started, expected_end=ends, now=now)


def _text(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
