"""One pass over one object: observe, plan, apply, report (design §2).

The only place where deciding and doing meet. What it decides is `planning`'s; what it does is three calls deep at most. The process may
die anywhere in here: what matters is in the object's status before a call is made, and in AWS after it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import OperationKind
from mwaa_operator.api.environment_status import AccountStatus, EnvironmentStatus, LastOperation
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import (
    ANNOTATION_APPROVED_PLAN,
    ANNOTATION_PAUSED,
    ANNOTATION_RECONCILE_REQUESTED_AT,
    FINALIZER,
)
from mwaa_operator.api.observed_environment import ObservedEnvironment
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.pacing import Pacing
from mwaa_operator.controller.patches import merge_patch
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.planning.aftermath import Aftermath, after_failure
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import desired_environment, files_to_follow
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.model import Plan, Standing, Step, Verdict
from mwaa_operator.planning.observation import Observation
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.plan import plan
from mwaa_operator.planning.report import shown_environment, status_of
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.transitions import event, events_between
from mwaa_operator.resources.environment import EnvironmentResource

log = logging.getLogger(__name__)

_STATUS_AFTER = {
    OperationKind.CREATE: "CREATING",
    OperationKind.UPDATE: "UPDATING",
    OperationKind.DELETE: "DELETING",
}
"""The status that AWS documents for an accepted operation: shown at once, without another look (`mwaa-behaviour.md` §2)."""


class SecretMissingError(Exception):
    """An option's Secret, or the key in it, is not there or must not be read."""


@dataclass(frozen=True)
class Progress:
    """What one pass has come to so far."""

    verdict: Verdict
    environment: ObservedEnvironment | None
    operation: LastOperation | None
    retry_seconds: float | None = None


class Reconciler:
    """Makes passes. Safe to call for different keys at once, never for the same one: the queue sees to that."""

    def __init__(
        self,
        *,
        store: Store,
        kubernetes: Kubernetes,
        resource: EnvironmentResource,
        events: EventRecorder,
        pacing: Pacing,
        executor: Executor,
        key: FingerprintKey,
        cluster: str,
        time_scale: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._kubernetes = kubernetes
        self._resource = resource
        self._events = events
        self._pacing = pacing
        self._executor = executor
        self._key = key
        self._cluster = cluster
        self._scale = time_scale
        self._now = now
        self._failures: dict[Key, int] = {}

    async def reconcile(self, key: Key) -> float | None:
        """Make a pass. Gives the seconds until the next one, None if there is nothing to come back for.

        Raises KubernetesError where the pass could not be finished.
        """
        body = self._store.get(key)
        if body is None or (_deleting(body) and not _held(body)):
            self._pacing.forget(key)
            self._failures.pop(key, None)
            return None
        try:
            found = MwaaEnvironment.from_object(dict(body))
        except ValidationError as error:
            return await self._unreadable(key, body, error)
        if found.metadata.annotations.get(ANNOTATION_PAUSED) == "true":
            return await self._paused(key, body)
        if not _held(body):
            body = await self._hold(key, body)
        return await self._pass(key, body, found)

    # One pass, from the top ------------------------------------------------------------------------------------------

    async def _pass(self, key: Key, body: Mapping[str, Any], found: MwaaEnvironment) -> float | None:
        region = self._resource.region(found.spec.region)
        try:
            observation = await self._in_thread(
                self._resource.observe,
                name=found.name_in_aws,
                region=region,
                bucket=found.spec.source_bucket_arn.rpartition(":")[2],
                files={} if _deleting(body) else files_to_follow(found.spec),
            )
            secret_options = {} if _deleting(body) else await self._secret_options(key, found)
        except AwsError as error:
            return await self._cannot_look(key, body, error)
        except SecretMissingError as error:
            verdict = Verdict(
                standing=Standing.STALLED, reason=Reason.SECRET_NOT_FOUND, message=str(error), ready=None, synced=None
            )
            return await self._say(key, body, verdict, again=30 / self._scale)
        situation = self._situation(body, found, observation, secret_options)
        return await self._carry_out(key, body, situation, plan(situation), region)

    async def _carry_out(
        self, key: Key, body: Mapping[str, Any], situation: Situation, decided: Plan, region: str | None
    ) -> float | None:
        progress = Progress(decided.verdict, shown_environment(situation.environment), decided.operation)
        write = self._writer(key, situation, decided, region)
        for notice in decided.notices:
            self._events.record(body, event(notice.reason, notice.message))
        for step in decided.steps:
            if step.remember is not None:
                progress = replace(progress, operation=step.remember)
                await write(progress)
            progress = await self._apply(key, step, progress, region)
            if progress.retry_seconds is not None:
                await write(progress)
                return progress.retry_seconds
        self._failures.pop(key, None)
        if decided.release:
            await self._release(key)
            return None
        await write(progress)
        return self._next_look(key, situation, decided)

    async def _apply(self, key: Key, step: Step, progress: Progress, region: str | None) -> Progress:
        log.info("calling AWS", extra={"object": str(key), "operation": step.kind.value})
        try:
            arn = await self._in_thread(self._resource.apply, step, region=region)
        except AwsError as error:
            after = self._after(key, error, step.remember)
            operation = after.operation if step.remember else progress.operation
            return replace(
                progress, verdict=after.verdict, operation=operation, retry_seconds=after.retry_seconds / self._scale
            )
        if step.remember is None:
            return progress
        known = progress.environment or ObservedEnvironment(name=step.parameters["Name"], arn=arn)
        return replace(
            progress,
            operation=step.remember.model_copy(update={"accepted_at": self._now().replace(microsecond=0)}),
            environment=known.model_copy(update={"status": _STATUS_AFTER[step.remember.kind]}),
        )

    def _next_look(self, key: Key, situation: Situation, decided: Plan) -> float:
        if decided.waiting is None:
            return self._pacing.at_rest(key)
        elapsed = situation.at.seconds_since(decided.waiting.since)
        return self._pacing.waiting(key, decided.waiting, elapsed=elapsed)

    # What does not come to a plan ------------------------------------------------------------------------------------

    async def _unreadable(self, key: Key, body: Mapping[str, Any], error: ValidationError) -> float:
        message = f"The spec cannot be read: {' '.join(explain(error))} Correct it; nothing is done in AWS before that."
        verdict = Verdict(
            standing=Standing.STALLED, reason=Reason.INVALID_SPEC, message=message, ready=None, synced=None
        )
        return await self._say(key, body, verdict, again=self._pacing.at_rest(key))

    async def _paused(self, key: Key, body: Mapping[str, Any]) -> float:
        message = f"Nothing is done while the annotation {ANNOTATION_PAUSED} is true. Remove it to go on."
        verdict = Verdict(standing=Standing.SETTLED, reason=Reason.PAUSED, message=message, ready=None, synced=None)
        self._pacing.abandon(key)
        return await self._say(key, body, verdict, again=self._pacing.at_rest(key))

    async def _cannot_look(self, key: Key, body: Mapping[str, Any], error: AwsError) -> float:
        after = self._after(key, error, None)
        return await self._say(key, body, after.verdict, again=after.retry_seconds / self._scale)

    async def _say(self, key: Key, body: Mapping[str, Any], verdict: Verdict, *, again: float) -> float:
        before = _status(body)
        after = status_of(
            before,
            verdict=verdict,
            generation=body["metadata"]["generation"],
            now=self._now(),
            environment=before.environment,
            account=None,
            pending=None,
            operation=before.last_operation,
            applied=None,
            handled_request=None,
        ).model_copy(update={"plan": before.plan})
        await self._write(key, after)
        return again

    def _after(self, key: Key, error: AwsError, operation: LastOperation | None) -> Aftermath:
        self._failures[key] = failures = self._failures.get(key, 0) + 1
        after = after_failure(error, operation=operation, failures=failures, at=self._moment())
        log.warning(
            "AWS call failed",
            extra={
                "object": str(key),
                "operation": error.operation,
                "code": error.code,
                "kind": error.kind.value,
                "requestId": error.request_id,
                "retrySeconds": after.retry_seconds,
            },
        )
        return after

    # Kubernetes ------------------------------------------------------------------------------------------------------

    async def _hold(self, key: Key, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put our finalizer on, so that the object outlives its environment."""
        metadata = body["metadata"]
        finalizers = [*metadata.get("finalizers", ()), FINALIZER]
        return self._kept(
            await self._kubernetes.set_finalizers(key, finalizers, resource_version=metadata["resourceVersion"])
        )

    async def _release(self, key: Key) -> None:
        """Take our finalizer off; Kubernetes then removes the object."""
        body = self._store.get(key)
        if body is None:
            return
        metadata = body["metadata"]
        finalizers = [name for name in metadata.get("finalizers", ()) if name != FINALIZER]
        self._events.record(
            body, event(Reason.DELETING, "Nothing of the environment that this object answers for is left in AWS.")
        )
        try:
            self._kept(
                await self._kubernetes.set_finalizers(key, finalizers, resource_version=metadata["resourceVersion"])
            )
        except KubernetesError as error:
            if error.status != 404:
                raise
        self._pacing.forget(key)

    def _writer(self, key: Key, situation: Situation, decided: Plan, region: str | None) -> Callable[[Progress], Any]:
        async def write(progress: Progress) -> None:
            body = self._store.get(key)
            if body is None:
                return
            request = (body["metadata"].get("annotations") or {}).get(ANNOTATION_RECONCILE_REQUESTED_AT)
            await self._write(
                key,
                status_of(
                    _status(body),
                    verdict=progress.verdict,
                    generation=situation.generation,
                    now=self._now(),
                    environment=progress.environment,
                    account=AccountStatus(id=situation.observation.account_id, region=region),
                    pending=decided.pending,
                    operation=progress.operation,
                    applied=decided.applied,
                    handled_request=request if situation.retry else None,
                ),
            )

        return write

    async def _write(self, key: Key, status: EnvironmentStatus) -> None:
        """Write a status if it differs from the object's, and say in events what it changes."""
        body = self._store.get(key)
        if body is None:
            return
        patch = merge_patch(body.get("status") or {}, status.to_object())
        if not patch:
            return
        before = _status(body)
        try:
            self._kept(await self._kubernetes.patch_status(key, {"status": patch}))
        except KubernetesError as error:
            if error.status == 404:
                return
            raise
        for happened in events_between(before, status):
            self._events.record(body, happened)

    def _kept(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self._store.put(body)
        return body

    # Gathering -------------------------------------------------------------------------------------------------------

    def _situation(
        self,
        body: Mapping[str, Any],
        found: MwaaEnvironment,
        observation: Observation,
        secret_options: Mapping[str, str],
    ) -> Situation:
        metadata, annotations = body["metadata"], body["metadata"].get("annotations") or {}
        status = _status(body)
        requested = annotations.get(ANNOTATION_RECONCILE_REQUESTED_AT)
        return Situation(
            identity=Identity(
                cluster=self._cluster, namespace=metadata["namespace"], name=metadata["name"], uid=metadata["uid"]
            ),
            spec=found.spec,
            generation=metadata["generation"],
            deleting=_deleting(body),
            retry=requested is not None and requested != status.last_handled_reconcile_at,
            approved_plan=annotations.get(ANNOTATION_APPROVED_PLAN),
            status=status,
            desired=desired_environment(
                found.spec,
                name=found.name_in_aws,
                secret_options=secret_options,
                newest_object_versions=observation.newest_object_versions,
            ),
            observation=observation,
            key=self._key,
            at=self._moment(),
        )

    async def _secret_options(self, key: Key, found: MwaaEnvironment) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for option, reference in (found.spec.airflow_configuration_secrets or {}).items():
            where = f"Secret {reference.name}, key {reference.key}, of namespace {key.namespace}"
            try:
                value = await self._kubernetes.secret_value(key.namespace, reference.name, reference.key)
            except KubernetesError as error:
                if error.passing:
                    raise
                raise SecretMissingError(
                    f"The option {option} comes from the {where}, which the operator may not read. Bind it the role "
                    "mwaa-operator-secret-reader in this namespace."
                ) from None
            if value is None:
                raise SecretMissingError(
                    f"The option {option} comes from the {where}, which does not exist. Create it."
                )
            values[option] = value
        return values

    async def _in_thread(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: call(*args, **kwargs))

    def _moment(self) -> Moment:
        return Moment(self._now().replace(microsecond=0), self._scale)


def _deleting(body: Mapping[str, Any]) -> bool:
    return bool(body["metadata"].get("deletionTimestamp"))


def _held(body: Mapping[str, Any]) -> bool:
    return FINALIZER in (body["metadata"].get("finalizers") or ())


def _status(body: Mapping[str, Any]) -> EnvironmentStatus:
    return EnvironmentStatus.model_validate(body.get("status") or {})
