"""How an environment has scaled: pure functions from its sizes and its load to what ran when (mwaa-behaviour.md §8).

MWAA wants (running + queued tasks) / tasks per worker, never fewer than minWorkers or more than maxWorkers; web servers are added while
their CPU is over 70 % or there are more than 15 connections. How long that takes is told only roughly: the times here are invented, within
the "two to five minutes" that the user guide gives for the way down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mwaa_sandbox.aws.fleet.load import Load
from mwaa_sandbox.aws.fleet.sizes import Sizes
from mwaa_sandbox.aws.fleet.timeline import ALWAYS, Timeline, combined, highest_lately

START_SECONDS = 120.0
"""From the moment a container is wanted until it takes part, and until one that is not wanted is looked at again."""

KEEP_SECONDS = 120.0
"""How much longer a container stays that is not wanted any more."""

WEB_CPU_PERCENT = 70.0
WEB_CONNECTIONS = 15
_IDLE_WEB_CPU = 8.0
_WEB_CPU_OF_A_CONNECTION = 2.0


@dataclass(frozen=True)
class Moment:
    """One environment at one moment."""

    sizes: Sizes
    load: Load
    workers: int
    webservers: int
    wanted: int
    """Tasks that run or wait, those of Airflow and the scripted ones."""

    @property
    def capacity(self) -> int:
        return self.workers * self.sizes.tasks_per_worker

    @property
    def running(self) -> int:
        return min(self.wanted, self.capacity)

    @property
    def queued(self) -> int:
        return self.wanted - self.running

    @property
    def base_workers(self) -> int:
        return min(self.workers, self.sizes.min_workers)

    @property
    def base_webservers(self) -> int:
        return min(self.webservers, self.sizes.min_webservers)


@dataclass(frozen=True)
class ScalingEvent:
    """A change in the number of workers or web servers, at an AWS-time."""

    at: float
    component: str
    before: int
    after: int


History = Timeline[Moment | None]
"""An environment over time; None where it had no containers."""


def history(sizes: Timeline[Sizes | None], script: Timeline[Load], airflow: Timeline[int]) -> History:
    """Return what ran when. `airflow`: how many tasks were queued or running in Airflow."""
    wanted: Timeline[int] = combined(lambda load, tasks: load.tasks + tasks, script, airflow)
    workers = highest_lately(combined(_workers_for, sizes, wanted), delay=START_SECONDS, hold=KEEP_SECONDS)
    webservers = highest_lately(combined(_webservers_for, sizes, script), delay=START_SECONDS, hold=KEEP_SECONDS)
    return combined(_moment, sizes, script, workers, webservers, wanted)


def events(of: History) -> Iterator[ScalingEvent]:
    """Yield what changed in the number of containers while there were some, oldest first."""
    before = of.at(ALWAYS)
    for at, after in of.changes():
        if before is not None and after is not None:
            for component in ("workers", "webservers"):
                was, now = getattr(before, component), getattr(after, component)
                if was != now:
                    yield ScalingEvent(at, component, was, now)
        before = after


def web_cpu(load: Load) -> float:
    """Return the CPU of a web server in percent, as long as it is not scripted."""
    return load.cpu.get("WebServer", min(_IDLE_WEB_CPU + _WEB_CPU_OF_A_CONNECTION * load.connections, 100.0))


def _workers_for(sizes: Sizes | None, wanted: int) -> int:
    if sizes is None:
        return 0
    needed = -(-wanted // sizes.tasks_per_worker)
    return min(max(needed, sizes.min_workers), sizes.max_workers)


def _webservers_for(sizes: Sizes | None, load: Load) -> int:
    if sizes is None:
        return 0
    busy = web_cpu(load) > WEB_CPU_PERCENT or load.connections > WEB_CONNECTIONS
    return sizes.max_webservers if busy else sizes.min_webservers


def _moment(sizes: Sizes | None, load: Load, workers: int, webservers: int, wanted: int) -> Moment | None:
    """The smallest numbers are there from the beginning, and the largest hold at once: an update replaces all containers."""
    if sizes is None:
        return None
    return Moment(
        sizes=sizes,
        load=load,
        workers=min(max(workers, sizes.min_workers), sizes.max_workers),
        webservers=min(max(webservers, sizes.min_webservers), sizes.max_webservers),
        wanted=wanted,
    )
