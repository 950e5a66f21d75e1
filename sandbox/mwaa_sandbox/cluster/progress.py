"""How long work says what it is doing: one line of text at a time, given to whoever listens."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

Progress = Callable[[str], None]
"""Takes the state of the work as one line. May be called many times a second with the same line."""


def silent(_line: str) -> None:
    """Listen to nothing."""


class ProgressLine:
    """Shows progress on a terminal as one line that changes in place; elsewhere as a line now and then.

    A line is "topic: details". Away from a terminal a new topic is written at once, new details only every `interval`
    seconds, so that a build log stays readable.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        interval: float = 15,
        on_new_line: bool = False,
        clock: Callable[[], float] = time.monotonic,
        width: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        """Show on `stream` (default: standard error); `on_new_line` if it may be in the middle of a line now."""
        self._stream = stream or sys.stderr
        self._interval = interval
        self._between = "\n" if on_new_line else ""
        self._clock = clock
        self._width = width
        self._live = self._stream.isatty()
        self._shown = ""
        self._shown_at = float("-inf")

    def __call__(self, line: str) -> None:
        same_topic = bool(self._shown) and line.partition(":")[0] == self._shown.partition(":")[0]
        if line == self._shown:
            return
        if self._live:
            # A new topic leaves the last one standing.
            self._stream.write(f"{self._erased()}{line}" if same_topic else f"{self._between}{line}")
            self._between = "\n"
        elif same_topic and self._clock() - self._shown_at < self._interval:
            return
        else:
            self._stream.write(f"{self._between}{line}\n")
            self._between = ""
        self._stream.flush()
        self._shown, self._shown_at = line, self._clock()

    def _erased(self) -> str:
        """Back to where the shown line began, which is some rows up if it is wider than the terminal, and clear it."""
        rows_above = (len(self._shown) - 1) // self._width()
        up = f"\x1b[{rows_above}A" if rows_above else ""
        return f"\r{up}\x1b[J"

    def finish(self) -> None:
        """End the line that is shown, so that other output starts on its own."""
        if self._live and self._shown:
            self._stream.write("\n")
            self._stream.flush()
        self._shown = ""
        self._between = ""
