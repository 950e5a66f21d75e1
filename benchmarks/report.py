"""The benchmark's figures as a table beside those measured of ACK, and as a plot."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import Usage
from plot import Line, chart

ACK = "AWS's ACK mwaa-controller 1.1.0"


@dataclass(frozen=True)
class Figures:
    """All that one run measured. Times are real epoch seconds."""

    environments: int
    create_seconds: float
    spread: float
    latency: float
    window: float
    began: float
    apply_seconds: float
    creates: Sequence[float]
    checks: int
    """Calls to other services than MWAA, which the checks before a create make."""
    looks: Sequence[float]
    available: dict[str, float]
    ready: dict[str, float]
    idle_before: Usage
    after: Usage
    edit_seconds: Sequence[float]
    request_seconds: Sequence[float]
    pause_seconds: Sequence[float]
    restart_seconds: float

    @property
    def lags(self) -> list[float]:
        """From AVAILABLE in AWS to Ready in Kubernetes, sorted."""
        return sorted(self.ready[name] - moment for name, moment in self.available.items())


def write(figures: Figures, folder: Path) -> None:
    """Write fleet.md and fleet.svg, and print the table."""
    folder.mkdir(parents=True, exist_ok=True)
    table = _table(figures)
    (folder / "fleet.md").write_text(table)
    (folder / "fleet.svg").write_text(_plot(figures))
    print(f"\n{table}")


def _table(figures: Figures) -> str:
    lags = figures.lags
    p95 = lags[int(len(lags) * 0.95)]
    spread = max(figures.creates) - min(figures.creates)
    rows = [
        (
            "from first to last CreateEnvironment",
            f"{spread:.1f} s (apply itself {figures.apply_seconds:.1f} s)",
            "72 s",
            "8.7 s (8.0 s)",
        ),
        (
            "lag from AVAILABLE in AWS to Ready in Kubernetes: mean, p95, max",
            f"{statistics.mean(lags):.1f} s, {p95:.1f} s, {lags[-1]:.1f} s",
            "15.3 s, 28.4 s, 30 s",
            "14.4 s, 29.0 s, -",
        ),
        (
            f"GetEnvironment calls in {figures.window:.0f} s",
            f"{len(figures.looks):,} ({len(figures.looks) / figures.environments:.1f} per environment)",
            "4 per environment and minute of waiting",
            "3,838 (12.8)",
        ),
        ("CreateEnvironment calls", f"{len(figures.creates)}", "-", "-"),
        (
            "calls to other services, nearly all of them for checks",
            f"{figures.checks:,} ({figures.checks / figures.environments:.1f} per environment)",
            "0: nothing is checked",
            "0",
        ),
        (
            "resident memory: idle at start, after the window, highest",
            f"{figures.idle_before.resident_mb:.0f} MB, {figures.after.resident_mb:.0f} MB, {figures.after.highest_mb:.0f} MB",
            "62 MB",
            "63 MB",
        ),
        (
            f"CPU over {figures.window:.0f} s",
            f"{figures.after.cpu_seconds - figures.idle_before.cpu_seconds:.1f} s",
            "11.6 s",
            "12 s",
        ),
        (
            "from an edit to UpdateEnvironment arriving: p50, p95",
            f"{_ms(figures.edit_seconds, 0.5)}, {_ms(figures.edit_seconds, 0.95)}",
            "130 ms, -",
            "-",
        ),
        (
            "from a request to look, by annotation, to GetEnvironment arriving: p50, p95",
            f"{_ms(figures.request_seconds, 0.5)}, {_ms(figures.request_seconds, 0.95)}",
            "-",
            "-",
        ),
        (
            "from a pause, by annotation, to a status that says so: p50, p95",
            f"{_ms(figures.pause_seconds, 0.5)}, {_ms(figures.pause_seconds, 0.95)}",
            "-",
            "-",
        ),
        ("from a restart until every object was looked at", f"{figures.restart_seconds:.1f} s", "36 s", "4 s"),
    ]
    introduction = (
        f"{figures.environments} environments applied at once, AWS answering in {figures.latency * 1000:.0f} ms, creates of "
        f"{figures.create_seconds:.0f} s +- {figures.spread * 100:.0f} %. Operator with the defaults it is shipped with. The figures of "
        f"{ACK} were measured earlier on the same kind of machine, in runs of their own (creates of 120 s without spread)."
    )
    lines = [
        introduction,
        "",
        "| figure | mwaa-operator | ACK, 1 worker (its default) | ACK, 20 workers |",
        "| --- | --- | --- | --- |",
        *(f"| {name} | {ours} | {one} | {twenty} |" for name, ours, one, twenty in rows),
    ]
    return "\n".join(lines) + "\n"


def _ms(seconds: Sequence[float], quantile: float) -> str:
    return f"{sorted(seconds)[int(len(seconds) * quantile)] * 1000:.0f} ms"


def _plot(figures: Figures) -> str:
    def cumulative(moments: Sequence[float]) -> list[tuple[float, float]]:
        return [(moment - figures.began, count) for count, moment in enumerate(sorted(moments), start=1)]

    return chart(
        title=f"{figures.environments} environments applied at once",
        x_label="seconds",
        y_label="environments",
        lines=[
            Line("CreateEnvironment sent", "#7c6f9f", cumulative(figures.creates)),
            Line("AVAILABLE in AWS", "#d08a3c", cumulative(list(figures.available.values()))),
            Line("Ready in Kubernetes", "#2f7f6f", cumulative(list(figures.ready.values()))),
            Line("GetEnvironment calls (÷ 10)", "#b0b0b0", [(x, y / 10) for x, y in cumulative(figures.looks)]),
        ],
    )
