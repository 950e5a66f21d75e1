"""The part of the admin client that is about the Airflow of an environment and its web server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class WebserverAddress:
    """How to reach an environment's web server from this machine.

    Connect to the simulator's port and send `hostname`, the name that AWS gives out, as `Host`; or open `url`, if your
    program takes names that end in `.localhost` to this machine, as browsers and curl do.
    """

    hostname: str
    url: str
    up: bool
    """Whether the environment has a web server now."""


class _Caller(Protocol):
    _port: int

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]: ...


class AirflowClient:
    """What `AdminClient` can do about Airflow. Environments are named by account, Region and name."""

    def webserver(self: _Caller, account: str, region: str, name: str) -> WebserverAddress:
        """Return where an environment's web server is."""
        content = self._call("GET", f"environments/{account}/{region}/{name}/webserver")
        url = f"http://{content['localHostname']}:{self._port}"
        return WebserverAddress(content["hostname"], url, content["up"])

    def script_runs(
        self: _Caller,
        account: str,
        region: str,
        name: str,
        *,
        dag_id: str = "*",
        state: str = "success",
        task_id: str | None = None,
        queued_seconds: float | None = None,
        task_seconds: float | None = None,
        log: Sequence[str] = (),
        xcoms: Mapping[str, Mapping[str, Any]] | None = None,
        count: int = 1,
    ) -> None:
        """Decide how the next `count` runs of a DAG in the light Airflow go; seconds are AWS-time.

        With the state failed, it is `task_id` that fails, or the last task. `log`: lines in the failing task's log, else in
        each task's. `xcoms`: values by key by task.
        """
        self._call(
            "POST",
            f"environments/{account}/{region}/{name}/runs",
            {
                "dagId": dag_id,
                "state": state,
                "taskId": task_id,
                "queuedSeconds": queued_seconds,
                "taskSeconds": task_seconds,
                "log": list(log),
                "xcoms": xcoms or {},
                "count": count,
            },
        )

    def set_airflow_health(self: _Caller, account: str, region: str, name: str, **components: str) -> None:
        """Say how components of the light Airflow are (metadatabase, scheduler, triggerer, dag_processor); the others are healthy."""
        self._call("PUT", f"environments/{account}/{region}/{name}/health", components)

    def set_token_seconds(self: _Caller, seconds: float) -> None:
        """Set how long login tokens live, in AWS-time; at first 60, as in AWS."""
        self._call("PUT", "settings", {"tokenSeconds": seconds})

    def set_callers_in_vpc(self: _Caller, inside: bool) -> None:
        """Say whether callers can reach private web servers; at first they cannot."""
        self._call("PUT", "settings", {"callersInVpc": inside})
