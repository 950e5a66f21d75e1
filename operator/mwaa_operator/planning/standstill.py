"""Verdicts about objects for which no plan is made."""

from collections.abc import Iterable

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import ANNOTATION_PAUSED
from mwaa_operator.planning.model import Standing, Verdict


def unreadable(problems: Iterable[str]) -> Verdict:
    """The spec cannot be read; `problems` are sentences."""
    message = f"The spec cannot be read: {' '.join(problems)} Correct it; nothing is done in AWS before that."
    return stopped(Reason.INVALID_SPEC, message)


def paused() -> Verdict:
    """Somebody has paused the object."""
    message = f"Nothing is done while the annotation {ANNOTATION_PAUSED} is true. Remove it to go on."
    return Verdict(standing=Standing.SETTLED, reason=Reason.PAUSED, message=message, ready=None, synced=None)


def stopped(reason: Reason, message: str) -> Verdict:
    """Nothing goes on until a person changes something, and nothing new is known of the environment."""
    return Verdict(standing=Standing.STALLED, reason=reason, message=message, ready=None, synced=None)
