"""The part of the admin API that is about containers: a load that is scripted, and how an environment has scaled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mwaa_sandbox.aws.control import documents
from mwaa_sandbox.aws.fleet.fleets import Fleets
from mwaa_sandbox.aws.fleet.history import Moment, events
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

Route = tuple[str, re.Pattern[str], Callable[..., Any]]

_LOAD_MEMBERS = {"steps", "beginsAgoSeconds"}


class FleetAdmin:
    """Handlers for `Admin`."""

    def __init__(self, backends: MwaaBackends, fleets: Fleets) -> None:
        self._backends = backends
        self.fleets = fleets

    def routes(self, environment: str) -> list[Route]:
        """Return method, pattern and handler; `environment` is the pattern of an environment's path."""
        return [
            ("POST", re.compile(rf"{environment}/load"), self._script),
            ("GET", re.compile(rf"{environment}/fleet"), self._fleet),
        ]

    def _script(self, *, account: str, region: str, name: str, body: bytes, **_: Any) -> Any:
        content = documents.read(body, known=_LOAD_MEMBERS)
        steps = content.get("steps")
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise ValueError('steps is a list of objects: [{"tasks": 40, "seconds": 3600}]')
        environment = self._present(account, region, name)
        self.fleets.script(environment, steps, begins_ago=float(content.get("beginsAgoSeconds", 0)))
        return {}

    def _fleet(self, *, account: str, region: str, name: str, **_: Any) -> Any:
        history = self.fleets.history(self._present(account, region, name))
        clock = self._backends.simulation.clock
        now, wall = clock.now(), clock.wall()
        return {
            **_document(history.at(now)),
            "events": [
                {"at": wall - (now - event.at), "component": event.component, "from": event.before, "to": event.after}
                for event in events(history)
                if event.at <= now
            ],
        }

    def _present(self, account: str, region: str, name: str) -> Environment:
        with self._backends.lock:
            return self._backends.of(account, region).get_environment(name)


def _document(moment: Moment | None) -> dict[str, int]:
    if moment is None:
        return dict.fromkeys(("workers", "webservers", "runningTasks", "queuedTasks"), 0)
    return {
        "workers": moment.workers,
        "webservers": moment.webservers,
        "runningTasks": moment.running,
        "queuedTasks": moment.queued,
    }
