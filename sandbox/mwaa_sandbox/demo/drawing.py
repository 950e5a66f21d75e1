"""The live part of the demo: a bar for what AWS is at work on, and a table of all environments."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from mwaa_sandbox.demo.following import ABSENT, Following, Seen
from mwaa_sandbox.demo.parts import counted, in_hand

USUAL_SECONDS: Mapping[str, float] = {
    "CREATING": 27.5 * 60,
    "UPDATING": 25 * 60,
    "CREATING_SNAPSHOT": 10 * 60,
    "ROLLING_BACK": 15 * 60,
    "MAINTENANCE": 30 * 60,
    "DELETING": 15 * 60,
}
"""How long AWS usually is in these statuses, in its own time."""

_COLOURS = {"AVAILABLE": "green", "CREATE_FAILED": "red", "UPDATE_FAILED": "red", "UNAVAILABLE": "red"}
_BAR_WIDTH = 20  # fits 80 columns with the longest status


def colour(status: str) -> str:
    """The colour of one of AWS's statuses."""
    return _COLOURS.get(status, "yellow")


def expected_end(status: str, *, elapsed: float, time_scale: float, now: datetime) -> str | None:
    """When a status that began `elapsed` real seconds ago usually ends, as words; None for one that may last."""
    usual = USUAL_SECONDS.get(status)
    if usual is None:
        return None
    left = usual / time_scale - elapsed
    return f"about {now + timedelta(seconds=left):%H:%M:%S}" if left > 0 else "any moment"


def cells_done(share: float) -> int:
    """How many cells of a bar are done. The last one never is: when it is over, the bar is gone."""
    return min(int(share * _BAR_WIDTH), _BAR_WIDTH - 1)


class Drawing:
    """Draws what `following` has seen."""

    def __init__(self, following: Following, *, time_scale: float) -> None:
        self._following = following
        self._scale = time_scale
        self._spinner = Spinner("dots", style="cyan")

    def bars(self) -> RenderableType:
        """What AWS is at work on, how far that should be by now, and when it should end; and the parts being made or removed."""
        now = time.monotonic()
        bars = [self._bar(seen, now - seen.since) for seen in self._all() if seen.status in USUAL_SECONDS]
        parts = [
            self._parts(seen, message) for seen in self._all() if seen.status == ABSENT and (message := in_hand(seen))
        ]
        return Group(*bars, *parts)

    def table(self) -> RenderableType:
        """All environments, and the bars."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
        for heading in ("NAMESPACE", "NAME", "READY", "STATUS", "VERSION", "CLASS", "REASON"):
            table.add_column(heading, no_wrap=True)
        for seen in self._all():
            ready = seen.condition("Ready")
            table.add_row(
                seen.namespace,
                seen.name,
                Text(ready.get("status", "-"), style="green" if ready.get("status") == "True" else "yellow"),
                Text(seen.status, style=colour(seen.status)),
                seen.environment.get("airflowVersion", ""),
                seen.environment.get("environmentClass", ""),
                ready.get("reason", ""),
            )
        return Group(table, self.bars(), Text("Ctrl-C takes everything down", style="dim"))

    def _all(self) -> list[Seen]:
        return [seen for _, seen in sorted(self._following.environments.items())]

    def _bar(self, seen: Seen, elapsed: float) -> RenderableType:
        expected = expected_end(seen.status, elapsed=elapsed, time_scale=self._scale, now=datetime.now().astimezone())
        done = cells_done(elapsed * self._scale / USUAL_SECONDS[seen.status])
        row = Table.grid(padding=(0, 1))
        row.add_row(
            self._spinner,
            Text.assemble((seen.name, "bold"), " ", (seen.status, colour(seen.status))),
            Text.assemble(("━" * done, "cyan"), ("━" * (_BAR_WIDTH - done), "grey37")),
            Text(f"{elapsed:3.0f}s, ends {expected}", style="dim"),
        )
        return row

    def _parts(self, seen: Seen, message: str) -> RenderableType:
        row = Table.grid(padding=(0, 1))
        row.add_row(self._spinner, Text.assemble((seen.name, "bold"), " ", message))
        row.add_row("", Text(counted(seen.resources), style="dim"))
        return row
