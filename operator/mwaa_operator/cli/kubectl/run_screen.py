"""How a run is shown while it is followed: a table that lives below the lines of its logs, plain lines in a pipe, or documents."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.dags import STATES
from mwaa_operator.cli.kubectl.options import Format
from mwaa_operator.cli.kubectl.output import (
    can_be_drawn_anew,
    console,
    emit_one_of_many,
    harmless,
    logged,
    note,
    plain_table,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from mwaa_operator.cli.kubectl.task_seen import Followed, News, TaskSeen

AROUND = 6
"""Lines of a terminal that are not for rows of tasks."""
MOST_ROWS_AT_THE_END = 40
LONGEST_VALUE = 500
"""Characters of an XCom's value that people are shown; documents have all of it."""
_LEVELS = {"error": "red", "critical": "red", "warning": "yellow"}
_NO_STATE = {"none": "-"}
_FIRST = ("failed", "up_for_retry", "running", "restarting", "deferred", "queued", "scheduled")
"""Where not all tasks have room, these are shown first."""


class Screen(Protocol):
    """Where news are shown."""

    def show(self, news: "News") -> None:
        """Show what is new."""

    def end(self, xcoms: Sequence[Mapping[str, Any]], there_are: int) -> None:
        """Show how it has ended, with some of so many XComs."""


@contextmanager
def screen_for(following: "Followed", dag: str, run: str, output: Format | None) -> Iterator[Screen]:
    """What fits where the output goes."""
    if output is not None:
        yield _Documents(following, dag, run, output)
        return
    screen = console()
    if not can_be_drawn_anew(screen):
        yield _Lines(following, dag, run, screen)
        return
    terminal = _Terminal(following, dag, run, screen)
    with terminal.live:
        yield terminal


class _Documents:
    def __init__(self, following: "Followed", dag: str, run: str, form: Format) -> None:
        self._following, self._dag, self._run, self._form = following, dag, run, form

    def show(self, news: "News") -> None:
        if news["type"] == "note":
            note(news["text"])
            return
        named = {"dagId": self._dag, "run": self._run} if news["type"] == "run" else {}
        emit_one_of_many({**news, **named}, self._form)
        sys.stdout.flush()

    def end(self, xcoms: Sequence[Mapping[str, Any]], there_are: int) -> None:
        for xcom in xcoms:
            emit_one_of_many(xcom, self._form)
        if there_are > len(xcoms):
            note(f"{len(xcoms)} of {there_are} XComs are shown.")


class _Lines:
    """A line for whatever is new, as it comes."""

    def __init__(self, following: "Followed", dag: str, run: str, screen: "Console") -> None:
        self._following, self._dag, self._run, self._screen = following, dag, run, screen

    def show(self, news: "News") -> None:
        if news["type"] == "note":
            note(news["text"])
            return
        self._screen.print(self._line(news), soft_wrap=True)
        sys.stdout.flush()

    def end(self, xcoms: Sequence[Mapping[str, Any]], there_are: int) -> None:
        _draw_end(self._screen, self._following, self._dag, self._run)
        _draw_xcoms(self._screen, xcoms, there_are)

    def _line(self, news: "News") -> "Text":
        from rich.text import Text

        at = str(news.get("time") or "")[11:19] or f"{view.now():%H:%M:%S}"
        if news["type"] == "log":
            line = logged(news["line"])
            line.stylize_before(_LEVELS.get(str(news["level"]), ""))
            return Text.assemble((f"{at} ", "dim"), (f"{news['task']} | ", "cyan"), line)
        what = self._dag if news["type"] == "run" else news["task"]
        attempt = f", try {news['try']}" if news.get("try", 0) > 1 else ""
        return Text.assemble(
            (f"{at} ", "dim"), (f"{what} ", "bold"), (f"{news['state']}{attempt}", _style(news["state"]))
        )


class _Terminal(_Lines):
    """The lines of logs, and below them the tasks as they are."""

    def __init__(self, following: "Followed", dag: str, run: str, screen: "Console") -> None:
        from rich.live import Live

        super().__init__(following, dag, run, screen)
        self.live = Live(
            console=screen,
            get_renderable=self.drawn,
            refresh_per_second=4,
            transient=True,
            vertical_overflow="crop",
        )

    def show(self, news: "News") -> None:
        if news["type"] == "note":
            self._screen.print(news["text"], style="dim")
        elif news["type"] == "log":
            self._screen.print(self._line(news))

    def drawn(self) -> "RenderableType":
        from rich.console import Group
        from rich.text import Text

        rows = max(self._screen.height - AROUND, 5)
        head = Text.assemble(
            (self._dag, "bold"), f"  {self._run}  ", (self._following.state, _style(self._following.state))
        )
        head.append(f"  {_lasted(self._following.run)}")
        return Group(Text(""), head, *_tasks(self._following.tasks, rows))

    def end(self, xcoms: Sequence[Mapping[str, Any]], there_are: int) -> None:
        self.live.stop()
        self._screen.print()
        for each in _tasks(self._following.tasks, MOST_ROWS_AT_THE_END):
            self._screen.print(each)
        self._screen.print()
        super().end(xcoms, there_are)


def _tasks(tasks: Sequence["TaskSeen"], most: int) -> "list[RenderableType]":
    """A table of the tasks, and what is left out of it."""
    from rich.text import Text

    if not tasks:
        return []
    shown = list(tasks)
    if len(shown) > most:
        wanted = sorted(shown, key=lambda task: _FIRST.index(task.state) if task.state in _FIRST else len(_FIRST))[
            :most
        ]
        shown = [task for task in shown if task in wanted]
    table = plain_table("task", "state", "try", "took", keep={"state", "try", "took"})
    for task in shown:
        took = _lasted({"start_date": task.started, "end_date": task.ended})
        table.add_row(
            task.label,
            Text(_NO_STATE.get(task.state, task.state), style=_style(task.state)),
            str(task.tries or ""),
            took,
        )
    left = Counter(task.state for task in tasks if task not in shown)
    told = ", ".join(f"{count} {state}" for state, count in left.most_common())
    return [table, *([Text(f"not shown: {told}", style="dim")] if left else [])]


def _draw_end(screen: "Console", following: "Followed", dag: str, run: str) -> None:
    from rich.text import Text

    failed = [task.label for task in following.tasks if task.state == "failed"]
    named = ", ".join(failed[:10]) + (f" and {len(failed) - 10} more" if len(failed) > 10 else "")
    screen.print(
        Text.assemble(
            (dag, "bold"),
            f"  {run}  ",
            (following.state, _style(following.state)),
            f"  {_lasted(following.run)}",
            *([f"  failed: {named}"] if failed else []),
        )
    )


def _draw_xcoms(screen: "Console", xcoms: Sequence[Mapping[str, Any]], there_are: int) -> None:
    if not xcoms:
        return
    table = plain_table("xcom of", "key", "value")
    for xcom in xcoms:
        value = f"({xcom['problem']})" if xcom.get("problem") else _value(xcom["value"])
        table.add_row(
            xcom["task"], xcom["key"], value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."
        )
    screen.print()
    screen.print(table)
    if there_are > len(xcoms):
        note(f"{len(xcoms)} of {there_are} XComs are shown.")


def _value(value: Any) -> str:
    """A text as it is, if it is one line; everything else as JSON."""
    if isinstance(value, str) and "\n" not in value:
        return harmless(value)
    return json.dumps(value, ensure_ascii=False)


def _lasted(dated: Mapping[str, Any]) -> str:
    """How long it took, or has taken so far."""
    started, ended = view.moment(dated.get("start_date")), view.moment(dated.get("end_date"))
    return "" if started is None else view.span(((ended or view.now()) - started).total_seconds())


def _style(state: str) -> str:
    return STATES.get(state, "dim")
