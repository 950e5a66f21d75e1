"""How long the operator takes for an answer of its own, whatever AWS does: a stall of its event loop shows here."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from meanwhile import meanwhile
from mwaa_sandbox.operator_process import OperatorProcess

_EVERY_SECONDS = 0.1


@contextmanager
def answers_of(operator: OperatorProcess) -> Iterator[list[float]]:
    """Ask for /healthz again and again for as long as the block lasts; gives the seconds of each answer, as they come."""
    seconds: list[float] = []

    def ask() -> None:
        began = time.monotonic()
        operator.get("/healthz")
        seconds.append(time.monotonic() - began)

    with meanwhile(ask, every=_EVERY_SECONDS):
        yield seconds
