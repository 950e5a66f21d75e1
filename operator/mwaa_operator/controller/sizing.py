"""Asks CloudWatch about the load of all environments of a Region at once, rarely, and says what it speaks for."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime

from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.aws import metrics
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.companions import Kick
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.companion import Accompanied, Remark
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.sizing.advice import remark_on, remark_on_denial
from mwaa_operator.planning.sizing.load import Weeks, load_of, weeks_of
from mwaa_operator.planning.sizing.questions import LONG_PERIOD, Question, Series, lately, over_weeks
from mwaa_operator.planning.sizing.steadiness import Steadied, steady

log = logging.getLogger(__name__)

FIRST_SECONDS = 60.0
"""After the process began: until then it has seen its environments."""
WEEKS_SECONDS = 6 * 3600.0
"""How often the means of a week are asked for: they change slowly, and each metric that is asked for has its price."""
LATELY_AT_ONCE, WEEKS_AT_ONCE = 100, 25
"""Environments that are asked for together: about as many as fit into one call. Their points are held for no longer than that."""
DENIED_SECONDS = 3600.0
"""Until the next try in a Region where the operator may not read metrics."""


@dataclass
class _Watched:
    about: Accompanied
    steadied: Steadied
    weeks: Weeks = field(default_factory=Weeks)
    weeks_from: float = float("-inf")
    """From when on they are to be asked for again."""
    remark: Remark | None = None


class Sizing:
    """A companion. All seconds are AWS's, `clock` gives ours; `every_seconds`: between two looks."""

    kind = ConditionType.WELL_SIZED

    def __init__(
        self,
        clients: Clients,
        *,
        kick: Kick,
        executor: Executor,
        every_seconds: float,
        scale: float,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._kick = kick
        self._executor = executor
        self._every = every_seconds
        self._scale = scale
        self._clock = clock
        self._now = now
        self._watched: dict[Key, _Watched] = {}
        self._rests: dict[str, float] = {}
        """Regions that are not asked before a time, of our clock."""

    def accompany(self, key: Key, environment: Accompanied) -> None:
        known = self._watched.setdefault(key, _Watched(environment, Steadied(environment.load)))
        known.about = environment

    def leave(self, key: Key) -> None:
        self._watched.pop(key, None)

    def remark(self, key: Key) -> Remark | None:
        known = self._watched.get(key)
        return None if known is None else known.remark

    async def run(self) -> None:
        await asyncio.sleep(min(FIRST_SECONDS, self._every) / self._scale)
        while True:
            for region, watched in self._by_region():
                try:
                    await self._look(region, watched)
                except Exception:
                    # One Region may not end the looks at all others: the log has the traceback.
                    log.exception("a look at metrics failed", extra={"region": region})
            await asyncio.sleep(self._every / self._scale)

    def _by_region(self) -> Iterator[tuple[str, dict[Key, _Watched]]]:
        regions: dict[str, dict[Key, _Watched]] = defaultdict(dict)
        for key, watched in self._watched.items():
            if self._clock() >= self._rests.get(watched.about.region, 0.0):
                regions[watched.about.region][key] = watched
        yield from regions.items()

    async def _look(self, region: str, watched: Mapping[Key, _Watched]) -> None:
        due = [(key, one) for key, one in watched.items() if self._clock() >= one.weeks_from]
        try:
            for some in _portions(due, WEEKS_AT_ONCE):
                series = await self._asked(region, some, over_weeks)
                for key, one in some:
                    one.weeks = weeks_of(series[key])
                    one.weeks_from = self._clock() + (WEEKS_SECONDS if one.weeks.usage else LONG_PERIOD) / self._scale
            for some in _portions(list(watched.items()), LATELY_AT_ONCE):
                series = await self._asked(region, some, lately)
                for key, one in some:
                    self._tell(key, one, series[key])
        except AwsError as error:
            self._unanswered(region, watched, error)

    async def _asked(
        self, region: str, watched: Sequence[tuple[Key, _Watched]], questions: Callable[[str], Iterator[Question]]
    ) -> Mapping[Key, Series]:
        """Ask, in a thread. Two objects may name one environment, so keys stand for environments. Raises AwsError."""
        by_name = {str(key): list(questions(one.about.environment)) for key, one in watched}

        def ask() -> Mapping[str, Series]:
            return metrics.series(self._clients.client("cloudwatch", region), by_name, now=self._now())

        found = await asyncio.get_running_loop().run_in_executor(self._executor, ask)
        return {key: found[str(key)] for key, _ in watched}

    def _tell(self, key: Key, watched: _Watched, series: Series) -> None:
        load = load_of(watched.about, series, watched.weeks)
        if load is not None:
            remark = remark_on(watched.about, load, now=self._now(), again=self._every)
            self._say(key, watched, steady(remark, watched.steadied))

    def _unanswered(self, region: str, watched: Mapping[Key, _Watched], error: AwsError) -> None:
        log.info("no metrics", extra={"region": region, "operation": error.operation, "code": error.code})
        if error.kind is not FailureKind.DENIED:
            # What was said still holds; it is asked again in the same rhythm.
            return
        self._rests[region] = self._clock() + DENIED_SECONDS / self._scale
        action = error.action or "cloudwatch:GetMetricData"
        message = (
            f"The operator may not read CloudWatch's metrics, so nothing is known of the load. Allow its role {action}."
        )
        for key, one in watched.items():
            self._say(key, one, remark_on_denial(message, again=DENIED_SECONDS))

    def _say(self, key: Key, watched: _Watched, remark: Remark) -> None:
        if self._watched.get(key) is not watched:
            return
        watched.remark = remark
        # That an environment fits its load is no news before somebody has said otherwise: the next pass takes it along.
        known = self.kind in watched.about.said
        if remark.is_news(watched.about.said) and (known or remark.status is False):
            self._kick(key)


def _portions(whole: Sequence[tuple[Key, _Watched]], most: int) -> Iterator[Sequence[tuple[Key, _Watched]]]:
    for begin in range(0, len(whole), most):
        yield whole[begin : begin + most]
