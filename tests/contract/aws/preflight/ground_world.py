"""What a ground with one thing wrong is: which check finds it, and what AWS makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from .ground import Ground

Breaking = Callable[[Ground], AbstractContextManager[None]]


class Aws(StrEnum):
    """What the simulated AWS makes of a CreateEnvironment."""

    REFUSES = "refuses it at once"
    FAILS = "fails it after a while"
    NOT_SHOWN = "takes it"
    """As AWS does, or because the simulator does not know better."""


@dataclass(frozen=True)
class World:
    """A broken ground: `check` finds it, as an error or only as a warning."""

    check: str
    broken: Breaking
    error: bool = True
    aws: Aws = Aws.NOT_SHOWN


WORLDS: dict[str, World] = {}


def world(
    check: str, *, error: bool = True, aws: Aws = Aws.NOT_SHOWN
) -> Callable[[Callable[[Ground], Iterator[None]]], Breaking]:
    """Put a world on the list, under its function's name in words."""

    def attach(breaking: Callable[[Ground], Iterator[None]]) -> Breaking:
        broken = contextmanager(breaking)
        WORLDS[breaking.__name__.replace("_", " ")] = World(check, broken, error, aws)
        return broken

    return attach
