"""One running Airflow: its components as processes, each with a log of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mwaa_sandbox.airflow.real.guard import Guard
from mwaa_sandbox.airflow.real.installation import Installation
from mwaa_sandbox.airflow.real.upstream import REMOTE_USER, Upstream
from mwaa_sandbox.airflow.seam import CommandResult, Role
from mwaa_sandbox.process import ManagedProcess

WEB, SCHEDULER, DAG_PROCESSOR, TRIGGERER = "webserver", "scheduler", "dag-processor", "triggerer"
_COMMANDS = {
    2: {
        WEB: ("webserver",),
        SCHEDULER: ("scheduler", "--skip-serve-logs"),
        TRIGGERER: ("triggerer", "--skip-serve-logs"),
    },
    3: {
        WEB: ("api-server",),
        SCHEDULER: ("scheduler", "--skip-serve-logs"),
        DAG_PROCESSOR: ("dag-processor",),
        TRIGGERER: ("triggerer", "--skip-serve-logs"),
    },
}
_HEALTH = {2: "/health", 3: "/api/v2/monitor/health"}
_NEEDED = {2: ("metadatabase", "scheduler"), 3: ("metadatabase", "scheduler", "dag_processor")}
_COMMAND_SECONDS = 50.0
_PROBE_SECONDS = 10.0
_SIGN_IN_BY_HEADER = f"""
from flask_appbuilder.const import AUTH_REMOTE_USER

AUTH_TYPE = AUTH_REMOTE_USER
AUTH_REMOTE_USER_ENV_VAR = "HTTP_{REMOTE_USER.upper().replace("-", "_")}"
"""


class Instance:
    """An Airflow in a folder of its own (`home`), on a port that only this machine reaches."""

    def __init__(
        self, *, home: Path, port: int, secret: str, installation: Installation, variables: Mapping[str, str]
    ) -> None:
        self.home = home
        self.upstream = Upstream(port, self._major_of(installation), secret)
        self._major = self._major_of(installation)
        self._secret = secret
        self._installation = installation
        programs = str(installation.python.parent)  # executors start tasks as `airflow`
        self._variables = {**variables, "PATH": os.pathsep.join((programs, variables.get("PATH", os.defpath)))}
        self._processes: dict[str, ManagedProcess] = {}
        self._guard: Guard | None = None

    def start(self, levels: Mapping[str, str], *, without: Sequence[str] = ()) -> None:
        """Start all components; `levels` are their log levels. Returns at once."""
        self._prepare()
        self._guard = Guard()
        for name, command in _COMMANDS[self._major].items():
            if name in without:
                continue
            self._processes[name] = ManagedProcess(
                [self._installation.python, "-m", "airflow", *command],
                env={**self._variables, "AIRFLOW__LOGGING__LOGGING_LEVEL": levels.get(name, "INFO")},
                log_file=self.log_file(name),
                name=f"Airflow's {name}",
                cwd=self.home,
            )
            self._guard.watch(self._processes[name].pid)

    def log_file(self, component: str) -> Path:
        """Return where a component writes."""
        return self.home / "components" / f"{component}.log"

    def is_ready(self) -> bool:
        """Whether all that runs DAGs is healthy.

        Raises:
            ProcessError: when a component has ended by itself.
        """
        for process in self._processes.values():
            process.raise_if_ended()
        try:
            reply = self.upstream.call("GET", _HEALTH[self._major], timeout=_PROBE_SECONDS)
            health = json.loads(reply.body) if reply.status == 200 else {}
        except (OSError, ValueError):
            return False
        return all(health.get(component, {}).get("status") == "healthy" for component in _NEEDED[self._major])

    def run(self, words: Sequence[str]) -> CommandResult:
        """Run a command of the CLI beside the components."""
        try:
            ended = subprocess.run(
                [str(self._installation.python), "-m", "airflow", *words],
                check=False,
                cwd=self.home,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return CommandResult(124, stderr=f"The command was ended after {_COMMAND_SECONDS:g} seconds\n")
        return CommandResult(ended.returncode, ended.stdout, ended.stderr)

    def stop(self) -> None:
        """End all components and whatever they have started; safe to repeat."""
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(15)
        for process in self._processes.values():
            process.stop()
        self._processes = {}
        if self._guard is not None:
            self._guard.release()
            self._guard = None

    def _prepare(self) -> None:
        for folder in ("dags", "plugins", "logs", "components"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        if not (self.home / "airflow.db").exists():
            shutil.copyfile(self._installation.database, self.home / "airflow.db")
        passwords = {role.value: self._secret for role in Role if role is not Role.PUBLIC}
        (self.home / "passwords.json").write_text(json.dumps(passwords))
        (self.home / "webserver_config.py").write_text(_SIGN_IN_BY_HEADER)

    @staticmethod
    def _major_of(installation: Installation) -> int:
        return int(installation.version.partition(".")[0])
