"""One running Airflow: its components as processes, each with a log of its own, and each started again when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mwaa_sandbox.airflow.real.component import Component
from mwaa_sandbox.airflow.real.guard import Guard
from mwaa_sandbox.airflow.real.installation import Installation
from mwaa_sandbox.airflow.real.upstream import REMOTE_USER, Upstream
from mwaa_sandbox.airflow.seam import CommandResult, Role
from mwaa_sandbox.cluster.ports import LOOPBACK

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
_TASK_API = "/execution/health"
"""In Airflow 3 the first call of a task's takes seconds to answer, and tasks of 3.0 do not wait for that long."""

_NEEDED = {2: ("metadatabase", "scheduler"), 3: ("metadatabase", "scheduler", "dag_processor")}
_COMMAND_SECONDS = 300.0
_PROBE_SECONDS = 10.0
_LEAVING_SECONDS = 3.0
"""Enough to say goodbye in the database. The web server of Airflow 3 waits for its clients, the scheduler for its tasks."""

_SIGN_IN_BY_HEADER = f"""
from flask_appbuilder.const import AUTH_REMOTE_USER

AUTH_TYPE = AUTH_REMOTE_USER
AUTH_REMOTE_USER_ENV_VAR = "HTTP_{REMOTE_USER.upper().replace("-", "_")}"
"""


class Instance:
    """An Airflow in a folder of its own (`home`), on a port that only this machine reaches."""

    def __init__(
        self,
        *,
        home: Path,
        port: int,
        secret: str,
        installation: Installation,
        variables: Mapping[str, str],
        guard: Guard,
    ) -> None:
        self.home = home
        self.port = port
        self.upstream = Upstream(port, installation.major, secret)
        self._major = installation.major
        self._secret = secret
        self._installation = installation
        path = (
            *map(str, installation.programs),
            variables.get("PATH", os.defpath),
        )  # executors start tasks as `airflow`
        self._variables = {**variables, "PATH": os.pathsep.join(path)}
        self._components: list[Component] = []
        self._guard = guard

    def start(self, levels: Mapping[str, str], *, without: Sequence[str] = ()) -> None:
        """Start all components; `levels` are their log levels. Returns at once."""
        self._prepare()
        for name, command in _COMMANDS[self._major].items():
            if name in without:
                continue
            component = Component(
                name,
                [self._installation.python, "-m", "airflow", *command],
                env={**self._variables, "AIRFLOW__LOGGING__LOGGING_LEVEL": levels.get(name, "INFO")},
                log_file=self.log_file(name),
                home=self.home,
                guard=self._guard,
            )
            component.start()
            self._components.append(component)

    def log_file(self, component: str) -> Path:
        """Return where a component writes."""
        return self.home / "components" / f"{component}.log"

    def tend(self, now: float) -> list[str]:
        """Start again what has ended by itself, ever more slowly if it does so often; return what there is to tell.

        `now` is in seconds of any clock that does not go back.
        """
        return [told for component in self._components if (told := component.tend(now)) is not None]

    def has_lost_its_port(self) -> bool:
        """Whether the web server has ended and somebody else listens on its port, so that it cannot be started again there."""
        web = next(component for component in self._components if component.name == WEB)
        return web.process.poll() is not None and _is_taken(self.port)

    def is_ready(self) -> bool:
        """Whether all that runs DAGs is healthy."""
        try:
            reply = self.upstream.call("GET", _HEALTH[self._major], timeout=_PROBE_SECONDS)
            health = json.loads(reply.body) if reply.status == 200 else {}
            if self._major > 2:
                self.upstream.call("GET", _TASK_API, timeout=_PROBE_SECONDS)
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
        """End all components; safe to repeat. What they have started otherwise is for the guard to end."""
        for component in self._components:
            with contextlib.suppress(ProcessLookupError):
                component.process.send_signal(15)
        for component in self._components:
            component.process.stop(_LEAVING_SECONDS)
        self._components = []

    def _prepare(self) -> None:
        for folder in ("dags", "plugins", "logs", "components"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        passwords = {role.value: self._secret for role in Role if role is not Role.PUBLIC}
        (self.home / "passwords.json").write_text(json.dumps(passwords))
        (self.home / "webserver_config.py").write_text(_SIGN_IN_BY_HEADER)


def _is_taken(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((LOOPBACK, port)) == 0
