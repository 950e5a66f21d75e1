"""Starts a Python program many times over without its imports: each is forked from a process that has made them already.

An operator takes a second of CPU to import what it needs, and a test that starts hundreds of them would spend most of its
time on that. What is forked here then does all that a fresh process does, under its own environment and in a process group
of its own. Linux only.
"""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from mwaa_sandbox import parent_death, run_folder
from mwaa_sandbox.process import ManagedProcess, ProcessError, clean_environment

_IMPORT_SECONDS = 60.0
_LOG = "log"
_SLICE_SECONDS = 0.02
"""So long, one thread that waits for a process keeps others from it."""


class WarmStart:
    """A process that has imported a program and waits to be forked. It and all that it has started end with `stop`, or with us."""

    def __init__(self, entry: str, *, preload: Sequence[str] = (), **env: str) -> None:
        """Import `entry` ("package.module:function"), and `preload`, which may name members that are imported when first used.

        `env` are variables that modules read when they are imported. What they mean for each process can only be
        different by a path that is relative to its working folder.

        Raises:
            ProcessError: if that fails; the message holds the traceback.
        """
        self._name = entry
        self._scratch = run_folder.temporary_folder()
        path = self._scratch.path / "socket"
        self._process = ManagedProcess(
            [sys.executable, "-m", "mwaa_sandbox.warm_start", str(path), entry, *preload],
            env=clean_environment(**env),
            log_file=self._scratch.path / "log",
            name=f"warm {entry}",
        )
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._process.wait_until(lambda: self._socket.connect_ex(str(path)) == 0, _IMPORT_SECONDS, "import")
        except BaseException:
            self.stop()
            raise
        self._answers = self._socket.makefile("r")

    def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log_file: Path | None = None
    ) -> ManagedProcess:
        """Call the entry with these arguments, in a new process with this environment.

        Its output is appended to `log_file`, by default a file `log` in `cwd`.
        """
        log_file = (log_file or cwd / _LOG).absolute()
        log_file.parent.mkdir(parents=True, exist_ok=True)
        log_start = log_file.stat().st_size if log_file.exists() else 0
        pid = self._ask(start=list(argv), env=dict(env), cwd=str(cwd.absolute()), log=str(log_file))
        started = _Forked(self, pid)
        return ManagedProcess.of(started, [self._name, *argv], log_file=log_file, log_start=log_start, name=self._name)

    def reap(self, pid: int) -> int:
        """Return how a process that has ended, ended: its exit code, or the negative number of a signal."""
        return self._ask(reap=pid)

    def stop(self) -> None:
        """End everything. Safe to repeat."""
        self._process.kill()
        self._socket.close()
        self._scratch.release()

    def _ask(self, **question: Any) -> int:
        with self._lock:
            self._socket.sendall(json.dumps(question).encode() + b"\n")
            answer = self._answers.readline()
        if not answer:
            raise ProcessError(f"{self._process.name} has ended. The end of its log:\n{self._process.log_tail()}")
        return int(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        self.stop()


class _Forked:
    """One that was started warm, as `subprocess.Popen` would have it. It is reaped by the process that it was forked from."""

    def __init__(self, parent: WarmStart, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._parent = parent
        self._fd = os.pidfd_open(pid)  # it is not reaped before we ask for it, so the number is its own
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while (code := self._ended_within(_SLICE_SECONDS)) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        with self._lock:
            if self.returncode is None:
                signal.pidfd_send_signal(self._fd, sig)

    def _ended_within(self, seconds: float) -> int | None:
        with self._lock:
            if self.returncode is None and select.select([self._fd], [], [], seconds)[0]:
                self.returncode = self._parent.reap(self.pid)
                os.close(self._fd)
            return self.returncode


# In the process that is forked from ----------------------------------------------------------------------------------


def _serve(path: str, entry: str, preload: Sequence[str]) -> None:
    for name in (entry, *preload):
        _member(name)
    gc.freeze()  # what is imported stays shared with the children
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        connection, _ = listener.accept()
    with connection, connection.makefile("r") as questions:
        for line in questions:
            question = json.loads(line)
            answer = _reap(question["reap"]) if "reap" in question else _fork(entry, question)
            connection.sendall(f"{answer}\n".encode())


def _reap(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _fork(entry: str, question: Mapping[str, Any]) -> int:
    parent = os.getpid()
    if pid := os.fork():
        os.setpgid(pid, pid)  # here as well: who is told of the process may end its group at once
        return pid
    try:
        _become(parent, entry, question)
    except BaseException:  # noqa: BLE001 - whatever happens, a child never goes on as its parent
        traceback.print_exc()
    finally:
        os._exit(1)


def _become(parent: int, entry: str, question: Mapping[str, Any]) -> NoReturn:
    parent_death.die_with(parent)
    os.setpgid(0, 0)
    os.chdir(question["cwd"])
    log = os.open(question["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for output in (1, 2):
        os.dup2(log, output)
    os.environ.clear()
    os.environ.update(question["env"])
    sys.argv = [entry, *question["start"]]
    code: Any = 0
    try:
        code = _member(entry)()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _member(name: str) -> Any:
    """Return what "package.module" or "package.module:member" names."""
    module, _, member = name.partition(":")
    found: Any = importlib.import_module(module)
    return getattr(found, member) if member else found


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2], sys.argv[3:])
