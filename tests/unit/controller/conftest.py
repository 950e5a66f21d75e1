"""An event loop whose time a test moves, and what the controller's classes are given in place of Kubernetes."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from mwaa_operator.controller.store import Key

T = TypeVar("T")
_RESOLUTION = 1e-9


class _Jumping(selectors.SelectSelector):
    """Instead of waiting, moves the clock to where the wait would end."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everything waits, and no timer is left that could end it")
        # A little late, as every timer is: else a sum of floats could fall short of its timer for ever.
        self.now += timeout + _RESOLUTION if timeout > 0 else 0
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def _run(scenario: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(scenario)


@pytest.fixture(scope="session")
def in_virtual_time() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine on a loop that starts at second 0 and never waits: `asyncio.sleep` moves the clock, and that is all.

    A scenario in which nothing can happen any more fails at once.
    """
    return _run


@pytest.fixture
def body() -> Callable[..., dict[str, Any]]:
    """Make an object as the API server gives it."""

    def make(version: int = 1, **changes: Any) -> dict[str, Any]:
        metadata = {
            "namespace": "data",
            "name": "env",
            "uid": "uid-1",
            "generation": 1,
            "creationTimestamp": "2026-11-24T12:00:00Z",
            "resourceVersion": str(version),
            **changes.pop("metadata", {}),
        }
        return {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": metadata,
            "spec": {},
            **changes,
        }

    return make


@pytest.fixture
def key() -> Key:
    """Name the object that `body` makes."""
    return Key("data", "env")
