"""Writes what an environment's containers said into moto's log groups, when a create or update comes to its end (§8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.judging.network import Network
from mwaa_sandbox.aws.judging.verdict import Flaw, Part, has_internet
from mwaa_sandbox.aws.logs import airflow, containers, files, requirements, startup_script
from mwaa_sandbox.aws.moto_surroundings import MotoSurroundings
from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Status

_BOOTS_KEPT = 3
_MUTE = {Part.NETWORK, Part.LOG_GROUP}
"""Flaws after which nothing reaches CloudWatch at all."""


class LogWriter:
    """A witness of the simulation (`mwaa.simulation.Witness`)."""

    def __init__(self, clock: ScaledClock, lock: threading.RLock, surroundings: MotoSurroundings) -> None:
        self._clock = clock
        self._lock = lock
        self._surroundings = surroundings

    def __call__(self, before: Environment | None, after: Environment | None) -> None:
        """Write at the moment when an environment was built anew, for better or worse."""
        if before is None or after is None or before.operation is None:
            return
        if before.operation.kind not in {OperationKind.CREATE, OperationKind.UPDATE}:
            return
        ended = after.operation is None and before.status is not Status.ROLLING_BACK
        if ended or (after.status is Status.ROLLING_BACK and before.status is not Status.ROLLING_BACK):
            settings = before.operation.settings or before.settings
            failed = after.status is not Status.AVAILABLE
            with self._lock:
                self._write(after, settings, failed=failed)

    def _write(self, environment: Environment, settings: Settings, *, failed: bool) -> None:
        groups = self._groups(environment, settings)
        network = self._surroundings.network(settings, account=environment.account, region=environment.region)
        if not groups or network is None:
            return
        flaws = self._surroundings.flaws(settings, environment=environment) if failed else []
        if any(flaw.part in _MUTE or flaw.action.startswith("logs:") for flaw in flaws):
            return
        boot = _Boot(environment, settings, network, flaws, self._clock.wall())
        for module, group in groups.items():
            for stream, lines in boot.streams(module):
                _put(group, stream, lines, at=boot.at)

    def _groups(self, environment: Environment, settings: Settings) -> dict[str, Any]:
        logs = get_backend("logs")[environment.account][environment.region]
        names = {
            module: identifiers.log_group_name(environment.name, module)
            for module, configuration in settings["LoggingConfiguration"].items()
            if configuration["Enabled"]
        }
        return {module: logs.groups[name] for module, name in names.items() if name in logs.groups}


class _Boot:
    """One start of all containers, and what they say."""

    def __init__(
        self, environment: Environment, settings: Settings, network: Network, flaws: list[Flaw], at: float
    ) -> None:
        self.at = at
        self._environment = environment
        self._settings = settings
        self._network = network
        self._flaws = flaws

    def streams(self, module: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the streams of a log module: name and lines."""
        if module == "DagProcessingLogs" and not self._flaws:
            count = files.dag_count(self._settings)
            yield "dag-processor-manager.log", self._airflow(airflow.dag_processor(count))
        for number, (component, of_module) in enumerate(containers.COMPONENTS.items()):
            if of_module == module:
                yield from self._container(component, number)

    def _container(self, component: str, number: int) -> Iterator[tuple[str, list[str]]]:
        address = str(self._network.cidrs[number % 2][10 + number]).replace(".", "-")
        host = f"ip-{address}.{self._environment.region}.compute.internal"
        ending = f"{host}_{self.at + number / 1000:.7f}.log"  # IMG, mwaa/logging/cloudwatch_handlers.py
        internet = containers.online(component, self._settings, self._network)
        script = files.content(self._settings, "StartupScript")
        if script is not None:
            run = startup_script.run(script, internet=internet)
            yield f"startup_script_execution_{ending}", list(run.lines)
            if run.failed:
                yield f"{component}_{ending}", self._airflow(airflow.unhealthy())
                return
        wanted = files.content(self._settings, "Requirements")
        if wanted is not None:
            version = self._settings["AirflowVersion"]
            lines = requirements.install(wanted, airflow_version=version, internet=internet)
            yield f"requirements_install_{ending}", lines
        yield f"{component}_{ending}", self._airflow(self._running(component, host))

    def _running(self, component: str, host: str) -> list[airflow.Line]:
        if any(flaw.part is Part.ADMISSION and "5432" in flaw.text for flaw in self._flaws):
            return airflow.no_database()
        denied = [flaw for flaw in self._flaws if flaw.part is Part.ROLE and flaw.action]
        if component == "scheduler":
            return [*airflow.scheduler(), *self._denials(denied)]
        if component == "webserver":
            return airflow.webserver()
        queue = identifiers.queue_arn(self._environment)
        lines = [*airflow.worker(host, queue), *self._denials(denied)]
        if self._cannot_call_the_web_server():
            lines += airflow.no_task_api(identifiers.webserver_host(self._environment))
        return lines

    def _denials(self, denied: list[Flaw]) -> list[airflow.Line]:
        role = self._settings["ExecutionRoleArn"]
        return [line for flaw in denied[:5] for line in airflow.access_denied(role, flaw.action, flaw.resource)]

    def _cannot_call_the_web_server(self) -> bool:
        """§3.6: Airflow 3, a public web server, and subnets that do not reach the internet."""
        return (
            self._settings["AirflowVersion"].startswith("3.")
            and self._settings["WebserverAccessMode"] == "PUBLIC_ONLY"
            and not has_internet(self._network)
        )

    def _airflow(self, lines: list[airflow.Line]) -> list[str]:
        return airflow.rendered(lines, airflow_version=self._settings["AirflowVersion"], at=self.at)


def _put(group: Any, stream: str, lines: list[str], *, at: float) -> None:
    """Write lines to a stream of moto's. Streams of long ago are dropped, so that an eventful life stays small."""
    if stream not in group.streams:
        group.create_log_stream(stream)
        kind = stream.partition("_ip-")[0]
        alike = [name for name in group.streams if name.partition("_ip-")[0] == kind]
        for old in alike[:-_BOOTS_KEPT]:
            group.delete_log_stream(old)
    events = [{"timestamp": int(at * 1000) + number, "message": line} for number, line in enumerate(lines)]
    group.put_log_events(stream, events)
