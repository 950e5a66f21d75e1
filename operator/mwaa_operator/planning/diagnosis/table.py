"""All known causes as a page of the documentation, in Markdown."""

from mwaa_operator.planning.diagnosis.catalogue import CATALOGUE
from mwaa_operator.planning.diagnosis.model import KnownCause

_INTRODUCTION = """\
# What failed operations are known to fail for

When a create or an update has failed, the operator makes all [checks](preflight.md) anew and looks for these in the ends of the
environment's logs. What it finds is in `status.likelyCauses`, the likeliest first, and in an event of the reason `LikelyCause`.

| cause | what is wrong | what to do | in the log streams |
| --- | --- | --- | --- |
"""


def table() -> str:
    """The page."""
    return _INTRODUCTION + "".join(_row(cause) for cause in CATALOGUE)


def _row(known: KnownCause) -> str:
    streams = ", ".join(f"`{stream.value}`" for stream in sorted(known.streams))
    cells = (f"[{known.name}]({known.page})", known.cause, known.advice, streams)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
