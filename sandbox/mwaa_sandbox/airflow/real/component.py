"""One process of an Airflow, which is started again when it ends by itself, as MWAA replaces containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mwaa_sandbox.airflow.real.guard import Guard
from mwaa_sandbox.process import ManagedProcess

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_LIVES_SECONDS = 60.0
"""What has run for that long is started again after the first pause."""


class Component:
    """A scheduler, a web server, ... `process` is the present one; what it starts is for the guard to end."""

    process: ManagedProcess

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log_file: Path,
        home: Path,
        guard: Guard,
    ) -> None:
        self.name = name
        self._argv = argv
        self._env = env
        self._log_file = log_file
        self._home = home
        self._guard = guard
        self._pause = _FIRST_PAUSE
        self._ended_at: float | None = None
        self._began_at: float | None = None

    def start(self) -> None:
        """Start the process."""
        self.process = ManagedProcess(
            self._argv, env=self._env, log_file=self._log_file, name=f"Airflow's {self.name}", cwd=self._home
        )
        self._guard.watch(self.process.pid)

    def tend(self, now: float) -> str | None:
        """Start the process again if it has ended; return what there is to tell. `now`: seconds of a monotonic clock."""
        if self._began_at is None:
            self._began_at = now
        if self.process.poll() is None:
            return None
        if self._ended_at is None:
            if now - self._began_at >= _LIVES_SECONDS:
                self._pause = _FIRST_PAUSE
            self._ended_at = now
            self._guard.end(self.process.pid)
            return (
                f"Airflow's {self.name} has ended with exit code {self.process.returncode}, and is started again in "
                f"{self._pause:g} seconds. The end of its log:\n{self.process.log_tail(5)}"
            )
        if now - self._ended_at < self._pause:
            return None
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        self._ended_at, self._began_at = None, now
        self._remove_pid_files()
        self.start()
        return None

    def _remove_pid_files(self) -> None:
        """Airflow refuses to start beside a file of an earlier process that had no time to remove it."""
        for path in self._home.glob(f"airflow-{self.name}*.pid"):
            path.unlink(missing_ok=True)
