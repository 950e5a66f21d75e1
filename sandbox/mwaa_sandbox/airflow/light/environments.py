"""A light Airflow for each environment that somebody asks something of."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence

from mwaa_sandbox.airflow.bucket import DagFiles
from mwaa_sandbox.airflow.light import commands, rest, web
from mwaa_sandbox.airflow.light.instance import LightAirflow
from mwaa_sandbox.airflow.seam import (
    AirflowUser,
    CommandResult,
    DagCounts,
    RestAnswer,
    RestCall,
    TaskSpan,
    WebAnswer,
    WebRequest,
)
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.lifecycle import Environment


class LightAirflows:
    """An `Airflow` (see `seam`), and a witness of the simulation, so that a deleted environment's is forgotten."""

    def __init__(self, clock: ScaledClock, files: DagFiles) -> None:
        self._clock = clock
        self._files = files
        self._lock = threading.Lock()
        self._of: dict[str, LightAirflow] = {}

    def __call__(self, before: Environment | None, after: Environment | None) -> None:
        """Forget the Airflow of an environment that is gone."""
        if before is not None and after is None:
            with self._lock:
                self._of.pop(before.serial, None)

    def forget(self, account: str | None) -> None:
        """Forget the Airflows of an account's environments, or all of them."""
        with self._lock:
            self._of = {serial: one for serial, one in self._of.items() if account not in {None, serial.split("/")[1]}}

    def rest(self, environment: Environment, call: RestCall, user: AirflowUser) -> RestAnswer:
        with self.at(environment) as airflow:
            return rest.answer(airflow, str(environment.settings["AirflowVersion"]), call, user)

    def command(self, environment: Environment, words: Sequence[str]) -> CommandResult:
        with self.at(environment) as airflow:
            return commands.run(airflow, str(environment.settings["AirflowVersion"]), words)

    def web(self, environment: Environment, request: WebRequest, user: AirflowUser | None) -> WebAnswer:
        with self.at(environment) as airflow:
            return web.respond(airflow, str(environment.settings["AirflowVersion"]), request, user)

    def task_spans(self, environment: Environment) -> Sequence[TaskSpan]:
        """An Airflow of which nobody has asked anything has run nothing, and is not made for this."""
        with self._lock:
            known = environment.serial in self._of
        if not known:
            return ()
        with self.at(environment) as airflow:
            now = self._clock.now()
            return [span for run in airflow.runs("~") for span in run.spans(now)]

    def dag_counts(self, environment: Environment) -> DagCounts:
        with self.at(environment) as airflow:
            return DagCounts(len(airflow.dags()), len(airflow.import_errors()))

    @contextlib.contextmanager
    def at(self, environment: Environment) -> Iterator[LightAirflow]:
        """Hold an environment's Airflow, caught up with the clock and the bucket."""
        with self._lock:
            airflow = self._of.get(environment.serial)
            if airflow is None:
                airflow = self._of[environment.serial] = LightAirflow(self._clock, self._files)
        with airflow.lock:
            airflow.catch_up(environment)
            yield airflow
