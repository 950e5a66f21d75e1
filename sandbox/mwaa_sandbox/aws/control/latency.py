"""How long the way to AWS and back takes, in real seconds."""

from __future__ import annotations

import threading

from mwaa_sandbox.aws.control.selector import Call, Selector


class Latency:
    """Delays by kind of call; the most precise one that matches counts. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: dict[Selector, float] = {}

    def set(self, selector: Selector, seconds: float) -> None:
        """Delay these calls from now on; 0 takes the rule away.

        Raises:
            ValueError: for a negative number.
        """
        if seconds < 0:
            raise ValueError("a latency cannot be negative")
        with self._lock:
            rules = {**self._rules, selector: seconds}
            self._rules = {rule: delay for rule, delay in rules.items() if delay > 0}

    def clear(self) -> None:
        with self._lock:
            self._rules = {}

    def of(self, call: Call) -> float:
        """Return the delay of a call, in real seconds."""
        if not self._rules:
            return 0.0
        matching = [(rule.precision, delay) for rule, delay in self._rules.items() if rule.matches(call)]
        return max(matching)[1] if matching else 0.0
