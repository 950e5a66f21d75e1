"""What was asked of the simulated AWS, and what it answered. Option values never get in here."""

from __future__ import annotations

import collections
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws.control.selector import Call, Selector

CAPACITY = 200_000
"""Entries kept; older ones go. Counters count all."""

MASK = "***"
_MAPS_OF_SECRETS = frozenset({"AirflowConfigurationOptions"})
_SECRETS = frozenset({"SecretString", "SecretBinary", "Body"})


@dataclass(frozen=True)
class Entry:
    """One call and its answer. `time` is the real epoch time at which it arrived; `status` 0 means no answer at all."""

    sequence: int
    time: float
    call: Call
    status: int
    error_code: str | None
    user_agent: str
    duration_seconds: float

    def document(self) -> dict[str, Any]:
        """Return the entry as the admin API shows it."""
        return {
            "sequence": self.sequence,
            "time": self.time,
            "service": self.call.service,
            "operation": self.call.operation,
            "account": self.call.account,
            "region": self.call.region,
            "environment": self.call.environment,
            "parameters": self.call.parameters,
            "status": self.status,
            "errorCode": self.error_code,
            "userAgent": self.user_agent,
            "durationSeconds": self.duration_seconds,
        }


class CallLog:
    """Calls in the order in which they were finished. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sequence = 0
        self._entries: collections.deque[Entry] = collections.deque(maxlen=CAPACITY)
        self._counters: collections.Counter[tuple[str, str, str, str | None]] = collections.Counter()

    def add(
        self, call: Call, *, at: float, status: int, error_code: str | None, user_agent: str, duration_seconds: float
    ) -> None:
        """Note a call that is over."""
        with self._lock:
            self._sequence += 1
            self._entries.append(Entry(self._sequence, at, call, status, error_code, user_agent, duration_seconds))
            self._counters[(call.account, call.service, call.operation, call.environment)] += 1

    def entries(self, selector: Selector, *, since: int = 0) -> list[Entry]:
        """Return the entries that match, with a sequence number above `since`."""
        with self._lock:
            recent = list(self._newest_until(since))
        return [entry for entry in reversed(recent) if selector.matches(entry.call)]

    def counters(self, selector: Selector) -> dict[str, Any]:
        """Return counts by service and operation, and by environment below that."""
        operations: dict[str, dict[str, int]] = {}
        environments: dict[str, dict[str, int]] = {}
        with self._lock:
            counted = list(self._counters.items())
        for (account, service, operation, environment), count in counted:
            call = Call(service, operation, account, "", "", environment)
            if not selector.matches(call):
                continue
            of_service = operations.setdefault(service, {})
            of_service[operation] = of_service.get(operation, 0) + count
            if environment is not None:
                of_environment = environments.setdefault(environment, {})
                of_environment[operation] = of_environment.get(operation, 0) + count
        return {"operations": operations, "environments": environments}

    def clear(self, account: str | None = None) -> None:
        """Forget the calls of an account, or all. Sequence numbers go on."""
        with self._lock:
            kept = [entry for entry in self._entries if account is not None and entry.call.account != account]
            self._entries = collections.deque(kept, maxlen=CAPACITY)
            self._counters = collections.Counter(
                {key: count for key, count in self._counters.items() if account is not None and key[0] != account}
            )

    def _newest_until(self, since: int) -> Iterator[Entry]:
        for entry in reversed(self._entries):
            if entry.sequence <= since:
                return
            yield entry


def redacted(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters fit for a log: names of options stay, values of anything secret do not."""
    return {name: _redacted(name, value) for name, value in parameters.items()}


def _redacted(name: str, value: Any) -> Any:
    if name in _SECRETS:
        return MASK
    if name in _MAPS_OF_SECRETS:
        return dict.fromkeys(value, MASK) if isinstance(value, Mapping) else MASK
    return value
