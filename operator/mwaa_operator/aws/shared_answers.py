"""Answers of AWS that are given once more to who asks the same moments later.

A fleet's environments stand in a few networks and accounts: applied together, each of them would ask for the same route tables, and EC2 and
IAM answer an account a handful of such calls a second before they throttle it.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

SECONDS = 5.0
"""For how long an answer is given again, in seconds of AWS's time. EC2's own answers may be as old (eventual consistency, EC2 API)."""
_MOST = 512
"""So many answers are kept; with more, those that are not given any longer are dropped."""
_NEVER = frozenset({"get_object", "head_object"})
"""A body can be read once, and files are asked for to see what was put there just now."""


class ClientMaker(Protocol):
    """Who has a boto3 client for each service and region, as `Clients` does."""

    def client(self, service: str, region: str | None = None) -> Any: ...


@dataclass
class _Kept:
    answer: Future[Any] = field(default_factory=Future)
    until: float = inf
    """While the question is under way, its answer is waited for."""


class SharedAnswers:
    """Keeps answers for a while. Who asks while the same is being asked for waits for that answer; errors are not kept."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def get(self, question: str, ask: Callable[[], Any]) -> Any:
        """The answer to a question. Raises what `ask` raises."""
        with self._lock:
            kept = self._kept.get(question)
            if first := kept is None or kept.until <= self._clock():
                self._make_room()
                kept = self._kept[question] = _Kept()
        if first:
            self._answer(question, kept, ask)
        return kept.answer.result()

    def _answer(self, question: str, kept: _Kept, ask: Callable[[], Any]) -> None:
        try:
            kept.answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - it is for all who wait
            with self._lock:
                del self._kept[question]
            kept.answer.set_exception(error)
        else:
            kept.until = self._clock() + self._seconds

    def _make_room(self) -> None:
        if len(self._kept) >= _MOST:
            now = self._clock()
            self._kept = {question: kept for question, kept in self._kept.items() if kept.until > now}


class SharedClients:
    """Clients whose answers are shared: for reading only, and for those who do not change what they are given."""

    def __init__(self, clients: ClientMaker, answers: SharedAnswers) -> None:
        self._clients = clients
        self._answers = answers

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service in a region. Raises AwsError."""
        return _SharedClient(self._clients.client(service, region), f"{service} {region}", self._answers)


class _SharedClient:
    """A boto3 client, as far as `aws.calls` uses one."""

    def __init__(self, client: Any, place: str, answers: SharedAnswers) -> None:
        self._client = client
        self._place = place
        self._answers = answers
        self.meta = client.meta

    def __getattr__(self, method: str) -> Any:
        made = getattr(self._client, method)
        return made if method in _NEVER else self._sharing(method, made)

    def get_paginator(self, method: str) -> "_Pages":
        pages = self._client.get_paginator(method).paginate
        return _Pages(self._sharing(f"pages of {method}", lambda **parameters: list(pages(**parameters))))

    def _sharing(self, method: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def shared(**parameters: Any) -> Any:
            question = f"{self._place} {method} {_text(parameters)}"
            return self._answers.get(question, lambda: ask(**parameters))

        return shared


class _Pages:
    """A paginator."""

    def __init__(self, paginate: Callable[..., Any]) -> None:
        self.paginate = paginate


def _text(parameters: Mapping[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True, default=str)
