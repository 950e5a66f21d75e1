"""Lines into the log groups that MWAA has made in moto's CloudWatch Logs (mwaa-behaviour.md §8)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

LogSink = Callable[[Environment, str, str, Sequence[str]], None]
"""Takes lines for an environment's module (`TaskLogs`) and a stream."""


def log_sink(clock: ScaledClock, moto_lock: threading.RLock) -> LogSink:
    """Return a function that puts lines into moto; modules that are not enabled, or have no group, get none."""

    def put(environment: Environment, module: str, stream: str, lines: Sequence[str]) -> None:
        if not lines or not environment.settings["LoggingConfiguration"][module]["Enabled"]:
            return
        with moto_lock:
            logs: Any = get_backend("logs")[environment.account][environment.region]
            group = logs.groups.get(identifiers.log_group_name(environment.name, module))
            if group is None:
                return
            if stream not in group.streams:
                group.create_log_stream(stream)
            at = int(clock.wall() * 1000)
            group.put_log_events(stream, [{"timestamp": at, "message": line} for line in lines])

    return put
