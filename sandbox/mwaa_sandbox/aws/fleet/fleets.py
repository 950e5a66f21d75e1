"""What is remembered of each environment so that its history can be worked out: its sizes over time, and the load scripted for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.airflow.seam import DagCounts
from mwaa_sandbox.aws.fleet.history import History, history
from mwaa_sandbox.aws.fleet.load import NO_LOAD, Load, at_once, scripted
from mwaa_sandbox.aws.fleet.sizes import Sizes, sizes_of
from mwaa_sandbox.aws.fleet.timeline import ALWAYS, Timeline
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.simulation import Simulation
from mwaa_sandbox.aws.mwaa.statuses import Status

_WITHOUT_CONTAINERS = frozenset({Status.CREATE_FAILED, Status.DELETED, Status.UNAVAILABLE})

KEPT_SECONDS = 455 * 86400.0
"""How long CloudWatch keeps metrics (GetMetricStatistics, API reference): the most that a load can have begun ago."""


@dataclass
class _Life:
    account: str
    sizes: Timeline[Sizes | None] = field(default_factory=lambda: Timeline(None))
    script: Timeline[Load] = field(default_factory=lambda: Timeline(NO_LOAD))


class Fleets:
    """A witness of the simulation (`mwaa.simulation.Witness`). Safe to use from many threads."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._lock = threading.Lock()
        self._lives: dict[str, _Life] = {}

    def __call__(self, before: Environment | None, after: Environment | None) -> None:
        """Note what an environment's sizes are from now on. What is gone is forgotten, its metrics too."""
        if after is None:
            with self._lock:
                self._lives.pop("" if before is None else before.serial, None)
            return
        has_containers = after.has_webserver and after.status not in _WITHOUT_CONTAINERS
        by_itself = before is not None and after.since != before.since
        at = after.since if by_itself else self._simulation.clock.now()
        with self._lock:
            life = self._lives.setdefault(after.serial, _Life(after.account))
            present = sizes_of(after.settings) if has_containers else None
            life.sizes = life.sizes.since(at, Timeline(present))

    def forget(self, account: str | None) -> None:
        """Forget the environments of an account, or all of them."""
        with self._lock:
            self._lives = {serial: one for serial, one in self._lives.items() if account not in {None, one.account}}

    def script(self, environment: Environment, steps: Sequence[Mapping[str, Any]], *, begins_ago: float) -> None:
        """Put a load on an environment from a moment on, in place of what was scripted for then.

        A load that began before there was an environment makes one of the past, with the sizes that it has had from its first moment on.

        Raises:
            ValueError: for steps that cannot be, or a beginning that nobody remembers.
        """
        if not 0 <= begins_ago <= KEPT_SECONDS:
            raise ValueError(f"a load began between 0 and {KEPT_SECONDS:.0f} seconds ago")
        begin = self._simulation.clock.now() - begins_ago
        wanted = scripted(steps, begin=begin)
        with self._lock:
            life = self._lives.setdefault(environment.serial, _Life(environment.account))
            life.script = life.script.since(begin, wanted)
            born = next(((at, sizes) for at, sizes in life.sizes.changes() if sizes is not None), None)
            if begins_ago > 0 and life.sizes.at(ALWAYS) is None and born is not None and begin < born[0]:
                past: Timeline[Sizes | None] = Timeline(None, [(begin, born[1])])
                life.sizes = past.since(born[0], life.sizes)

    def history(self, environment: Environment) -> History:
        """Return what an environment has been through, up to now and, as far as it was scripted, on from here."""
        with self._lock:
            life = self._lives.get(environment.serial, _Life(environment.account))
            sizes, script = life.sizes, life.script
        airflow = self._simulation.airflow
        spans = () if airflow is None else airflow.task_spans(environment)
        return history(sizes, script, at_once(spans))

    def dag_counts(self, environment: Environment) -> DagCounts:
        """Return how many DAGs an environment's Airflow has now."""
        airflow = self._simulation.airflow
        return DagCounts() if airflow is None else airflow.dag_counts(environment)
