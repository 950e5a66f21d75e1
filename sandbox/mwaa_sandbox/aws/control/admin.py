"""The admin API under `/_sandbox/`: JSON in, JSON out.

What each path does is written in `AdminClient`; this module routes, and turns mistakes into answers that
say what to write instead (400), what is not there (404) and what cannot be now (409).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from mwaa_sandbox.airflow.light import scripting
from mwaa_sandbox.airflow.light.environments import LightAirflows
from mwaa_sandbox.airflow.real.environments import RealAirflows
from mwaa_sandbox.aws.control import documents
from mwaa_sandbox.aws.control.call_log import CallLog
from mwaa_sandbox.aws.control.faults import Faults
from mwaa_sandbox.aws.control.fleet_admin import FleetAdmin
from mwaa_sandbox.aws.control.latency import Latency
from mwaa_sandbox.aws.fleet.fleets import Fleets
from mwaa_sandbox.aws.iam.enforcement import Enforcement
from mwaa_sandbox.aws.mwaa import hosts, identifiers, surgery, web_access
from mwaa_sandbox.aws.mwaa.backend import MwaaBackend
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.errors import ResourceNotFoundError, ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

_ENVIRONMENT = r"environments/(?P<account>\d{12})/(?P<region>[a-z0-9-]+)/(?P<name>[^/]+)"


class Admin:
    """Everything that can be done to the simulator while it runs."""

    def __init__(
        self,
        *,
        backends: MwaaBackends,
        faults: Faults,
        latency: Latency,
        calls: CallLog,
        enforcement: Enforcement,
        airflows: LightAirflows,
        fleets: Fleets,
        moto_lock: threading.RLock,
    ) -> None:
        self._backends = backends
        self._simulation = backends.simulation
        self._faults = faults
        self._latency = latency
        self._calls = calls
        self._enforcement = enforcement
        self.airflows: LightAirflows | RealAirflows = airflows
        self._moto_lock = moto_lock
        self._fleet = FleetAdmin(backends, fleets)
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = [
            (method, re.compile(pattern), handler)
            for method, pattern, handler in (
                ("GET", r"health", self._health),
                ("GET", r"clock", self._clock),
                ("PUT", r"clock", self._set_clock),
                ("POST", r"clock/advance", self._advance),
                ("POST", r"outcomes", self._script),
                ("GET", r"environments", self._environments),
                ("GET", _ENVIRONMENT, self._environment),
                ("PATCH", _ENVIRONMENT, self._change),
                ("DELETE", _ENVIRONMENT, self._remove),
                ("POST", rf"{_ENVIRONMENT}/maintenance", self._maintain),
                ("GET", rf"{_ENVIRONMENT}/webserver", self._webserver),
                ("POST", rf"{_ENVIRONMENT}/runs", self._script_runs),
                ("PUT", rf"{_ENVIRONMENT}/health", self._set_airflow_health),
                ("GET", r"faults", self._faults_in_force),
                ("POST", r"faults", self._add_fault),
                ("DELETE", r"faults", self._clear_faults),
                ("DELETE", r"faults/(?P<fault_id>\d+)", self._remove_fault),
                ("PUT", r"latency", self._set_latency),
                ("PUT", r"enforcement", self._enforce),
                ("DELETE", r"enforcement", self._end_enforcement),
                ("GET", r"calls", self._list_calls),
                ("DELETE", r"calls", self._clear_calls),
                ("GET", r"calls/counters", self._counters),
                ("GET", r"durations", self._durations),
                ("PUT", r"durations", self._set_durations),
                ("GET", r"settings", self._settings),
                ("PUT", r"settings", self._set_settings),
                ("POST", r"reset", self._reset),
            )
        ]
        self._routes += self._fleet.routes(_ENVIRONMENT)

    def handle(self, method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and the JSON body of the answer."""
        try:
            status, content = 200, self._route(method, path, query, body)
        except (ResourceNotFoundError, LookupError) as error:
            status, content = 404, {"error": str(error.args[0])}
        except ValidationError as error:
            status, content = 409, {"error": error.message}
        except (ValueError, TypeError) as error:
            status, content = 400, {"error": str(error)}
        return status, json.dumps(content).encode()

    def _route(self, method: str, path: str, query: str, body: bytes) -> Any:
        for wanted, pattern, handler in self._routes:
            if method == wanted and (found := pattern.fullmatch(path)):
                return handler(query=dict(parse_qsl(query)), body=body, **found.groupdict())
        raise LookupError(f"there is no {method} /_sandbox/{path}")

    # ---- time ----

    def _health(self, **_: Any) -> Any:
        return {"status": "ok"}

    def _clock(self, **_: Any) -> Any:
        clock = self._simulation.clock
        return {"timeScale": clock.time_scale, "now": clock.now(), "wall": clock.wall()}

    def _set_clock(self, *, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known={"timeScale", "now"})
        clock = self._simulation.clock
        if "now" in content:
            clock.advance(float(content["now"]) - clock.now())
        if "timeScale" in content:
            clock.set_time_scale(float(content["timeScale"]))
        return self._clock()

    def _advance(self, *, body: bytes, **_: Any) -> Any:
        self._simulation.clock.advance(float(documents.read(body, known={"seconds"}).get("seconds", 0)))
        return self._clock()

    def _durations(self, **_: Any) -> Any:
        return documents.durations_document(self._simulation.durations)

    def _set_durations(self, *, body: bytes, **_: Any) -> Any:
        self._simulation.durations = documents.durations(body, self._simulation.durations)
        return self._durations()

    # ---- environments ----

    def _script(self, *, body: bytes, **_: Any) -> Any:
        with self._backends.lock:
            self._simulation.scripts.add(documents.scripted_outcome(body))
        return {}

    def _environments(self, *, query: Mapping[str, str], **_: Any) -> Any:
        now, account = self._simulation.clock.now(), query.get("account")
        with self._backends.lock:
            backends = [one for one in self._backends.all() if account in {None, one.account}]
            return {"environments": [surgery.raw(one, now=now) for backend in backends for one in backend.present()]}

    def _environment(self, *, account: str, region: str, name: str, **_: Any) -> Any:
        with self._backends.lock:
            return self._raw(self._backends.of(account, region), name)

    def _change(self, *, account: str, region: str, name: str, body: bytes, **_: Any) -> Any:
        members = json.loads(body)
        with self._backends.lock:
            backend = self._backends.of(account, region)
            environment = backend.get_environment(name)
            backend.replace(surgery.changed(environment, members, now=self._simulation.clock.now()))
            return self._raw(backend, name)

    def _remove(self, *, account: str, region: str, name: str, **_: Any) -> Any:
        with self._backends.lock:
            self._backends.of(account, region).remove(name)
        return {}

    def _maintain(self, *, account: str, region: str, name: str, body: bytes, **_: Any) -> Any:
        seconds = documents.read(body, known={"durationSeconds"}).get("durationSeconds")
        with self._backends.lock:
            backend = self._backends.of(account, region)
            backend.start_maintenance(name, seconds=None if seconds is None else float(seconds))
            return self._raw(backend, name)

    def _raw(self, backend: MwaaBackend, name: str) -> Any:
        return surgery.raw(backend.get_environment(name), now=self._simulation.clock.now())

    # ---- Airflow ----

    def _webserver(self, *, account: str, region: str, name: str, **_: Any) -> Any:
        environment = self._present(account, region, name)
        up = environment.has_webserver and web_access.is_up(environment)
        host = identifiers.webserver_host(environment)
        return {"hostname": host, "localHostname": hosts.local_host(environment), "up": up}

    def _script_runs(self, *, account: str, region: str, name: str, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known=scripting.SCRIPT_MEMBERS)
        with self.airflows.at(self._present(account, region, name)) as airflow:
            scripting.script(airflow, content)
        return {}

    def _set_airflow_health(self, *, account: str, region: str, name: str, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known=set(scripting.COMPONENTS))
        with self.airflows.at(self._present(account, region, name)) as airflow:
            scripting.set_health(airflow, content)
        return {}

    def _present(self, account: str, region: str, name: str) -> Environment:
        with self._backends.lock:
            return self._backends.of(account, region).get_environment(name)

    # ---- faults and latency ----

    def _faults_in_force(self, **_: Any) -> Any:
        in_force = self._faults.in_force()
        return {"faults": [documents.fault_document(fault_id, fault) for fault_id, fault in in_force.items()]}

    def _add_fault(self, *, body: bytes, **_: Any) -> Any:
        return {"id": self._faults.add(documents.fault(body))}

    def _clear_faults(self, *, query: Mapping[str, str], **_: Any) -> Any:
        self._faults.clear(query.get("account"))
        return {}

    def _remove_fault(self, *, fault_id: str, **_: Any) -> Any:
        if not self._faults.remove(int(fault_id)):
            raise LookupError(f"there is no fault {fault_id} in force: it is removed, or used up")
        return {}

    def _set_latency(self, *, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known={"seconds", "service", "operation", "account", "environment"})
        self._latency.set(documents.selector(content), float(content.get("seconds", 0)))
        return {}

    # ---- permissions ----

    def _enforce(self, *, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known={"accessKey", "roleArn", "policies", "boundary"})
        self._enforcement.set(
            content.get("policies", []),
            access_key=content.get("accessKey"),
            role_arn=content.get("roleArn"),
            boundary=content.get("boundary"),
        )
        return {}

    def _end_enforcement(self, *, query: Mapping[str, str], **_: Any) -> Any:
        self._enforcement.clear(access_key=query.get("accessKey"), role_arn=query.get("roleArn"))
        return {}

    # ---- calls ----

    def _list_calls(self, *, query: Mapping[str, str], **_: Any) -> Any:
        entries = self._calls.entries(documents.selector(query), since=int(query.get("since", 0)))
        return {"calls": [entry.document() for entry in entries]}

    def _counters(self, *, query: Mapping[str, str], **_: Any) -> Any:
        return self._calls.counters(documents.selector(query))

    def _clear_calls(self, *, query: Mapping[str, str], **_: Any) -> Any:
        self._calls.clear(query.get("account"))
        return {}

    # ---- the whole ----

    def _settings(self, **_: Any) -> Any:
        return {
            "environmentsQuota": self._simulation.environments_quota,
            "rolePropagationSeconds": self._simulation.role_propagation_seconds,
            "tokenSeconds": self._simulation.logins.token_seconds,
            "callersInVpc": self._simulation.callers_in_vpc,
        }

    def _set_settings(self, *, body: bytes, **_: Any) -> Any:
        content = self._settings() | documents.read(body, known=set(self._settings()))
        self._simulation.environments_quota = int(content["environmentsQuota"])
        self._simulation.role_propagation_seconds = float(content["rolePropagationSeconds"])
        self._simulation.logins.token_seconds = float(content["tokenSeconds"])
        self._simulation.callers_in_vpc = bool(content["callersInVpc"])
        return self._settings()

    def _reset(self, *, body: bytes, **_: Any) -> Any:
        """Forget an account's environments, scripts, faults, policies and calls; without an account all of it, and moto's state."""
        account = documents.read(body, known={"account"}).get("account")
        with self._backends.lock:
            self._backends.forget(account)
            self._simulation.scripts.clear(account)
        self._faults.clear(account)
        self._calls.clear(account)
        self._enforcement.clear_account(account)
        self.airflows.forget(account)
        self._fleet.fleets.forget(account)
        if account is None:
            self._latency.clear()
            with self._moto_lock:
                BackendDict.reset()
                reset_model_data()
        return {}
