"""What Airflow's REST API says, read alike for both of its majors: `/api/v1` of Airflow 2 and `/api/v2` of Airflow 3.

Sources: Airflow's API references, "Stable REST API" of 2.11 and "Airflow public API" of 3.x.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]

ENDED = frozenset({"success", "failed"})
"""States in which a run has ended."""
TASK_ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
"""States in which a task has ended, and is not tried again."""
_FOLDING = ("::group::", "::endgroup::")
"""Marks by which the UI folds lines away."""
_SOURCES = "::group::Log message source details"
"""Where Airflow 3 begins to tell where it has looked for the log."""
_LOOKED = "*** "
"""With which Airflow 2 says the same."""
_FORMAT = re.compile(r"\[(?P<at>\d{4}-\d\d-\d\d[^\]]*)\] \{[^}]*\} (?P<level>[A-Z]+) - (?P<text>.*)")
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_OF_AIRFLOW = "/site-packages/airflow/"
"""In the paths of frames that are Airflow's and not the DAG's."""


@dataclass(frozen=True)
class LogLine:
    """A line that a task has logged. `at` is as Airflow writes it and `level` in lower case, both empty where it is not known."""

    text: str
    level: str = ""
    at: str = ""


def log_lines(document: Any) -> list[LogLine]:
    """The lines of a task's log, without those that only fold others away in the UI. Airflow 2 may answer with no more than their text."""
    content = document.get("content") if isinstance(document, Mapping) else document
    if isinstance(content, list):
        read = [line for event in _in_order(content) for line in _of_event(event)]
    else:
        read = [_of_line(line) for line in _of_text(str(content or "")).splitlines() if not line.startswith(_LOOKED)]
    return [line for line in read if line.text.strip() and not any(mark in line.text for mark in _FOLDING)]


def schedule_of(dag: Answer) -> str | None:
    """When a DAG runs by itself, in Airflow's own words; None if it never does."""
    interval = dag.get("schedule_interval")
    if isinstance(interval, Mapping):
        return str(interval.get("value") or dag.get("timetable_description"))
    summary = dag.get("timetable_summary")
    return None if summary in (None, "None", "") else str(summary)


def error_at(trace: str, file: str = "") -> tuple[int | None, str]:
    """The line at which a stack trace ends, in `file` if it comes by there, and what went wrong, from its last line."""
    lines = [line for line in trace.strip().splitlines() if line.strip()]
    places = [(found["file"], int(found["line"])) for found in map(_FRAME.search, lines) if found]
    own = [line for place, line in places if file and f"/{place}".endswith(f"/{file.lstrip('/')}")]
    number = next(reversed(own or [line for _, line in places]), None)
    return number, lines[-1].strip() if lines else ""


def _in_order(events: Iterable[Any]) -> list[Any]:
    """The events by time, without those that only say where Airflow has looked for the log. What tasks print comes by a way of its own."""
    kept: list[tuple[str, Any]] = []
    at, about_sources = "", False
    for event in events:
        told = str(event.get("event") or "") if isinstance(event, Mapping) else str(event)
        about_sources = told.startswith(_SOURCES) or (about_sources and not told.startswith("::endgroup::"))
        at = (event.get("timestamp") if isinstance(event, Mapping) else None) or at
        if not about_sources:
            kept.append((at, event))
    return [event for _, event in sorted(kept, key=lambda each: each[0])]


def _of_event(event: Any) -> Iterator[LogLine]:
    if not isinstance(event, Mapping):
        yield from (LogLine(line) for line in str(event).splitlines())
        return
    level, at = str(event.get("level") or "").lower(), str(event.get("timestamp") or "")
    for line in str(event.get("event") or "").splitlines():
        yield LogLine(line, level, at)
    # The cause comes after what it caused, and a traceback ends with what was raised.
    for error in reversed(event.get("error_detail") or ()):
        for frame in _of_the_dag(error.get("frames") or ()):
            yield LogLine(
                f'  File "{frame.get("filename")}", line {frame.get("lineno")}, in {frame.get("name")}', level, at
            )
        yield LogLine(f"{error.get('exc_type')}: {error.get('exc_value')}", level, at)


def _of_the_dag(frames: Sequence[Answer]) -> Sequence[Answer]:
    """The frames without Airflow's own, unless there are no others."""
    own = [frame for frame in frames if _OF_AIRFLOW not in str(frame.get("filename"))]
    return own or frames


def _of_line(line: str) -> LogLine:
    """A line of Airflow 2, which tells time, place and level before it (option `log_format`, as it is unless somebody changes it)."""
    found = _FORMAT.fullmatch(line)
    if found is None:
        return LogLine(line)
    return LogLine(found["text"], found["level"].lower(), found["at"].replace(", ", "T"))


def _of_text(content: str) -> str:
    """The text of Airflow 2: what Python writes for a list of hosts, each with its lines."""
    if not content.startswith("[("):
        return content
    try:
        return "\n".join(str(lines) for _, lines in ast.literal_eval(content))
    except (ValueError, SyntaxError, TypeError):
        return content
