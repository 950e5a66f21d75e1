"""Many runs, several at once, each held against the undisturbed run of its scenario."""

from __future__ import annotations

import queue
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from mwaa_sandbox.process import ProcessError

from .lane import Lane, Run, RunError
from .points import Point, name_of
from .scenarios import Scenario
from .world import World, make_namespaces

LANES = 12
"""Runs at once: most of a run is waiting for AWS, so there are more of them than cores."""


@dataclass(frozen=True)
class Trial:
    """A point, and how the run that was killed there compares with the undisturbed one."""

    point: Point
    killed_at: str
    """Names the call; "" if the run ended before it came to the point."""
    problems: Sequence[str]

    def __str__(self) -> str:
        where = f"{self.point.side} {self.killed_at}" if self.killed_at else "never reached"
        return "\n  ".join([f"{self.point} ({where})", *self.problems])


class Trials:
    """Runs the scenarios. All futures are of the same few threads, so waiting for one never keeps another from running."""

    def __init__(self, lanes: Sequence[Lane], scenarios: Iterable[Scenario]) -> None:
        self._lanes: queue.SimpleQueue[Lane] = queue.SimpleQueue()
        for lane in lanes:
            self._lanes.put(lane)
        self._pool = ThreadPoolExecutor(max_workers=len(lanes), thread_name_prefix="lane")
        self._undisturbed = {scenario.name: self._pool.submit(self._run, scenario, None) for scenario in scenarios}

    def undisturbed(self, scenario: Scenario) -> Run:
        """Return the run in which nothing is killed. Raises RunError if it does not end."""
        return self._undisturbed[scenario.name].result()

    def submit(self, scenario: Scenario, point: Point) -> Future[Trial]:
        """Have a point tried."""
        return self._pool.submit(self._try, scenario, point)

    def close(self) -> None:
        """Drop what has not begun, and wait for the rest."""
        self._pool.shutdown(cancel_futures=True)

    def _try(self, scenario: Scenario, point: Point) -> Trial:
        expected = self.undisturbed(scenario)
        try:
            run = self._run(scenario, point)
        except (RunError, ProcessError, OSError) as error:
            # OSError: the simulated AWS does not answer its own side door. One point is lost by it, not the hour before.
            return Trial(point, "?", [f"{type(error).__name__}: {error}"])
        differences = expected.end.differences(run.end)
        if differences:
            differences.append(f"logs: {', '.join(str(file) for file in run.log_files)}")
            differences.append(f"the calls before it was killed: {', '.join(map(name_of, run.calls))}")
        return Trial(point, name_of(run.killed_at) if run.killed_at else "", differences)

    def _run(self, scenario: Scenario, point: Point | None) -> Run:
        lane = self._lanes.get()
        try:
            return lane.run(scenario, point)
        finally:
            self._lanes.put(lane)


@contextmanager
def trials(world: World, scenarios: Iterable[Scenario], *, count: int = LANES) -> Iterator[Trials]:
    """Run trials of these scenarios in namespaces of their own, which are removed at the end."""
    namespaces = [f"crash-lane-{number}-{secrets.token_hex(3)}" for number in range(count)]
    make_namespaces(world.control_plane, namespaces)
    lanes = [Lane(world, namespace) for namespace in namespaces]
    running = Trials(lanes, scenarios)
    try:
        yield running
    finally:
        running.close()
        for lane in lanes:
            lane.close()
        world.control_plane.kubectl("delete", "namespace", *namespaces, "--wait=false")
