"""Ends what an Airflow has started when we end, however that happens.

Our own children die with us (`parent_death`), but Airflow's have children of their own. They stay in the process groups of
ours. So a small process that outlives us waits for its standard input to close, and then ends those groups.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys


class Guard:
    """Watches over process groups until it is let go."""

    def __init__(self) -> None:
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], env={}, stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, group: int) -> None:
        """End this group when we end, or are let go."""
        self._tell(f"+{group}")

    def end(self, group: int) -> None:
        """End what is left of a group whose first process has just ended; its number may be somebody else's from now on."""
        _kill(group)
        self._tell(f"-{group}")

    def release(self) -> None:
        """End what is left of the groups, now; safe to repeat."""
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()
        self._watcher.wait()

    def _tell(self, line: str) -> None:
        stream = self._watcher.stdin
        if stream is not None:
            stream.write(f"{line}\n".encode())
            stream.flush()


def main() -> None:
    """Wait for the end of standard input, then kill each group that was named and has not been let go of."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in groups:
        _kill(group)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main()
