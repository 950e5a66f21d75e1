"""What a running Airflow has written since the last time, as lines for CloudWatch.

Components write into one file each, tasks and DAG files where Airflow puts them. There are no workers here: tasks run
beside the scheduler, so that the group of the workers has no more than what installing and the startup script have said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mwaa_sandbox.airflow.real.instance import DAG_PROCESSOR, SCHEDULER, TRIGGERER, WEB

MODULE_OF = {
    WEB: "WebserverLogs",
    SCHEDULER: "SchedulerLogs",
    TRIGGERER: "SchedulerLogs",
    DAG_PROCESSOR: "DagProcessingLogs",
}
"""The log module of each component; triggerers run with schedulers (mwaa-behaviour.md §3.2)."""

WITH_CONTAINERS = ("SchedulerLogs", "WorkerLogs", "WebserverLogs")
"""The modules whose containers install requirements and run the startup script."""

_LARGEST_PIECE = 1024 * 1024
"""Bytes that are read at once, and the longest line; what is longer comes in parts."""


class LogShipping:
    """Remembers how far each file was read."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read: dict[Path, int] = {}

    def news(self, ending: str) -> Iterator[tuple[str, str, list[str]]]:
        """Yield module, stream and lines of all that is new. `ending` is what the streams of components end in."""
        for component, module in MODULE_OF.items():
            stream = "dag-processor-manager.log" if component == DAG_PROCESSOR else f"{component}_{ending}"
            yield from self._of(self._home / "components" / f"{component}.log", module, stream)
        logs = self._home / "logs"
        yield from self._of(
            logs / "dag_processor_manager" / "dag_processor_manager.log",
            "DagProcessingLogs",
            "dag-processor-manager.log",
        )
        for path in sorted(logs.glob("dag_id=*/run_id=*/task_id=*/**/attempt=*.log")):
            yield from self._of(path, "TaskLogs", str(path.relative_to(logs)).replace(":", "_"))
        for folder in ("scheduler", "dag_processor"):
            for path in sorted(logs.glob(f"{folder}/[0-9]*/**/*.log")):
                yield from self._of(path, "DagProcessingLogs", f"scheduler_{path.name}")

    def _of(self, path: Path, module: str, stream: str) -> Iterator[tuple[str, str, list[str]]]:
        try:
            with path.open("rb") as opened:
                opened.seek(self._read.get(path, 0))
                piece = opened.read(_LARGEST_PIECE)
        except FileNotFoundError:
            return
        whole = piece[: piece.rfind(b"\n") + 1] or (piece if len(piece) == _LARGEST_PIECE else b"")
        if whole:
            self._read[path] = self._read.get(path, 0) + len(whole)
            yield module, stream, [readable(line) for line in whole.decode("utf-8", "replace").splitlines() if line]


def readable(line: str) -> str:
    """Return a line of a log as text; Airflow 3 writes those of tasks as JSON, errors with their trace back in parts."""
    try:
        content = json.loads(line)
    except ValueError:
        return line
    if not isinstance(content, dict) or "event" not in content:
        return line
    text = f"[{content.get('timestamp', '')}] {str(content.get('level', 'info')).upper()} - {content['event']}"
    errors = content.get("error_detail")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            text += f"\n{error.get('exc_type')}: {error.get('exc_value')}"
    return text
