"""Faults on purpose: which calls go wrong, how often and in what way. Deciding only; `application.py` acts on it."""

from __future__ import annotations

import dataclasses
import random
import threading
from dataclasses import dataclass
from enum import StrEnum

from mwaa_sandbox.aws.control.selector import Call, Selector


class FaultKind(StrEnum):
    """The ways in which a call goes wrong."""

    THROTTLE = "throttle"
    """429 ThrottlingException."""
    ERROR_5XX = "error5xx"
    """500 InternalServerException; 503 when `errorCode` begins with ServiceUnavailable."""
    TIMEOUT = "timeout"
    """Nothing is carried out or answered; the connection is closed after `delaySeconds`."""
    LOST_ANSWER = "lost_answer"
    """The call is carried out, then the connection is closed without an answer."""
    CONNECTION_RESET = "connection_reset"
    """The connection is reset before anything is carried out."""
    HTML = "html"
    """502 with a page in HTML, as a proxy on the way answers."""
    ACCESS_DENIED = "access_denied"
    """403 AccessDeniedException."""
    VALIDATION = "validation"
    """400 ValidationException."""


DEFAULT_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class Fault:
    """A fault to be raised. `count` None: until it is removed. `delay_seconds` is real time, before it strikes."""

    kind: FaultKind
    selector: Selector
    count: int | None = None
    probability: float = 1.0
    delay_seconds: float | None = None
    error_code: str | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        if self.count is not None and self.count < 1:
            raise ValueError("count must be 1 or more; leave it out for a fault that stays until it is removed")
        if not 0 < self.probability <= 1:
            raise ValueError("probability must be above 0 and at most 1")
        if self.delay_seconds is not None and self.delay_seconds < 0:
            raise ValueError("delaySeconds cannot be negative")


class Faults:
    """The faults that are in force. Safe to use from many threads."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._lock = threading.Lock()
        self._next_id = 1
        self._faults: dict[int, Fault] = {}

    def add(self, fault: Fault) -> int:
        """Put a fault in force and return its id."""
        with self._lock:
            fault_id = self._next_id
            self._next_id += 1
            self._faults[fault_id] = fault
            return fault_id

    def remove(self, fault_id: int) -> bool:
        """Take a fault back; say whether it was still in force."""
        with self._lock:
            return self._faults.pop(fault_id, None) is not None

    def clear(self, account: str | None = None) -> None:
        """Take back the faults of an account, or all."""
        with self._lock:
            self._faults = {
                fault_id: fault
                for fault_id, fault in self._faults.items()
                if account is not None and fault.selector.account != account
            }

    def in_force(self) -> dict[int, Fault]:
        with self._lock:
            return dict(self._faults)

    def strike(self, call: Call) -> Fault | None:
        """Return the fault that hits this call, counting it down: the first that was put in force and matches."""
        with self._lock:
            for fault_id, fault in self._faults.items():
                if not fault.selector.matches(call):
                    continue
                if fault.probability < 1 and self._rng.random() >= fault.probability:
                    continue
                self._count_down(fault_id, fault)
                return fault
        return None

    def _count_down(self, fault_id: int, fault: Fault) -> None:
        if fault.count is None:
            return
        if fault.count == 1:
            del self._faults[fault_id]
        else:
            self._faults[fault_id] = dataclasses.replace(fault, count=fault.count - 1)
