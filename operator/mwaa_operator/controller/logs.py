"""Logs on standard error: one JSON object a line for machines, or a line for people. Option values never get here."""

import logging
import sys
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(*, form: Literal["json", "text"], level: str) -> None:
    """Send all logs of the process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(
            JsonFormatter(
                "%(asctime)s %(levelname)s %(name)s %(message)s",
                rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
                datefmt="%Y-%m-%dT%H:%M:%S%z",
            )
        )
    else:
        handler.setFormatter(_TextFormatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # kopf tells of every event it hands over, botocore of every credential it finds.
    for name in ("kopf", "botocore", "urllib3", "asyncio", "kubernetes"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # That signals are not kopf's business is on purpose: see watching.py.
    logging.getLogger("kopf._core.reactor.running").setLevel(logging.ERROR)


class _TextFormatter(logging.Formatter):
    """The message, and what else the record carries, before any traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        extra = " ".join(
            f"{name}={value}" for name, value in vars(record).items() if name not in _STANDARD and value is not None
        )
        line = super().formatMessage(record)
        return f"{line}  {extra}" if extra else line
