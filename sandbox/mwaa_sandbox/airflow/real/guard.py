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
        stream = self._watcher.stdin
        if stream is not None:
            stream.write(f"{group}\n".encode())
            stream.flush()

    def release(self) -> None:
        """End what is left of the groups, now."""
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()
        self._watcher.wait()


def main() -> None:
    """Wait for the end of standard input, then kill each group that was named."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    groups = [int(line) for line in sys.stdin]
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
