"""What a pass has come to, written into the object's status before and after each call that matters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mwaa_operator.api.environment_status import AccountStatus, EnvironmentStatus, LastOperation, PreflightStatus
from mwaa_operator.api.names import ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.controller.bodies import status_in
from mwaa_operator.controller.objects import Objects
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.companion import Remarks, remarked
from mwaa_operator.planning.model import Plan, Verdict
from mwaa_operator.planning.parts.foundation import Foundation, provisioned_status
from mwaa_operator.planning.report import shown_environment, status_of
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
    remarks: Remarks = field(default_factory=Remarks)


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
        if body is None or body["metadata"]["uid"] != self._situation.identity.uid:
            return  # it has gone, or made room for another of its name, about which this pass knows nothing
        situation, decided = self._situation, self._decided
        request = (body["metadata"].get("annotations") or {}).get(ANNOTATION_RECONCILE_REQUESTED_AT)
        now = self._now()
        await self._objects.write(
            self._key,
            status_of(
                remarked(status_in(body), progress.remarks, generation=situation.generation, now=now),
                verdict=progress.verdict,
                generation=situation.generation,
                now=now,
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


def status_without_plan(
    body: Mapping[str, Any], verdict: Verdict, *, now: datetime, seen: Situation | None, foundation: Foundation
) -> EnvironmentStatus:
    """The status where no plan was made. `seen` is what there was to be seen in AWS meanwhile."""
    before = status_in(body)
    return status_of(
        before,
        verdict=verdict,
        generation=body["metadata"]["generation"],
        now=now,
        environment=shown_environment(seen.environment) if seen else before.environment,
        account=None,
        pending=None,
        operation=seen.operation if seen else before.last_operation,
        applied=None,
        drifted=before.drifted_fields,
        handled_request=None,
        parts=foundation.states,
        artifacts=foundation.artifacts,
        causes=before.likely_causes,
    ).model_copy(update={"plan": before.plan})
