"""One pass over one run: ask Airflow what planning wants to know, one call after the other, and write what it comes to.

The process may die anywhere in here. What matters is in the object's status before Airflow is asked for the run, and in Airflow after it.
"""

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from mwaa_operator.api.dag_run_spec import OnDelete
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_dag_run import MwaaDagRun
from mwaa_operator.api.names import ANNOTATION_PAUSED
from mwaa_operator.controller.asking import Asking
from mwaa_operator.controller.bodies import is_deleting, is_held
from mwaa_operator.controller.dag_runs.environments import Environments
from mwaa_operator.controller.dag_runs.followed import Followed
from mwaa_operator.controller.dag_runs.objects import DagRunObjects, status_in
from mwaa_operator.controller.dag_runs.words import redaction_of
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.redaction import Redaction
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import Turns
from mwaa_operator.planning.airflow_problem import AirflowProblem
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.dag_run.calls import next_call
from mwaa_operator.planning.dag_run.environment import environment_of
from mwaa_operator.planning.dag_run.model import (
    DETAILS,
    Answer,
    Ask,
    Call,
    Environment,
    Outcome,
    RunSituation,
    Trouble,
)
from mwaa_operator.planning.dag_run.outcome import intent, outcome
from mwaa_operator.planning.dag_run.saying import unreadable
from mwaa_operator.planning.dag_run.trouble import trouble_with_airflow, trouble_with_aws
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.schedule import jittered
from mwaa_operator.resources.dag_run import DagRunResource

log = logging.getLogger(__name__)

MOST_TRIES_FOR_DETAILS = 4
"""How often in a row logs and XComs are asked for before a run that has ended is told of without them."""

Answers = dict[tuple[Ask, int], Answer]


class DagRunReconciler:
    """Makes passes. Safe to call for different keys at once, never for the same one: the queue sees to that."""

    def __init__(
        self,
        *,
        store: Store,
        environments: Environments,
        objects: DagRunObjects,
        resource: DagRunResource,
        followed: Followed,
        turns: Turns,
        executor: Executor,
        cluster: str,
        time_scale: float,
        randomness: random.Random,
        finished: Callable[[Outcome], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._environments = environments
        self._objects = objects
        self._resource = resource
        self._followed = followed
        self._asking = Asking(executor, turns)
        self._cluster = cluster
        self._scale = time_scale
        self._random = randomness
        self._finished = finished
        self._now = now
        self._failures: dict[Key, tuple[int, datetime]] = {}

    async def reconcile(self, key: Key) -> float | None:
        """Make a pass. Gives the seconds until the next one, None if there is nothing to come back for.

        Raises KubernetesError where the pass could not be finished.
        """
        body = self._store.get(key)
        if body is None or (is_deleting(body) and not is_held(body)):
            self._forget(key)
            return None
        try:
            found = MwaaDagRun.from_object(dict(body))
        except ValidationError as error:
            await self._unreadable(key, body, error)
            return None
        it = await self._situation(key, body, found)
        if _has_to_be_held(it) and not is_held(body):
            await self._objects.hold(key, body)
        it, seen, trouble = await self._look(key, it)
        return await self._report(key, it, outcome(it, seen, trouble))

    # Looking ---------------------------------------------------------------------------------------------------------

    async def _look(self, key: Key, it: RunSituation) -> tuple[RunSituation, Answers, Trouble | None]:
        """Ask what planning wants to know. What has to be remembered is written before the call that needs it."""
        seen: Answers = {}
        redaction = redaction_of(it.spec.conf)
        while (call := next_call(it, seen)) is not None:
            remembered = intent(it, call)
            if remembered is not None:
                await self._write(key, it, remembered)
                it = replace(it, status=remembered)
            try:
                answer = await self._ask(key, it, call)
            except AwsError as error:
                trouble = self._aws_failed(key, redaction.error(error))
            except AirflowProblem as problem:
                trouble = self._airflow_failed(key, problem, redaction)
            else:
                seen[call.ask, call.item] = replace(answer, words=redaction.text(answer.words))
                continue
            if call.ask not in DETAILS or self._failures[key][0] < MOST_TRIES_FOR_DETAILS:
                return it, seen, trouble
            seen[call.ask, call.item] = Answer(0, words=trouble.message)
        if seen:
            self._failures.pop(key, None)
        return it, seen, None

    async def _ask(self, key: Key, it: RunSituation, call: Call) -> Answer:
        """Call Airflow in a thread, and have the turns of other runs follow from how AWS likes that."""
        assert isinstance(it.environment, Environment)  # noqa: S101 - planning asks nothing of an environment that is not there
        log.info("asking Airflow", extra={"object": str(key), "for": call.ask.value})
        answer: Answer = await self._asking.ask(key, self._resource.ask, it.environment, call)
        return answer

    async def _situation(self, key: Key, body: Mapping[str, Any], found: MwaaDagRun) -> RunSituation:
        metadata, name = body["metadata"], found.spec.environment_ref.name
        # The environment's key is made of the run's own namespace: there is no way to name another one's.
        home = Key(key.namespace, name)
        return RunSituation(
            namespace=key.namespace,
            name=key.name,
            uid=metadata["uid"],
            generation=metadata["generation"],
            spec=found.spec,
            status=status_in(body),
            deleted_at=datetime.fromisoformat(metadata["deletionTimestamp"]) if is_deleting(body) else None,
            paused=found.metadata.annotations.get(ANNOTATION_PAUSED) == "true",
            environment=environment_of(
                await self._environments.get(home), name=name, namespace=key.namespace, cluster=self._cluster
            ),
            at=self._moment(),
            neighbours=self._followed.in_environment(home, key),
        )

    # Reporting -------------------------------------------------------------------------------------------------------

    async def _report(self, key: Key, it: RunSituation, decided: Outcome) -> float | None:
        await self._write(key, it, decided.status)
        if decided.status.finished_at is not None and not it.is_finished:
            self._finished(decided)
        self._followed.note(key, Key(key.namespace, it.spec.environment_ref.name), decided.status, it.environment)
        body = self._store.get(key)
        if body is None or body["metadata"]["uid"] != it.uid:
            return None
        self._objects.tell(body, decided.notices)
        if decided.release and is_held(body):
            await self._objects.let_go(key, body)
        if decided.remove:
            await self._objects.remove(key, body)
            return None
        if decided.again is None:
            return None
        return jittered(decided.again, random=self._random.random()) / self._scale if decided.again else 0.0

    async def _write(self, key: Key, it: RunSituation, status: DagRunStatus) -> None:
        """Write the status, unless the object has gone, or made room for another of its name: that one is another run."""
        body = self._store.get(key)
        if body is None or body["metadata"]["uid"] != it.uid:
            raise KubernetesError(f"write the status of {key}", 404, "the object has gone")
        await self._objects.write(key, status)

    async def _unreadable(self, key: Key, body: Mapping[str, Any], error: ValidationError) -> None:
        """Say so. There is no run, or none that could be found again, so nothing is held."""
        if is_deleting(body):
            await self._objects.let_go(key, body)
            return
        message = f"The spec cannot be read: {' '.join(explain(error))} Create another MwaaDagRun."
        status = unreadable(status_in(body), message, generation=body["metadata"]["generation"], now=self._moment().now)
        await self._objects.write(key, status)

    # Failures --------------------------------------------------------------------------------------------------------

    def _aws_failed(self, key: Key, error: AwsError) -> Trouble:
        failures, since = self._count(key)
        trouble = trouble_with_aws(error, failures=failures, since=since, at=self._moment())
        self._log(key, trouble, operation=error.operation, code=error.code, requestId=error.request_id)
        return trouble

    def _airflow_failed(self, key: Key, problem: AirflowProblem, redaction: Redaction) -> Trouble:
        failures, _ = self._count(key)
        trouble = trouble_with_airflow(problem, failures=failures)
        self._log(key, trouble, status=problem.status)
        return replace(trouble, message=redaction.text(trouble.message))

    def _count(self, key: Key) -> tuple[int, datetime]:
        failures, since = self._failures.get(key, (0, self._moment().now))
        self._failures[key] = (failures + 1, since)
        return failures + 1, since

    def _log(self, key: Key, trouble: Trouble, **extra: Any) -> None:
        log.warning("Airflow was not reached", extra={"object": str(key), "reason": trouble.reason.value, **extra})

    def _moment(self) -> Moment:
        return Moment(self._now().replace(microsecond=0), self._scale)

    def _forget(self, key: Key) -> None:
        self._failures.pop(key, None)
        self._followed.forget(key)


def _has_to_be_held(it: RunSituation) -> bool:
    """Whether Airflow may have the run, or be asked for it in this pass."""
    if it.is_finished or it.paused or it.deleted_at is not None:
        return False
    return it.spec.on_delete is OnDelete.CANCEL and isinstance(it.environment, Environment)
