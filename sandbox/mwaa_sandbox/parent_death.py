"""Ties the life of a child process to ours: the kernel kills it when we end, even by SIGKILL.

Linux offers this as the parent-death signal (prctl(2), PR_SET_PDEATHSIG), with two traps that this module is here for:

- The signal is set in the child, between fork and exec. Running Python there (`preexec_fn`) can deadlock as soon as
  the parent has threads. So the child starts as this very file, run as a script, which sets the signal and then
  becomes the real program.
- "Parent" means the *thread* that forked. A child started by a short-lived worker thread would die with that thread.
  So all children are started by one thread that lives as long as the process.
"""

from __future__ import annotations

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_EXIT_CANNOT_EXECUTE = 126

_Job = tuple[Sequence[str], dict[str, str], IO[bytes], Path | None, "Future[subprocess.Popen[bytes]]"]


def start(
    argv: Sequence[str], *, program: str, env: dict[str, str], output: IO[bytes], cwd: Path | None
) -> subprocess.Popen[bytes]:
    """Start `program` with `argv` in a process group of its own; it is killed when this process ends (on Linux).

    Standard output and standard error go to `output`.
    """
    if sys.platform == "linux":
        # -I and -S: nothing of the environment or of site-packages has a say in, or slows down, the few lines below.
        argv = [sys.executable, "-I", "-S", __file__, str(os.getpid()), program, *argv]
    else:
        argv = [program, *argv[1:]]
    return _spawner().start(argv, env, output, cwd)


class _Spawner:
    """The thread that all children are children of."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="process-spawner", daemon=True).start()

    def start(
        self, argv: Sequence[str], env: dict[str, str], output: IO[bytes], cwd: Path | None
    ) -> subprocess.Popen[bytes]:
        started: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((argv, env, output, cwd, started))
        return started.result()

    def _work(self) -> None:
        while True:
            argv, env, output, cwd, started = self._jobs.get()
            try:
                popen = subprocess.Popen(
                    argv,
                    env=env,
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                started.set_exception(error)
            else:
                started.set_result(popen)


_lock = threading.Lock()
_spawners: dict[int, _Spawner] = {}


def _spawner() -> _Spawner:
    # By process id, because a forked process inherits this table but not the thread.
    with _lock:
        if os.getpid() not in _spawners:
            _spawners[os.getpid()] = _Spawner()
        return _spawners[os.getpid()]


def die_with(parent: int) -> None:
    """Have the calling process killed when the thread of `parent` that forked it ends (Linux only).

    Raises:
        SystemExit: if the parent has ended already.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot set the parent-death signal")
    if os.getppid() != parent:
        sys.exit("the parent process ended before its child had started")


def _become(parent: int, program: str, argv: list[str]) -> None:
    die_with(parent)
    os.execv(program, argv)  # noqa: S606 - the program is the caller's choice, as with Popen


if __name__ == "__main__":
    try:
        _become(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
    except OSError as error:
        print(f"cannot execute {sys.argv[2]}: {error}", file=sys.stderr)
        sys.exit(_EXIT_CANNOT_EXECUTE)
