"""The part of the admin client that is about load, and the workers and web servers that follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class LoadStep:
    """A load that lasts so many seconds of AWS-time, or for ever.

    `tasks` want to run beside those of Airflow, `connections` are open to the web servers. `cpu` and `memory` are percentages by cluster
    (Scheduler, BaseWorker, AdditionalWorker, WebServer, AdditionalWebservers) where they are not to follow from the tasks.
    """

    tasks: int = 0
    seconds: float | None = None
    connections: int = 0
    cpu: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ScalingEvent:
    """A change in the number of `workers` or `webservers`. `at` is epoch seconds, as long ago as it is in AWS-time."""

    at: float
    component: str
    before: int
    after: int


@dataclass(frozen=True)
class Fleet:
    """What an environment has now, and how it has scaled so far, oldest first."""

    workers: int
    webservers: int
    running_tasks: int
    queued_tasks: int
    events: tuple[ScalingEvent, ...]


class _Caller(Protocol):
    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]: ...


class LoadClient:
    """What `AdminClient` can do about load. Environments are named by account, Region and name."""

    def script_load(
        self: _Caller, account: str, region: str, name: str, *steps: LoadStep, begins_ago: float = 0.0
    ) -> None:
        """Put a load on an environment, one step after the other, in place of what was scripted from the same moment on.

        It begins now, or so many seconds of AWS-time ago: then there are metrics of that past, also of before the environment was made.
        """
        self._call(
            "POST",
            f"environments/{account}/{region}/{name}/load",
            {
                "beginsAgoSeconds": begins_ago,
                "steps": [
                    {
                        "tasks": step.tasks,
                        "seconds": step.seconds,
                        "connections": step.connections,
                        "cpu": dict(step.cpu),
                        "memory": dict(step.memory),
                    }
                    for step in steps
                ],
            },
        )

    def fleet(self: _Caller, account: str, region: str, name: str) -> Fleet:
        """Return the workers, web servers and tasks that an environment has now."""
        content = self._call("GET", f"environments/{account}/{region}/{name}/fleet")
        return Fleet(
            content["workers"],
            content["webservers"],
            content["runningTasks"],
            content["queuedTasks"],
            tuple(
                ScalingEvent(event["at"], event["component"], event["from"], event["to"]) for event in content["events"]
            ),
        )
