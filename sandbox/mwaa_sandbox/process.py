"""Child processes that never outlive us, never hang silently, and never see more of our environment than they should.

Everything that the sandbox runs beside itself (etcd, the API server, the simulated AWS, an operator under test) starts
through here. This module knows nothing of what it starts.
"""

from __future__ import annotations

import collections
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from mwaa_sandbox import parent_death

# What a program needs to find its files and to speak the person's language. Everything else stays behind: proxies,
# credentials, certificate bundles and PYTHON* variables of the caller would make a run depend on the machine.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "TERM")
_LOOPBACK = "127.0.0.1,localhost,::1"
_POLL_SECONDS = (0.02, 0.1)
"""How long one pauses between two looks, at first and at most: what lasts is not looked at all the time."""


class ProcessError(RuntimeError):
    """A child process died, or did not do in time what was waited for. The message holds the end of its log."""


def clean_environment(**extra: str) -> dict[str, str]:
    """Return a minimal environment for a child process, plus `extra`.

    Only PATH, HOME, LANG, TMPDIR and TERM are taken over from ours. `NO_PROXY` names the loopback addresses, for
    programs that learn of a proxy in another way than by the environment.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "NO_PROXY": _LOOPBACK, "no_proxy": _LOOPBACK, **extra}


class Started(Protocol):
    """A process that runs, as `subprocess.Popen` has it. It leads a process group of its own, and is reaped here only."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...


class ManagedProcess:
    """A running child process, its log file, and the promise that it ends when we do.

    It is started by the constructor, as with `subprocess.Popen`, and stopped at the end of a `with` block.

    - It has a process group of its own, so that Ctrl-C at a terminal reaches only us and we decide about the order
      of stopping.
    - It is killed by the kernel when our process ends, however that happens (Linux; elsewhere only `stop` ends it).
    - Its output goes to `log_file` (appended), standard input is empty.

    Raises:
        FileNotFoundError: if there is no program `argv[0]`.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log_file: Path,
        name: str | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.argv = [str(part) for part in argv]
        self.name = name or Path(self.argv[0]).name
        self.log_file = log_file
        found = shutil.which(self.argv[0], path=env.get("PATH", os.defpath))
        if found is None:
            raise FileNotFoundError(f"cannot start {self.name}: there is no program {self.argv[0]}")
        program = str(Path(found).absolute())  # `cwd` is the child's, the path was ours
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("ab") as log:
            self._log_start = log.tell()
            self._popen: Started = parent_death.start(self.argv, program=program, env=dict(env), output=log, cwd=cwd)

    @classmethod
    def of(cls, started: Started, argv: Sequence[str], *, log_file: Path, log_start: int, name: str) -> Self:
        """Manage a process that was started in another way, and that writes to `log_file` from `log_start` on."""
        managed = cls.__new__(cls)
        managed.argv, managed.name, managed.log_file = list(argv), name, log_file
        managed._log_start, managed._popen = log_start, started  # noqa: SLF001 - it is one of us
        return managed

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        return self._popen.returncode

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while the process runs."""
        return self._popen.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the process to end by itself and return its exit code.

        Raises:
            subprocess.TimeoutExpired: after `timeout` seconds.
        """
        return self._popen.wait(timeout)

    def send_signal(self, number: int) -> None:
        """Send a signal to the process itself (not to its group)."""
        self._popen.send_signal(number)

    def stop(self, timeout: float = 10) -> int:
        """Ask the process to end (SIGTERM), kill its group after `timeout` seconds, and return the exit code."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGTERM)
            try:
                self._popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._popen.wait()

    def kill(self) -> int:
        """End the process and its group at once (SIGKILL), and return the exit code."""
        if self._popen.poll() is None:
            # Not yet reaped, so the number cannot belong to anybody else's group.
            with contextlib.suppress(ProcessLookupError):  # another thread has killed and reaped it meanwhile
                os.killpg(self._popen.pid, signal.SIGKILL)
        return self._popen.wait()

    def log_text(self) -> str:
        """Return what this process has written so far (an earlier process may have used the same file)."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def log_tail(self, lines: int = 20) -> str:
        """Return the last `lines` lines that this process has written."""
        return "\n".join(collections.deque(self.log_text().splitlines(), maxlen=lines))

    def wait_until(self, probe: Callable[[], bool], timeout: float, what: str) -> None:
        """Return as soon as `probe()` is true.

        Raises:
            ProcessError: after `timeout` seconds, or as soon as the process dies; `what` ("answer on port 80") says
                what it failed to do.
        """
        deadline, pause = time.monotonic() + timeout, _POLL_SECONDS[0]
        while not probe():
            self.raise_if_ended(f" before it could {what}")
            if time.monotonic() > deadline:
                raise ProcessError(self._explain(f"did not {what} within {timeout:g} seconds"))
            time.sleep(pause)
            pause = min(1.2 * pause, _POLL_SECONDS[1])

    def raise_if_ended(self, circumstance: str = "") -> None:
        """Raise `ProcessError`, with the end of the log, if the process does not run any more."""
        if self.poll() is not None:
            raise ProcessError(self._explain(f"ended with exit code {self.returncode}{circumstance}"))

    def _explain(self, problem: str) -> str:
        tail = self.log_tail() or "(nothing)"
        return f"{self.name} {problem}. The end of its log, {self.log_file}:\n{tail}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<ManagedProcess {self.name} pid={self.pid} returncode={self.returncode}>"
