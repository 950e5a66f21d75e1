"""How long the operator takes for an answer of its own, whatever AWS does: a stall of its event loop shows here."""

import threading
import time
from types import TracebackType
from typing import Self

from mwaa_sandbox.operator_process import OperatorProcess

_EVERY_SECONDS = 0.1


class Answers:
    """Asks for /healthz again and again, from the beginning to the end of a `with` block."""

    def __init__(self, operator: OperatorProcess) -> None:
        self.seconds: list[float] = []
        self._operator = operator
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            began = time.monotonic()
            self._operator.get("/healthz")
            self.seconds.append(time.monotonic() - began)
