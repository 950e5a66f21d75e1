"""One Airflow in memory: its DAGs, as last synchronised from the bucket, and their runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.airflow.bucket import BucketFile, DagFiles
from mwaa_sandbox.airflow.light import problems, reading
from mwaa_sandbox.airflow.light.reading import DagDefinition, FileReading
from mwaa_sandbox.airflow.light.runs import Run, RunScript
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

SYNC_SECONDS = 30.0
"""How often MWAA looks for new DAG files, in AWS-time (mwaa-behaviour.md §3.4)."""

DAGS_FOLDER = "/usr/local/airflow/dags"


@dataclass(frozen=True)
class Dag:
    """A DAG that is there now. `unpaused_at` is AWS-time, None while it is paused."""

    definition: DagDefinition
    path: str
    unpaused_at: float | None

    @property
    def dag_id(self) -> str:
        return self.definition.dag_id

    @property
    def is_paused(self) -> bool:
        return self.unpaused_at is None


@dataclass(frozen=True)
class BrokenFile:
    """A file that could not be imported. `noticed_at` is AWS-time."""

    number: int
    path: str
    text: str
    noticed_at: float


@dataclass
class LightAirflow:
    """All state of one environment's Airflow. Callers hold `lock`, after which `catch_up` comes first."""

    clock: ScaledClock
    files: DagFiles
    lock: threading.RLock = field(default_factory=threading.RLock)
    health: dict[str, str] = field(default_factory=dict)
    """Statuses of components that are not `healthy`."""
    scripts: list[tuple[str, RunScript]] = field(default_factory=list)
    """How the next runs go: DAG id (`*`: any) and script, each for one run."""
    variables: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._readings: dict[str, tuple[str, FileReading]] = {}
        self._errors: dict[str, BrokenFile] = {}
        self._errors_so_far = 0
        self._unpaused_at: dict[str, float | None] = {}
        self._dags: dict[str, Dag] = {}
        self._runs: dict[tuple[str, str], Run] = {}
        self._synchronised_at: float | None = None

    # ---- what is there ----

    def catch_up(self, environment: Environment) -> None:
        """Synchronise the DAGs, if it is time for that, and let the scheduler do what has become due."""
        now = self.clock.now()
        if self._synchronised_at is None or now - self._synchronised_at >= SYNC_SECONDS:
            self._synchronise(environment, now)
            self._synchronised_at = now
        for run in self._runs.values():
            run.schedule(now=now, unpaused_at=self._unpaused_at.get(run.dag_id))

    def dags(self) -> list[Dag]:
        return [self._dags[dag_id] for dag_id in sorted(self._dags)]

    def dag(self, dag_id: str) -> Dag:
        """Raises Problem when there is no such DAG."""
        if dag_id not in self._dags:
            raise problems.no_dag(dag_id)
        return self._dags[dag_id]

    def import_errors(self) -> list[BrokenFile]:
        return sorted(self._errors.values(), key=lambda error: error.number)

    def runs(self, dag_id: str) -> list[Run]:
        """Return a DAG's runs, oldest first; `~` means those of all DAGs."""
        if dag_id != "~":
            self.dag(dag_id)
        return [run for run in self._runs.values() if dag_id in {"~", run.dag_id}]

    def run(self, dag_id: str, run_id: str) -> Run:
        """Raises Problem when there is no such run."""
        if (dag_id, run_id) not in self._runs:
            raise problems.no_run(dag_id, run_id)
        return self._runs[dag_id, run_id]

    def wall_of(self, key: str, moment: float, stamps: dict[str, float]) -> float:
        """Return an AWS-time in wall time. The first answer is kept in `stamps` under `key`, and given again."""
        if key not in stamps:
            scale = self.clock.time_scale
            passed = (self.clock.now() - moment) / scale if scale > 0 else 0.0
            stamps[key] = self.clock.wall() - max(passed, 0.0)
        return stamps[key]

    # ---- what can be done ----

    def pause(self, dag_id: str, *, paused: bool) -> Dag:
        """Pause or unpause a DAG."""
        was = self.dag(dag_id)
        if paused or was.is_paused:
            self._unpaused_at[dag_id] = None if paused else self.clock.now()
            self._dags[dag_id] = Dag(was.definition, was.path, self._unpaused_at[dag_id])
        return self._dags[dag_id]

    def trigger(self, dag_id: str, run_id: str, **members: Any) -> Run:
        """Queue a run of a DAG. Raises Problem when there is one of that id, or no such DAG."""
        dag = self.dag(dag_id)
        if (dag_id, run_id) in self._runs:
            raise problems.run_exists(dag_id, run_id)
        run = Run(dag_id, run_id, dag.definition.tasks, self.clock.now(), self._script(dag_id), **members)
        self.wall_of("queued", run.queued_at, run.stamps)
        self._runs[dag_id, run_id] = run
        return run

    def set_state(self, run: Run, state: str) -> None:
        """Set a run's state by hand, as by PATCH."""
        if state == "queued":
            run.decided, run.started_at, run.queued_at = None, None, self.clock.now()
            run.stamps.clear()
        else:
            run.decided = (state, self.clock.now())

    def remove_run(self, run: Run) -> None:
        del self._runs[run.dag_id, run.run_id]

    # ---- helpers ----

    def _script(self, dag_id: str) -> RunScript:
        for position, (meant, script) in enumerate(self.scripts):
            if meant in {"*", dag_id}:
                del self.scripts[position]
                return script
        return RunScript()

    def _synchronise(self, environment: Environment, now: float) -> None:
        files = {path: file for path, file in self.files(environment).items() if path.endswith(".py")}
        self._readings = {path: self._read(path, file) for path, file in files.items()}
        options: Mapping[str, str] = environment.settings["AirflowConfigurationOptions"]
        paused = options.get("core.dags_are_paused_at_creation", "True").lower() not in {"false", "0"}
        self._dags = {}
        for path, (_, found) in self._readings.items():
            self._note_error(path, found.error, now)
            for definition in found.dags:
                wanted = definition.paused_upon_creation
                begins_paused = paused if wanted is None else wanted
                unpaused_at = self._unpaused_at.setdefault(definition.dag_id, None if begins_paused else now)
                self._dags[definition.dag_id] = Dag(definition, path, unpaused_at)
        self._errors = {path: error for path, error in self._errors.items() if path in self._readings}

    def _read(self, path: str, file: BucketFile) -> tuple[str, FileReading]:
        known = self._readings.get(path)
        if known is not None and known[0] == file.fingerprint:
            return known
        return file.fingerprint, reading.read(file.read(), path=f"{DAGS_FOLDER}/{path}")

    def _note_error(self, path: str, text: str | None, now: float) -> None:
        known = self._errors.get(path)
        if text is None:
            self._errors.pop(path, None)
        elif known is None or known.text != text:
            self._errors_so_far += 1
            self._errors[path] = BrokenFile(self._errors_so_far, path, text, now)
