"""Finds out why an operation of AWS has probably failed, as an expert would: looks again, and reads the ends of the logs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from mwaa_operator.api.enums import OperationKind
from mwaa_operator.api.environment_status import LikelyCause
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.controller.redaction import Redaction
from mwaa_operator.planning.diagnosis.matching import matches
from mwaa_operator.planning.diagnosis.model import Match
from mwaa_operator.planning.diagnosis.ranking import Failure, likely_causes
from mwaa_operator.planning.diagnosis.streams import LogQuestion, switched_off
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.preflight.outcome import whole
from mwaa_operator.planning.situation import Situation
from mwaa_operator.resources import log_tails

log = logging.getLogger(__name__)

Ask = Callable[..., Awaitable[Any]]
"""Runs a function that calls AWS in a thread. Raises AwsError."""

PATIENCE_SECONDS = 60.0
"""For how long a failure stays unsaid while its cause is looked for. All of it takes some twenty calls, most of them at the same time."""


class Diagnosis:
    """Explains failed operations."""

    def __init__(self, clients: Clients, preflight: Preflight) -> None:
        self._clients = clients
        self._preflight = preflight

    async def explained(self, situation: Situation, *, region: str, ask: Ask) -> Situation:
        """A situation with why its operation failed, found out once: when it is seen to have failed."""
        if not situation.has_just_failed:
            return situation
        try:
            causes = await self.causes(situation, region=region, ask=ask)
        except AwsError as error:
            # Better to say at once that it failed than to find out why.
            extra = {"object": situation.desired.name, "operation": error.operation, "code": error.code}
            log.warning("no diagnosis", extra=extra)
            causes = ()
        return replace(situation, known_causes=causes)

    async def causes(self, situation: Situation, *, region: str, ask: Ask) -> tuple[LikelyCause, ...]:
        """Why the operation that has just failed did so, the likeliest cause first. Raises AwsError."""
        if situation.deleting or situation.environment is None:
            return ()
        redaction = Redaction.of_situation(situation)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                report, found = await asyncio.gather(
                    self._preflight.report(whole(situation, region=region), ask=ask),
                    ask(self._read, _logs(situation, region=region), redaction),
                )
        except TimeoutError:
            log.warning("no diagnosis: AWS answers too slowly", extra={"object": situation.desired.name})
            return ()
        return likely_causes(report.results, found, failure=_failure(situation))

    def _read(self, question: LogQuestion, redaction: Redaction) -> tuple[Match, ...]:
        """Look for known causes in the logs: in a thread, for that are thousands of lines."""
        return matches(log_tails.read(self._clients, question, redact=redaction.text))


def _failure(situation: Situation) -> Failure:
    operation = situation.operation
    return Failure(
        creating=_is_create(situation),
        code=operation.error.code if operation and operation.error else None,
        # The values that the operation had are known as long as the options are still the same (`redaction.without_values`).
        quotable=operation is not None and operation.options_hash == situation.options_hash,
        unlogged=switched_off(situation.environment.document) if situation.environment else (),
    )


def _logs(situation: Situation, *, region: str) -> LogQuestion:
    creating, environment = _is_create(situation), situation.environment
    since = None
    if environment is not None:
        since = environment.created_at if creating else environment.last_update.created_at
    return LogQuestion(environment=situation.desired.name, region=region, since=since, rolled_back=not creating)


def _is_create(situation: Situation) -> bool:
    return situation.operation is not None and situation.operation.kind is OperationKind.CREATE
