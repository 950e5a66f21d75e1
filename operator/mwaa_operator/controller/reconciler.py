"""One pass over one object: observe, plan, apply, report (design §2).

The only place where deciding and doing meet. What it decides is `planning`'s; what it does is three calls deep at most. The process may
die anywhere in here: what matters is in the object's status before a call is made, and in AWS after it.
"""

import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import (
    ANNOTATION_PAUSED,
)
from mwaa_operator.controller.artifacts.artifacts import Artifacts
from mwaa_operator.controller.asking import Asking
from mwaa_operator.controller.bodies import is_deleting, is_held, status_in
from mwaa_operator.controller.companions import Companions
from mwaa_operator.controller.diagnosis import Diagnosis
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.foundations import Foundations
from mwaa_operator.controller.gathering import situation_of
from mwaa_operator.controller.objects import Objects
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.controller.redaction import without_values
from mwaa_operator.controller.row import Row
from mwaa_operator.controller.secret_options import SecretOptions, SecretProblemError
from mwaa_operator.controller.status_writer import Progress, StatusWriter, status_without_plan
from mwaa_operator.controller.steps import Steps
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import Turns
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import files_to_follow
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.model import Plan, Verdict
from mwaa_operator.planning.observation import Observation
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.outputs import given
from mwaa_operator.planning.plan import plan
from mwaa_operator.planning.report import shown_environment
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.standstill import paused, stopped, unreadable
from mwaa_operator.planning.transitions import event
from mwaa_operator.planning.wording import ranked
from mwaa_operator.resources.environment import EnvironmentResource

log = logging.getLogger(__name__)


class Reconciler:
    """Makes passes. Safe to call for different keys at once, never for the same one: the queue sees to that."""

    def __init__(
        self,
        *,
        store: Store,
        objects: Objects,
        secret_options: SecretOptions,
        resource: EnvironmentResource,
        row: Row,
        artifacts: Artifacts,
        preflight: Preflight,
        diagnosis: Diagnosis,
        companions: Companions,
        events: EventRecorder,
        pacing: Pacing,
        turns: Turns,
        executor: Executor,
        key: FingerprintKey,
        cluster: str,
        time_scale: float,
        randomness: random.Random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._objects = objects
        self._secret_options = secret_options
        self._resource = resource
        self._preflight = preflight
        self._diagnosis = diagnosis
        self._events = events
        self._pacing = pacing
        self._asking = Asking(executor, turns)
        self._companions = companions
        self._key = key
        self._cluster = cluster
        self._scale = time_scale
        self._now = now
        self._failures = Failures(moment=self._moment, randomness=randomness)
        self._steps = Steps(
            resource, ask=self._asking.ask, failed=self._failures.follow, writer=self._writer, now=self._now
        )
        self._foundations = Foundations(
            row,
            artifacts,
            ask=self._asking.ask,
            failed=self._failures.follow,
            accepted=self._failures.over,
            writer=self._writer,
        )

    async def reconcile(self, key: Key) -> float | None:
        """Make a pass. Gives the seconds until the next one, None if there is nothing to come back for.

        Raises KubernetesError where the pass could not be finished.
        """
        body = self._store.get(key)
        if body is None or (is_deleting(body) and not is_held(body)):
            self._forget(key)
            return None
        try:
            found = MwaaEnvironment.from_object(dict(body))
        except ValidationError as error:
            return await self._stand_still(key, body, unreadable(explain(error)))
        if found.metadata.annotations.get(ANNOTATION_PAUSED) == "true":
            return await self._stand_still(key, body, paused())
        if not is_held(body):
            body = await self._objects.hold(key, body)
        return await self._pass(key, body, found)

    # One pass, from the top ------------------------------------------------------------------------------------------

    async def _pass(self, key: Key, body: Mapping[str, Any], found: MwaaEnvironment) -> float | None:
        region = self._resource.region(found.spec.region)
        foundation: Foundation | None = None
        try:
            observation = await self._asking.ask(key, self._resource.observe, name=found.name_in_aws, region=region)
            foundation = await self._foundation(key, body, found, observation, region)
            if not is_deleting(body):
                newest = await self._newest(key, found, foundation, region)
                observation = replace(observation, newest_object_versions=newest)
        except AwsError as error:
            return await self._cannot_look(key, body, error, foundation)
        try:
            secret_values = await self._secret_values(key, body, found)
        except SecretProblemError as error:
            verdict = stopped(error.reason, str(error))
            seen = without_values(self._situation(body, found, observation, foundation=foundation))
            return await self._say(key, body, verdict, again=30 / self._scale, seen=seen)
        situation = without_values(
            self._situation(body, found, observation, secret_values=secret_values, foundation=foundation)
        )
        explained = await self._diagnosis.explained(situation, region=region or "", ask=self._asking.in_a_thread)
        if explained is not situation and explained.known_causes:
            self._events.record(body, event(Reason.LIKELY_CAUSE, ranked(explained.known_causes)))
        return await self._carry_out(key, body, explained, plan(explained), region)

    async def _carry_out(
        self, key: Key, body: Mapping[str, Any], situation: Situation, decided: Plan, region: str | None
    ) -> float | None:
        try:
            decided, checked = await self._preflight.judge(
                situation, decided, region=region or "", ask=self._asking.in_a_thread
            )
        except AwsError as error:
            return await self._cannot_look(key, body, error, situation.foundation)
        shown = shown_environment(situation.environment)
        progress = Progress(decided.verdict, shown, decided.operation, preflight=checked)
        for notice in decided.notices:
            self._events.record(body, event(notice.reason, notice.message))
        progress = await self._steps.take(key, situation, decided, progress, region)
        if progress.retry_seconds is not None:
            return progress.retry_seconds
        again = await self._foundations.after(key, situation, decided, region)
        if again is not None:
            return again
        if situation.foundation.again is None:
            self._failures.over(key)
        if decided.release:
            if situation.environment is not None:
                # It stays, so nobody has seen an end that could be learned from.
                self._pacing.abandon(key)
            await self._objects.release(key)
            self._forget(key)
            return None
        remarks = self._companions.seen(key, situation, region=region)
        await self._writer(key, situation, decided, region)(replace(progress, remarks=remarks))
        return self._next_look(key, situation, decided)

    def _next_look(self, key: Key, situation: Situation, decided: Plan) -> float:
        if decided.waiting is not None:
            elapsed = situation.at.seconds_since(decided.waiting.since)
            again = self._pacing.waiting(key, decided.waiting, elapsed=elapsed)
        else:
            again = self._pacing.at_rest(key)
            if decided.look_at is not None:
                again = min(again, max((decided.look_at - self._now()).total_seconds(), 0.0))
        parts = situation.foundation.again
        return again if parts is None else min(again, parts)

    # What does not come to a plan ------------------------------------------------------------------------------------

    async def _stand_still(self, key: Key, body: Mapping[str, Any], verdict: Verdict) -> float:
        self._pacing.abandon(key)
        self._foundations.rest(key)
        self._companions.leave(key)
        return await self._say(key, body, verdict, again=self._pacing.at_rest(key))

    async def _cannot_look(
        self, key: Key, body: Mapping[str, Any], error: AwsError, foundation: Foundation | None = None
    ) -> float:
        after, again = self._failures.follow(key, error)
        return await self._say(key, body, after.verdict, again=again, foundation=foundation)

    async def _say(
        self,
        key: Key,
        body: Mapping[str, Any],
        verdict: Verdict,
        *,
        again: float,
        seen: Situation | None = None,
        foundation: Foundation | None = None,
    ) -> float:
        """Say how things stand without having made a plan. `seen` is what there was to be seen in AWS meanwhile."""
        now, parts = self._now(), foundation or Foundation()
        await self._objects.write(key, status_without_plan(body, verdict, now=now, seen=seen, foundation=parts))
        return again

    # Reporting -------------------------------------------------------------------------------------------------------

    def _writer(
        self, key: Key, situation: Situation, decided: Plan, region: str | None
    ) -> Callable[[Progress], Awaitable[None]]:
        return StatusWriter(
            self._store, self._objects, self._now, key=key, situation=situation, decided=decided, region=region
        ).write

    # Gathering -------------------------------------------------------------------------------------------------------

    def _situation(
        self,
        body: Mapping[str, Any],
        found: MwaaEnvironment,
        observation: Observation,
        *,
        secret_values: Mapping[str, str] | None = None,
        foundation: Foundation | None = None,
    ) -> Situation:
        return situation_of(
            body,
            found,
            observation,
            at=self._moment(),
            key=self._key,
            cluster=self._cluster,
            secret_values=secret_values,
            foundation=foundation,
        )

    async def _foundation(
        self, key: Key, body: Mapping[str, Any], found: MwaaEnvironment, observation: Observation, region: str | None
    ) -> Foundation:
        """Bring the parts about that are due. Most objects have none, and their passes need not gather everything twice."""
        if not self._foundations.concerns(key, found.spec, status_in(body)):
            return Foundation(outputs=given(found.spec))
        return await self._foundations.bring_about(key, self._situation(body, found, observation), region)

    async def _newest(
        self, key: Key, found: MwaaEnvironment, foundation: Foundation, region: str | None
    ) -> Mapping[str, str]:
        """The newest versions of the files that are to be followed, once there is a bucket that they can be in."""
        files, bucket = files_to_follow(found.spec), foundation.outputs.source_bucket_arn
        if not files or bucket is None:
            return {}
        answer: Mapping[str, str] = await self._asking.ask(
            key, self._resource.newest_versions, region=region, bucket=bucket.rpartition(":")[2], files=files
        )
        return answer

    async def _secret_values(self, key: Key, body: Mapping[str, Any], found: MwaaEnvironment) -> Mapping[str, str]:
        if is_deleting(body):
            self._secret_options.forget(key)
            return {}
        return await self._secret_options.read(key, found.spec)

    def _moment(self) -> Moment:
        return Moment(self._now().replace(microsecond=0), self._scale)

    def _forget(self, key: Key) -> None:
        self._pacing.forget(key)
        self._secret_options.forget(key)
        self._foundations.forget(key)
        self._companions.leave(key)
        self._failures.over(key)
