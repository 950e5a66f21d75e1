"""What a pass has come to, written into the object's status before and after each call that matters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mwaa_operator.api.environment_status import AccountStatus, LastOperation, PreflightStatus
from mwaa_operator.api.names import ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.controller.bodies import status_in
from mwaa_operator.controller.objects import Objects
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.model import Plan, Verdict
from mwaa_operator.planning.parts.foundation import provisioned_status
from mwaa_operator.planning.report import status_of
from mwaa_operator.planning.situation import Situation


@dataclass(frozen=True)
class Progress:
    """What one pass has come to so far."""

    verdict: Verdict | None
    """None: nothing new to say yet."""
    environment: ObservedEnvironment | None
    operation: LastOperation | None
    retry_seconds: float | None = None
    preflight: PreflightStatus | None = None


class StatusWriter:
    """Writes the status of one object during one pass. Raises KubernetesError."""

    def __init__(
        self,
        store: Store,
        objects: Objects,
        now: Callable[[], datetime],
        *,
        key: Key,
        situation: Situation,
        decided: Plan,
        region: str | None,
    ) -> None:
        self._store = store
        self._objects = objects
        self._now = now
        self._key = key
        self._situation = situation
        self._decided = decided
        self._region = region

    async def write(self, progress: Progress) -> None:
        """Write how far the pass has come."""
        body = self._store.get(self._key)
        if body is None:
            return
        situation, decided = self._situation, self._decided
        request = (body["metadata"].get("annotations") or {}).get(ANNOTATION_RECONCILE_REQUESTED_AT)
        await self._objects.write(
            self._key,
            status_of(
                status_in(body),
                verdict=progress.verdict,
                generation=situation.generation,
                now=self._now(),
                environment=progress.environment,
                account=AccountStatus(id=situation.observation.account_id, region=self._region),
                pending=decided.pending,
                operation=progress.operation,
                applied=decided.applied,
                drifted=decided.drifted,
                handled_request=request if situation.retry and not situation.create_is_held_up else None,
                parts=situation.foundation.states,
                provisioned=provisioned_status(situation.foundation.outputs, situation.spec),
                artifacts=situation.foundation.artifacts,
                preflight=progress.preflight,
                causes=situation.causes,
            ),
        )
