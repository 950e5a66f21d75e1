"""Keeps the Airflow of one environment as the environment is: started, restarted, fed with DAGs, and at last ended.

All of it happens in one thread of its own, in rounds. What others ask comes in by `want` and `wait_until_ready`.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mwaa_sandbox.airflow.bucket import DagFiles, Objects
from mwaa_sandbox.airflow.real import code, configuration, installation, packages, startup_script
from mwaa_sandbox.airflow.real.database import Database, DatabaseError
from mwaa_sandbox.airflow.real.guard import Guard
from mwaa_sandbox.airflow.real.installation import Installation
from mwaa_sandbox.airflow.real.instance import SCHEDULER, TRIGGERER, Instance
from mwaa_sandbox.airflow.real.log_shipping import MODULE_OF, WITH_CONTAINERS, LogShipping
from mwaa_sandbox.airflow.real.log_sink import LogSink
from mwaa_sandbox.airflow.real.requirements import with_requirements
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings
from mwaa_sandbox.cluster.ports import free_ports
from mwaa_sandbox.cluster.progress import Progress
from mwaa_sandbox.process import clean_environment

SYNC_SECONDS = 30.0
"""How often MWAA looks for new DAG files, in AWS-time (mwaa-behaviour.md §3.4)."""

_ROUND_SECONDS = 0.5
_REBUILT_BY = (
    "AirflowVersion",
    "AirflowConfigurationOptions",
    "EnvironmentClass",
    "LoggingConfiguration",
    "MaxWorkers",
    "PluginsS3ObjectVersion",
    "PluginsS3Path",
    "RequirementsS3ObjectVersion",
    "RequirementsS3Path",
    "SourceBucketArn",
    "StartupScriptS3ObjectVersion",
    "StartupScriptS3Path",
)
"""Settings whose change makes new containers of it. MWAA makes new ones in every update; what these leave alone shows nothing."""


@dataclass(frozen=True)
class Means:
    """What all runners share.

    `variables_of` returns those by which an environment's tasks reach the simulated AWS, `online` whether its workers reach the
    internet, and `database` a database, by the folder of the environment and a name that no other one has.
    """

    clock: ScaledClock
    dag_files: DagFiles
    objects: Objects
    sink: LogSink
    variables_of: Callable[[Environment], Mapping[str, str]]
    online: Callable[[Environment], bool]
    database: Callable[[Path, str], Database]
    folder: Path
    progress: Progress


class Runner:
    """The Airflow of one environment."""

    def __init__(self, environment: Environment, means: Means, *, secret: str) -> None:
        self._means = means
        self._secret = secret
        self._home = means.folder / f"{environment.name}-{secret[:8]}"
        self._database = means.database(self._home, f"mwaa_sandbox_{secret[:12]}")
        self._wanted: Environment | None = environment
        self._built_for: Settings | None = None
        self._anew = False
        self._instance: Instance | None = None
        self._guard: Guard | None = None
        self._ready = threading.Event()
        self._wake = threading.Event()
        self._problem: str | None = None
        self._folder, self._shipping = code.DagFolder(self._home / "dags"), LogShipping(self._home)
        self._synchronised_at: float | None = None
        self._thread = threading.Thread(target=self._work, name=f"airflow-{environment.name}", daemon=True)
        self._thread.start()

    def want(self, environment: Environment | None) -> None:
        """Say what the environment is now; None ends its Airflow. Returns at once."""
        self._wanted = environment
        if environment is None or self._is_outdated(environment):
            self._ready.clear()
        self._wake.set()

    def wait_until_ready(self, seconds: float) -> Instance | str:
        """Return the running Airflow, or after that time why there is none."""
        if self._ready.wait(seconds) and self._instance is not None:
            return self._instance
        return self._problem or "Airflow is starting"

    def is_busy(self) -> bool:
        """Whether there is still something of it that has to end."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait until an Airflow that is not wanted any more has ended."""
        self._thread.join()

    def _work(self) -> None:
        try:
            while (environment := self._wanted) is not None:
                if self._is_outdated(environment):
                    self._rebuild(environment)
                self._round(environment)
                self._wake.wait(_ROUND_SECONDS)
                self._wake.clear()
        finally:
            self._stop()
        with contextlib.suppress(DatabaseError):  # the server has gone before us
            self._clear()

    def _is_outdated(self, environment: Environment) -> bool:
        built = self._built_for
        return (
            self._anew
            or built is None
            or any(built.get(name) != environment.settings.get(name) for name in _REBUILT_BY)
        )

    def _stop(self) -> None:
        self._ready.clear()
        if self._instance is not None:
            self._instance.stop()
            self._instance = None
        if self._guard is not None:
            self._guard.release()
            self._guard = None

    def _clear(self) -> None:
        """Forget all that an Airflow has left."""
        shutil.rmtree(self._home, ignore_errors=True)
        self._folder, self._shipping = code.DagFolder(self._home / "dags"), LogShipping(self._home)
        self._database.remove()

    def _rebuild(self, environment: Environment) -> None:
        self._stop()
        settings = environment.settings
        before, self._built_for, self._anew = self._built_for, settings, False
        self._problem = None
        self._ending = f"ip-10-192-20-10.{environment.region}.compute.internal_{self._means.clock.wall():.7f}.log"
        try:
            if before is not None and before["AirflowVersion"] != settings["AirflowVersion"]:
                self._clear()  # the metadata of another version
            self._instance = self._started(environment)
        except (installation.InstallationError, DatabaseError, packages.PackagesError, OSError) as error:
            self._fail(environment, str(error))

    def _started(self, environment: Environment) -> Instance:
        settings, means = environment.settings, self._means
        self._guard = Guard(self._home)
        self._fetch(environment)
        port = free_ports(1)[0]
        place = configuration.Place(self._home, port, self._secret, means.clock.time_scale, self._database)
        reached = clean_environment(**means.variables_of(environment), **self._guard.mark)
        exported = self._startup(environment, {**reached, **configuration.variables(settings, place, {})})
        installed = self._installed(environment, self._guard.mark)
        self._database.make(installed)
        instance = Instance(
            home=self._home,
            port=port,
            secret=self._secret,
            installation=installed,
            variables={**reached, **configuration.variables(settings, place, exported)},
            guard=self._guard,
        )
        means.progress(f"Starting Airflow {installed.version} of {environment.name}")
        triggerer = settings["AirflowConfigurationOptions"].get("mwaa.triggerer_enabled", "True").lower() != "false"
        instance.start(_levels(settings), without=() if triggerer else (TRIGGERER,))
        return instance

    def _fetch(self, environment: Environment) -> None:
        """Bring the files from the bucket that a start needs; the DAGs are synchronised from here on."""
        wrong = code.unpack_plugins(self._means.objects(environment.settings, "Plugins"), self._home / "plugins")
        if wrong is not None:
            self._tell(environment, "plugins_install", [wrong])
        self._synchronised_at = None
        self._synchronise(environment)

    def _installed(self, environment: Environment, mark: Mapping[str, str]) -> Installation:
        base = installation.installed(environment.settings["AirflowVersion"], progress=self._means.progress)
        listed = self._means.objects(environment.settings, "Requirements")
        content = "" if listed is None else listed.decode("utf-8", "replace")
        if not content.strip():
            return base
        installed = with_requirements(
            base,
            content,
            home=self._home,
            online=self._means.online(environment),
            mark=mark,
            progress=self._means.progress,
        )
        self._tell(environment, "requirements_install", list(installed.log))
        return installed

    def _startup(self, environment: Environment, variables: Mapping[str, str]) -> Mapping[str, str]:
        script = self._means.objects(environment.settings, "StartupScript")
        if script is None:
            return {}
        self._home.mkdir(parents=True, exist_ok=True)
        path = self._home / "startup.sh"
        path.write_bytes(script)
        run = startup_script.run(path, variables=variables, scratch=self._home / "startup.env")
        self._tell(environment, "startup_script_execution", [*run.lines, f"Exit code: {run.exit_code}"])
        return run.exported

    def _round(self, environment: Environment) -> None:
        instance = self._instance
        if instance is None:
            return
        self._synchronise(environment)
        for module, stream, lines in self._shipping.news(self._ending):
            self._means.sink(environment, module, stream, lines)
        ended = instance.tend(time.monotonic())
        for told in ended:
            self._means.progress(f"{environment.name}: {told}")
        if not ended and instance.has_lost_its_port():
            self._means.progress(f"Somebody else listens on port {instance.port}: {environment.name} takes another one")
            self._anew = True
            return
        if not self._ready.is_set() and instance.is_ready() and not self._is_outdated(self._wanted or environment):
            self._means.progress(f"Airflow of {environment.name} is ready")
            self._ready.set()

    def _synchronise(self, environment: Environment) -> None:
        now = self._means.clock.now()
        if self._synchronised_at is None or now - self._synchronised_at >= SYNC_SECONDS:
            self._folder.synchronise(self._means.dag_files(environment))
            self._synchronised_at = now

    def _fail(self, environment: Environment, problem: str) -> None:
        self._stop()
        self._problem = problem
        self._means.progress(f"There is no Airflow of {environment.name}: {problem}")
        self._tell(environment, "airflow", problem.splitlines())

    def _tell(self, environment: Environment, what: str, lines: list[str]) -> None:
        for module in WITH_CONTAINERS:
            self._means.sink(environment, module, f"{what}_{self._ending}", lines)


def _levels(settings: Settings) -> dict[str, str]:
    """Return the log level of each component: that of its module, if that is enabled. Tasks run with the scheduler."""
    modules = settings["LoggingConfiguration"]
    enabled = {name: str(one["LogLevel"]) for name, one in modules.items() if one["Enabled"]}
    levels = {component: enabled[module] for component, module in MODULE_OF.items() if module in enabled}
    with_tasks = [enabled[module] for module in (MODULE_OF[SCHEDULER], "TaskLogs") if module in enabled]
    if with_tasks:
        levels[SCHEDULER] = min(with_tasks, key=logging.getLevelNamesMapping().__getitem__)
    return levels
