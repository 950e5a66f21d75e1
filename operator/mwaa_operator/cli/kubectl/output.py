"""What is printed, and how: for programs as JSON or YAML, for people as wide as their terminal is."""

import re
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, cast

from mwaa_operator.cli.kubectl.options import Format

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_ORDERS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Escape sequences (ECMA-48: of controls, and of the operating system, such as a window's title), and control characters."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PADDING = re.compile(r" +\n")
PIPED_WIDTH = 2000
"""Columns where nobody looks: nothing is broken into lines there, so that grep finds whole ones."""


def emit(document: Any, form: Format) -> None:
    """Print a document for programs."""
    if form is Format.JSON:
        import json

        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    else:
        text = as_yaml(document)
    sys.stdout.write(text)


def emit_one_of_many(document: Any, form: Format) -> None:
    """Print a document of a stream: as a line of JSON, or as a YAML document with its separator."""
    if form is Format.JSON:
        import json

        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.write("---\n")
        emit(document, form)


def as_yaml(document: Any) -> str:
    """A document as YAML, in the order of its keys."""
    from mwaa_operator.cli.kubectl.kubernetes_yaml import write

    return write(document)


def console(*, errors: bool = False) -> "Console":
    """Where people read. Nothing that comes from AWS or a cluster is taken for markup."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    file = stream if stream.isatty() else cast("IO[str]", _WithoutPadding(stream))
    return Console(file=file, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False)


def can_be_drawn_anew(screen: "Console") -> bool:
    """Whether what is shown can be replaced: in a terminal, and not in one such as Emacs' shell, which only takes lines."""
    return screen.is_terminal and not screen.is_dumb_terminal


class _WithoutPadding:
    """A stream that leaves out the spaces with which tables are filled up at the end of each line."""

    def __init__(self, stream: "IO[str]") -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(_PADDING.sub("\n", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def note(text: str) -> None:
    """Say something beside the answer, on standard error."""
    console(errors=True).print(text, style="dim")


def logged(line: str) -> "Text":
    """A line of a log in its own colours, and nothing else of what it would have a terminal do."""
    from rich.text import Text

    return Text.from_ansi(_ORDERS.sub(lambda order: order[0] if _COLOUR.fullmatch(order[0]) else "", line.rstrip()))


def harmless(text: str) -> str:
    """A text from elsewhere without what a terminal would take for an order."""
    return _ORDERS.sub("", text)


def plain_table(*columns: str, keep: Iterable[str] = ()) -> "Table":
    """A table as kubectl draws them: no lines, headings in capitals. Columns in `keep` are never broken or cut."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", collapse_padding=True)
    kept = set(keep)
    for column in columns:
        table.add_column(column.upper(), no_wrap=column in kept, overflow="fold", min_width=min(len(column), 12))
    return table
