"""What a person sees: lines that stay, and in a terminal a live part below them. Knows nothing of what is told."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

NARROWEST = 60
PLAIN_WIDTH = 160
RECORDED_WIDTH = 118


class Screen:
    """Prints with colours in a terminal, and plain dated lines elsewhere."""

    def __init__(self, *, record: bool = False) -> None:
        terminal = sys.stdout.isatty()
        width = RECORDED_WIDTH if record else None if terminal else PLAIN_WIDTH
        self._console = Console(record=record, width=width, highlight=False, soft_wrap=not terminal and not record)
        self._began = time.monotonic()
        self.live = terminal

    def heading(self, text: str) -> None:
        """The next part of the story."""
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def say(self, text: str, *, style: str = "") -> None:
        """A line, with the seconds since the start."""
        self._console.print(Text.assemble((f"{time.monotonic() - self._began:6.1f}s  ", "dim"), (text, style)))

    def command(self, text: str) -> None:
        """A command as a person would type it."""
        self._console.print(Text.assemble(("         $ ", "dim"), (text, "bold cyan")), soft_wrap=True)

    def output(self, text: str) -> None:
        """What a command wrote."""
        if self.live or self._console.record:
            self._console.print(Padding(Text(text.rstrip()), (0, 0, 0, 9)))
        else:
            self._console.print(textwrap.indent(text.rstrip(), " " * 9), markup=False)

    def yaml(self, text: str) -> None:
        """A document."""
        if self.live or self._console.record:
            syntax = Syntax(text.rstrip(), "yaml", theme="ansi_dark", background_color="default")
            self._console.print(Padding(syntax, (0, 0, 0, 9)))
        else:
            self.output(text)

    def paste(self, text: str) -> None:
        """Lines to be copied: never wrapped, never indented."""
        self._console.print(Text(text, style="cyan"), soft_wrap=True)

    def failed(self, text: str) -> None:
        self._console.print()
        self._console.print(Text(text, style="bold red"), soft_wrap=True)

    def save(self, file: Path) -> None:
        """Write all that was shown as an SVG picture. Needs a screen that records."""
        self._console.save_svg(str(file), title="make demo")

    @contextmanager
    def below(self, draw: Callable[[], RenderableType]) -> Iterator[None]:
        """Keep a live part below the lines; without a terminal there is none."""
        if not self.live:
            yield
            return
        with Live(
            get_renderable=lambda: Group(Text(), draw()),
            console=self._console,
            refresh_per_second=8,
            transient=True,
        ):
            yield
