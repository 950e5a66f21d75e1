"""The admin API of the simulated AWS, typed. Needs nothing but the standard library."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from mwaa_sandbox.aws.airflow_client import AirflowClient
from mwaa_sandbox.aws.enforcement_client import EnforcementClient
from mwaa_sandbox.aws.load_client import LoadClient

_TIMEOUT_SECONDS = 30.0


class AdminError(RuntimeError):
    """The simulator refused. `status` is 400 (say it differently), 404 (not there) or 409 (not now)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message} (HTTP {status})")
        self.status = status


@dataclass(frozen=True)
class RecordedCall:
    """A call that the simulator has answered, or, with status 0, has not answered on purpose."""

    sequence: int
    time: float
    """Real epoch seconds of its arrival."""
    service: str
    operation: str
    account: str
    region: str
    environment: str | None
    parameters: Mapping[str, Any]
    """The members of the request; values of Airflow options are `***`."""
    status: int
    error_code: str | None
    user_agent: str
    duration_seconds: float


@dataclass(frozen=True)
class Counters:
    """Numbers of calls: by service and operation, and by environment and operation."""

    operations: Mapping[str, Mapping[str, int]]
    environments: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Clock:
    """AWS-time in seconds, real epoch time, and how fast the one runs against the other."""

    time_scale: float
    now: float
    wall: float


class AdminClient(AirflowClient, EnforcementClient, LoadClient):
    """Talks to `/_sandbox/` of one simulator. Every method raises AdminError when the simulator refuses."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    # ---- time ----

    def health(self) -> bool:
        """Whether the simulator answers."""
        try:
            return bool(self._call("GET", "health")["status"] == "ok")
        except OSError:
            return False

    def clock(self) -> Clock:
        content = self._call("GET", "clock")
        return Clock(content["timeScale"], content["now"], content["wall"])

    def set_time_scale(self, time_scale: float) -> None:
        """Set AWS-time seconds per real second; 0 stops AWS-time."""
        self._call("PUT", "clock", {"timeScale": time_scale})

    def advance(self, seconds: float) -> None:
        """Move AWS-time forward."""
        self._call("POST", "clock/advance", {"seconds": seconds})

    def durations(self) -> dict[str, dict[str, float]]:
        """Return how long things take: a mean and a spread each, in AWS-time seconds."""
        return self._call("GET", "durations")

    def set_durations(self, **durations: Mapping[str, float]) -> None:
        """Override how long things take: `set_durations(create={"meanSeconds": 120, "spread": 0.3})`, in AWS-time.

        Known: create, update, gracefulUpdate, versionChange, rollback, maintenance, delete, tombstone.
        """
        self._call("PUT", "durations", durations)

    # ---- environments ----

    def script_outcome(
        self,
        operation: str,
        outcome: str,
        *,
        environment: str = "*",
        account: str | None = None,
        region: str | None = None,
        duration_seconds: float | None = None,
        error: Mapping[str, str] | None = None,
    ) -> None:
        """Decide how the next create, update or delete ends.

        Outcomes: success, create_failed, pending_forever (create); rolled_back_update_failed, rolled_back_available,
        unavailable (update); stuck (any). `duration_seconds` is AWS-time, `error` is {"code", "message"}.
        """
        self._call(
            "POST",
            "outcomes",
            {
                "operation": operation,
                "outcome": outcome,
                "environment": environment,
                "account": account,
                "region": region,
                "durationSeconds": duration_seconds,
                "error": error,
            },
        )

    def environments(self, *, account: str | None = None) -> list[dict[str, Any]]:
        """Return the raw state of all environments (of an account)."""
        return list(self._call("GET", "environments", query={"account": account})["environments"])

    def environment(self, account: str, region: str, name: str) -> dict[str, Any]:
        """Return the raw state of an environment: `settings`, `tags`, `status`, `operation`, ... Nothing is masked."""
        return self._call("GET", _path(account, region, name))

    def patch_environment(self, account: str, region: str, name: str, **members: Any) -> dict[str, Any]:
        """Change GetEnvironment members behind everybody's back: `MaxWorkers=3`, `Status="UNAVAILABLE"`, `Tags={}`."""
        return self._call("PATCH", _path(account, region, name), members)

    def remove_environment(self, account: str, region: str, name: str) -> None:
        """Make an environment vanish at once."""
        self._call("DELETE", _path(account, region, name))

    def start_maintenance(self, account: str, region: str, name: str, *, duration_seconds: float | None = None) -> None:
        """Send an AVAILABLE environment into MAINTENANCE."""
        body = {} if duration_seconds is None else {"durationSeconds": duration_seconds}
        self._call("POST", f"{_path(account, region, name)}/maintenance", body)

    # ---- faults and latency ----

    def add_fault(
        self,
        kind: str,
        *,
        service: str = "*",
        operation: str = "*",
        account: str | None = None,
        environment: str | None = None,
        count: int | None = None,
        probability: float | None = None,
        delay_seconds: float | None = None,
        error_code: str | None = None,
        message: str | None = None,
    ) -> int:
        """Put a fault in force and return its id.

        Kinds: throttle, error5xx, timeout, lost_answer, connection_reset, html, access_denied, validation.
        `delay_seconds` is real time.
        """
        document = {
            "kind": kind,
            "service": service,
            "operation": operation,
            "account": account,
            "environment": environment,
            "count": count,
            "probability": probability,
            "delaySeconds": delay_seconds,
            "errorCode": error_code,
            "message": message,
        }
        fault_id: int = self._call("POST", "faults", document)["id"]
        return fault_id

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults in force."""
        return list(self._call("GET", "faults")["faults"])

    def remove_fault(self, fault_id: int) -> None:
        self._call("DELETE", f"faults/{fault_id}")

    def remove_faults(self, *, account: str | None = None) -> None:
        """Take back all faults, or those that were made for an account."""
        self._call("DELETE", "faults", query={"account": account})

    def set_latency(
        self,
        seconds: float,
        *,
        service: str = "*",
        operation: str = "*",
        account: str | None = None,
        environment: str | None = None,
    ) -> None:
        """Delay these calls by so many real seconds; 0 ends it."""
        self._call(
            "PUT",
            "latency",
            {
                "seconds": seconds,
                "service": service,
                "operation": operation,
                "account": account,
                "environment": environment,
            },
        )

    # ---- calls ----

    def calls(
        self,
        *,
        service: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        environment: str | None = None,
        since: int | None = None,
    ) -> list[RecordedCall]:
        """Return the calls that match, oldest first; `since` is the sequence number of the last one already known."""
        query = {
            "service": service,
            "operation": operation,
            "account": account,
            "environment": environment,
            "since": since,
        }
        return [_recorded(document) for document in self._call("GET", "calls", query=query)["calls"]]

    def counters(self, *, account: str | None = None, service: str | None = None) -> Counters:
        content = self._call("GET", "calls/counters", query={"account": account, "service": service})
        return Counters(content["operations"], content["environments"])

    def clear_calls(self, *, account: str | None = None) -> None:
        self._call("DELETE", "calls", query={"account": account})

    # ---- the whole ----

    def set_quota(self, environments: int) -> None:
        """Set how many environments an account can have in a Region."""
        self._call("PUT", "settings", {"environmentsQuota": environments})

    def set_role_propagation(self, seconds: float) -> None:
        """Set for how many AWS-time seconds a new role cannot be assumed yet (0: at once)."""
        self._call("PUT", "settings", {"rolePropagationSeconds": seconds})

    def reset(self, *, account: str | None = None) -> None:
        """Forget an account's environments, scripts, faults, policies and calls; without one everything, moto's state too."""
        self._call("POST", "reset", {"account": account})

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"/_sandbox/{path}" + (f"?{urlencode(given)}" if given else "")
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, target, None if body is None else json.dumps(body))
            response = connection.getresponse()
            content: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise AdminError(response.status, str(content.get("error", content)))
        return content


def _path(account: str, region: str, name: str) -> str:
    return f"environments/{account}/{region}/{name}"


def _recorded(document: Mapping[str, Any]) -> RecordedCall:
    return RecordedCall(
        sequence=document["sequence"],
        time=document["time"],
        service=document["service"],
        operation=document["operation"],
        account=document["account"],
        region=document["region"],
        environment=document["environment"],
        parameters=document["parameters"],
        status=document["status"],
        error_code=document["errorCode"],
        user_agent=document["userAgent"],
        duration_seconds=document["durationSeconds"],
    )
