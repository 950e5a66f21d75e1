"""Asks the Airflow of each environment how it is: rarely while all is well, sooner while it is not.

A look is two or three calls of InvokeRestApi. A component that is unwell is looked at once more before it is said: a heart that has missed
one beat is no news.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.aws.airflow_api import AirflowApi
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.controller.companions import Kick
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.airflow_health import (
    HEALTH_PATH,
    LISTED_FILES,
    Seen,
    database_is_down,
    remark_on,
    remark_on_problem,
)
from mwaa_operator.planning.airflow_problem import AirflowProblem
from mwaa_operator.planning.companion import Accompanied, Remark
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.schedule import jittered

log = logging.getLogger(__name__)

LOOKS_AT_ONCE = 4
FIRST_SECONDS = 30.0
"""After an environment was first seen to run. Those whose health is known already are spread over the whole rhythm."""
AGAIN_SECONDS = 60.0
"""Until a component that seems unwell is looked at once more."""
UNANSWERED_SECONDS = 300.0
"""Until the next try where AWS has not let Airflow be asked. What was said still holds."""
COUNTED_SECONDS = 3600.0
"""How often the DAGs are counted while nothing else changes."""


@dataclass
class _Watched:
    about: Accompanied
    remark: Remark | None = None
    suspected: bool = False
    counted_at: float = float("-inf")
    broken: int = -1


class AirflowHealth:
    """A companion. All seconds are AWS's, `clock` gives ours; `rest_seconds`: between two looks where all is well."""

    kind = ConditionType.AIRFLOW_HEALTHY

    def __init__(
        self,
        airflows: Airflows,
        *,
        kick: Kick,
        executor: Executor,
        rest_seconds: float,
        scale: float,
        clock: Callable[[], float],
        randomness: random.Random,
    ) -> None:
        self._airflows = airflows
        self._kick = kick
        self._executor = executor
        self._rest = rest_seconds
        self._scale = scale
        self._clock = clock
        self._random = randomness
        self._queue: WorkQueue[Key] = WorkQueue()
        self._watched: dict[Key, _Watched] = {}

    def accompany(self, key: Key, environment: Accompanied) -> None:
        known = self._watched.get(key)
        if known is not None:
            known.about = environment
            return
        self._watched[key] = _Watched(environment)
        spread = self._rest * self._random.random()
        self._queue.add_after(key, (spread if self.kind in environment.said else FIRST_SECONDS) / self._scale)

    def leave(self, key: Key) -> None:
        if self._watched.pop(key, None) is not None:
            self._queue.forget(key)

    def remark(self, key: Key) -> Remark | None:
        known = self._watched.get(key)
        return None if known is None else known.remark

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(LOOKS_AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            key = await self._queue.take()
            try:
                again = await self._look(key)
            except Exception:
                # One look may not end all others: the log has the traceback.
                log.exception("a look at Airflow failed", extra={"object": str(key)})
                again = UNANSWERED_SECONDS
            finally:
                self._queue.done(key)
            if key in self._watched:
                self._queue.add_after(key, jittered(again, random=self._random.random()) / self._scale)

    async def _look(self, key: Key) -> float:
        """Look once; gives the seconds until the next time."""
        watched = self._watched.get(key)
        if watched is None:
            return self._rest
        about = watched.about
        loop = asyncio.get_running_loop()
        try:
            remark = await loop.run_in_executor(self._executor, self._asked, watched)
        except AwsError as error:
            log.info(
                "Airflow was not asked", extra={"object": str(key), "operation": error.operation, "code": error.code}
            )
            return UNANSWERED_SECONDS
        if self._watched.get(key) is not watched:
            return self._rest
        unwell = remark.reason is Reason.AIRFLOW_UNHEALTHY
        if unwell and not watched.suspected and remark.is_news(about.said):
            watched.suspected = True
            return AGAIN_SECONDS
        watched.suspected = False
        news = remark.is_news(watched.about.said) or (
            watched.remark is not None and _files(remark) != _files(watched.remark)
        )
        watched.remark = remark
        if news:
            self._kick(key)
        return remark.again

    def _asked(self, watched: _Watched) -> Remark:
        """Ask Airflow, in a thread. Raises AwsError."""
        about = watched.about
        try:
            api = self._airflows.of(region=about.region, environment=about.environment, version=about.version)
            return remark_on(self._seen(api, watched), about, rest=self._rest)
        except AirflowProblem as problem:
            return remark_on_problem(problem, about)

    def _seen(self, api: AirflowApi, watched: _Watched) -> Seen:
        log_in = not watched.about.only_observed
        health = api.call("GET", HEALTH_PATH[min(api.major, 3)], log_in=log_in)
        if database_is_down(health):
            return Seen(health=health)
        # By name: each time that Airflow reads a file and fails, the error gets another timestamp.
        query = {"limit": LISTED_FILES, "order_by": "filename"}
        broken = api.call("GET", "/importErrors", query=query, log_in=log_in)
        count = int(broken.get("total_entries") or 0)
        return Seen(
            health=health,
            errors=tuple(broken.get("import_errors") or ()),
            error_count=count,
            dags=self._dags(api, watched, broken=count),
        )

    def _dags(self, api: AirflowApi, watched: _Watched, *, broken: int) -> int | None:
        known = watched.remark.airflow.dags if watched.remark and watched.remark.airflow else None
        fresh = (self._clock() - watched.counted_at) * self._scale < COUNTED_SECONDS
        if known is not None and fresh and broken == watched.broken:
            return known
        found = api.call("GET", "/dags", query={"limit": 1}, log_in=not watched.about.only_observed)
        watched.counted_at, watched.broken = self._clock(), broken
        total = found.get("total_entries")
        return None if total is None else int(total)


def _files(remark: Remark) -> object:
    return remark.airflow.broken_files if remark.airflow else ()
