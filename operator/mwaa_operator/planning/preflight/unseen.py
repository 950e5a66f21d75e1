"""The finding of a check about something that could not be seen."""

from mwaa_operator.planning.preflight.model import Finding, unknown
from mwaa_operator.planning.preflight.snapshot import Unseen


def untold(unseen: Unseen) -> Finding:
    """Nothing that can be told, and how to have it told."""
    return unknown(unseen.why, unseen.advice)
