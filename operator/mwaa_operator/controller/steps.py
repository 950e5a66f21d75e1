"""Makes the calls of a plan, and remembers each that matters in the object's status before it is made."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from mwaa_operator.api.enums import OperationKind
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.controller.redaction import Redaction
from mwaa_operator.controller.status_writer import Progress
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.aftermath import Aftermath
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.model import Plan, Step
from mwaa_operator.planning.situation import Situation
from mwaa_operator.resources.environment import EnvironmentResource

log = logging.getLogger(__name__)

_STATUS_AFTER = {
    OperationKind.CREATE: "CREATING",
    OperationKind.UPDATE: "UPDATING",
    OperationKind.DELETE: "DELETING",
}
"""The status that AWS documents for an accepted operation: shown at once, without another look (`mwaa-behaviour.md` §2)."""


class Steps:
    """Carries plans out.

    `ask` calls AWS for an object, `failed` tells what follows from a call that failed and after how many seconds it is tried again,
    `writer` gives what writes the status of an object in a situation.
    """

    def __init__(
        self,
        resource: EnvironmentResource,
        *,
        ask: Callable[..., Awaitable[Any]],
        failed: Callable[[Key, AwsError, LastOperation | None], tuple[Aftermath, float]],
        writer: Callable[[Key, Situation, Plan, str | None], Callable[[Progress], Awaitable[None]]],
        now: Callable[[], datetime],
    ) -> None:
        self._resource = resource
        self._ask = ask
        self._failed = failed
        self._writer = writer
        self._now = now

    async def take(
        self, key: Key, situation: Situation, decided: Plan, progress: Progress, region: str | None
    ) -> Progress:
        """Make the calls of a plan, up to the first that fails. Raises KubernetesError."""
        write = self._writer(key, situation, decided, region)
        for step in decided.steps:
            if step.remember is not None:
                progress = replace(progress, operation=step.remember)
                # What AWS has refused before is asked for again without saying so: conditions that go back and forth help nobody.
                await write(progress if not situation.repeats(step.remember) else replace(progress, verdict=None))
            progress = await self._apply(key, step, progress, region)
            if progress.retry_seconds is not None:
                # A tag that could not be set was not applied, whatever the plan says.
                applied = decided.applied if step.remember is not None else None
                await self._writer(key, situation, replace(decided, applied=applied), region)(progress)
                break
        return progress

    async def _apply(self, key: Key, step: Step, progress: Progress, region: str | None) -> Progress:
        log.info("calling AWS", extra={"object": str(key), "operation": step.kind.value})
        try:
            accepted = await self._ask(key, self._resource.apply, step, region=region)
        except AwsError as error:
            after, again = self._failed(key, Redaction.of(step.parameters).error(error), step.remember)
            operation = after.operation if step.remember else progress.operation
            return replace(progress, verdict=after.verdict, operation=operation, retry_seconds=again)
        if step.remember is None:
            return progress
        known = progress.environment or ObservedEnvironment(name=step.parameters["Name"], arn=accepted.arn)
        return replace(
            progress,
            operation=step.remember.model_copy(
                update={"accepted_at": self._now().replace(microsecond=0), "request_id": accepted.request_id}
            ),
            environment=known.model_copy(update={"status": _STATUS_AFTER[step.remember.kind]}),
        )
