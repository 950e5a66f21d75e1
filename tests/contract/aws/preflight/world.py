"""What a broken network is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from .site import Site

Breaking = Callable[[Site], AbstractContextManager[None]]


@dataclass(frozen=True)
class World:
    """A broken network: `check` finds it, as an error or only as a warning; `private` is without a NAT gateway."""

    check: str
    broken: Breaking
    error: bool = True
    private: bool = False


ALL: dict[str, World] = {}


def world(
    check: str, *, error: bool = True, private: bool = False
) -> Callable[[Callable[[Site], Iterator[None]]], Breaking]:
    """Put a world on the list, under its function's name in words."""

    def attach(breaking: Callable[[Site], Iterator[None]]) -> Breaking:
        broken = contextmanager(breaking)
        ALL[breaking.__name__.replace("_", " ")] = World(check, broken, error, private)
        return broken

    return attach
