"""The live part of the demo: a bar for what AWS is at work on, and a table of all environments."""

from __future__ import annotations

import time

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from mwaa_sandbox.demo.following import Following, Seen

USUAL_SECONDS = {
    "CREATING": 27.5 * 60,
    "UPDATING": 25 * 60,
    "CREATING_SNAPSHOT": 10 * 60,
    "ROLLING_BACK": 15 * 60,
    "MAINTENANCE": 30 * 60,
    "DELETING": 15 * 60,
}
"""How long AWS usually is in these statuses, in its own time."""

COLOURS = {"AVAILABLE": "green", "CREATE_FAILED": "red", "UPDATE_FAILED": "red", "UNAVAILABLE": "red"}


class Drawing:
    """Draws what `following` has seen."""

    def __init__(self, following: Following, *, time_scale: float, footer: str = "") -> None:
        self._following = following
        self._scale = time_scale
        self._footer = footer
        self._spinner = Spinner("dots", style="cyan")

    def bars(self) -> RenderableType:
        """What AWS is at work on, how far that should be by now, and when it should end."""
        rows = [self._bar(seen) for seen in self._all()]
        return Group(*rows) if rows else Text()

    def table(self) -> RenderableType:
        """All environments."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
        for heading in ("NAMESPACE", "NAME", "READY", "STATUS", "VERSION", "CLASS", "REASON"):
            table.add_column(heading, no_wrap=True)
        for seen in self._all():
            ready = seen.condition("Ready")
            table.add_row(
                seen.namespace,
                seen.name,
                Text(ready.get("status", "-"), style="green" if ready.get("status") == "True" else "yellow"),
                Text(seen.status, style=COLOURS.get(seen.status, "yellow")),
                seen.environment.get("airflowVersion", ""),
                seen.environment.get("environmentClass", ""),
                ready.get("reason", ""),
            )
        busy = [self._bar(seen) for seen in self._all() if seen.status in USUAL_SECONDS]
        return Group(table, *busy, Text(self._footer, style="dim"))

    def _all(self) -> list[Seen]:
        return [self._following.environments[key] for key in sorted(self._following.environments)]

    def _bar(self, seen: Seen) -> RenderableType:
        usual = USUAL_SECONDS.get(seen.status, 0) / self._scale
        elapsed = time.monotonic() - seen.since
        row = Table.grid(padding=(0, 1))
        words = Text.assemble((seen.name, "bold"), " ", (seen.status, COLOURS.get(seen.status, "yellow")))
        if not usual:
            row.add_row(self._spinner, words)
            return row
        left = usual - elapsed
        expected = time.strftime("%H:%M:%S", time.localtime(time.time() + left)) if left > 0 else "any moment"
        bar = ProgressBar(total=usual, completed=min(elapsed, usual * 0.98), width=28, complete_style="cyan")
        row.add_row(self._spinner, words, bar, Text(f"{elapsed:3.0f}s, expected {expected}", style="dim"))
        return row
