"""What a person sees: lines that stay, and in a terminal a live part below them. Knows nothing of what is told."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from mwaa_sandbox.demo import picture

RECORDED_WIDTH = 118
_INDENT = 9


class Screen:
    """Prints with colours and folded lines in a terminal, and plain whole lines elsewhere."""

    def __init__(self, *, record: bool = False, stream: TextIO | None = None) -> None:
        """Print to `stream` (default: standard output). `record` keeps what is shown for `save`."""
        self._console = Console(
            file=stream, record=record, width=RECORDED_WIDTH if record else None, highlight=False, markup=False
        )
        self._began = time.monotonic()
        self.records = record
        self._live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._folds = self._live or record

    def heading(self, text: str) -> None:
        """The next part of the story."""
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def say(self, text: str, *, style: str = "") -> None:
        """A line, with the seconds since the start."""
        passed = Text(f"{time.monotonic() - self._began:6.1f}s", style="dim")
        if self._folds:
            line = Table.grid(padding=(0, 2, 0, 0))
            line.add_row(passed, Text(text, style=style))
            self._console.print(line)
        else:
            self._whole(Text.assemble(passed, "  ", text))

    def command(self, text: str) -> None:
        """A command as a person would type it."""
        self._whole(Text.assemble((f"{' ' * _INDENT}$ ", "dim"), (text, "bold cyan")))

    def output(self, text: str) -> None:
        """What a command wrote. In a terminal, lines that are too long are cut off."""
        if self._folds:
            self._indented(Text(text.rstrip(), no_wrap=True, overflow="ellipsis"))
        else:
            self._whole(Text(textwrap.indent(text.rstrip(), " " * _INDENT)))

    def yaml(self, text: str) -> None:
        """A document."""
        if self._folds:
            self._indented(Syntax(text.rstrip(), "yaml", theme="ansi_dark", background_color="default", word_wrap=True))
        else:
            self.output(text)

    def paste(self, text: str) -> None:
        """Lines to be copied: never folded, never indented."""
        for line in text.splitlines():
            self._whole(Text(line, style="dim" if line.startswith("#") else "cyan"))

    def show(self, what: RenderableType) -> None:
        """A drawing, as it is at this moment."""
        self._indented(what)

    def failed(self, text: str) -> None:
        """Why it ended too early."""
        self._console.print()
        self._whole(Text(text, style="bold red"))

    def save(self, file: Path, *, title: str) -> None:
        """Write all that was shown as an SVG picture. Needs a screen that records."""
        file.write_text(picture.from_console(self._console, title=title))

    @contextmanager
    def below(self, draw: Callable[[], RenderableType]) -> Iterator[None]:
        """Keep a live part below the lines; without a terminal there is none."""
        if not self._live:
            yield
            return
        with Live(
            get_renderable=lambda: Group(Text(), draw()),
            console=self._console,
            refresh_per_second=8,
            transient=True,
        ):
            yield

    def _indented(self, what: RenderableType) -> None:
        self._console.print(Padding(what, (0, 0, 0, _INDENT)))

    def _whole(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)
