"""Ends what an Airflow has started when we end, however that happens.

Our own children die with us (`parent_death`), but Airflow's have children of their own: some stay in the process groups of
ours, tasks and the DAG processor of Airflow 2 take groups or even sessions of their own. So a small process that outlives us waits
for its standard input to close, and then ends those groups, and whatever else has our mark in its environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_MARK = "MWAA_SANDBOX_AIRFLOW"
_KEPT_READABLE = {"SPT_NOENV": "1"}
"""So that setproctitle, by which Airflow names its processes, does not write over their environment."""

_PROCESSES = Path("/proc")
_AGAIN_SECONDS = 0.02


class Guard:
    """Watches over process groups, and what is started with the variables of `mark`, until it is let go.

    `home` is the folder of the Airflow, which no other one has.
    """

    def __init__(self, home: Path) -> None:
        self.mark = {_MARK: str(home), **_KEPT_READABLE}
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, f"{_MARK}={home}"],
            env={},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """End this group when we end, or are let go."""
        self._tell(f"+{group}")

    def end(self, group: int) -> None:
        """End what is left of a group whose first process has just ended; its number may be somebody else's from now on."""
        _kill_group(group)
        self._tell(f"-{group}")

    def release(self) -> None:
        """End what is left, now; safe to repeat."""
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()
        self._watcher.wait()

    def _tell(self, line: str) -> None:
        stream = self._watcher.stdin
        if stream is not None:
            stream.write(f"{line}\n".encode())
            stream.flush()


def main(mark: str) -> None:
    """Wait for the end of standard input, then kill each group that was named and has not been let go of, and all that is marked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in groups:
        _kill_group(group)
    while found := list(_marked(mark.encode())):  # again: one of them may have just started another
        for process in found:
            _kill(process)
        time.sleep(_AGAIN_SECONDS)


def _marked(mark: bytes) -> Iterator[int]:
    """Yield the processes that have the mark. One that has ended has no environment any more; without /proc there are none."""
    for entry in _PROCESSES.glob("[0-9]*"):
        try:
            variables = (entry / "environ").read_bytes()
        except OSError:  # gone meanwhile, or another user's
            continue
        if mark in variables.split(b"\0"):
            yield int(entry.name)


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main(sys.argv[1])
