"""One permission that a call needs, as the table of `actions` says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World

ContextValues = Mapping[str, str | list[str]]
Predicate = Callable[[Asked, World], bool]
ContextOf = Callable[[Asked, World], ContextValues]


@dataclass(frozen=True)
class Need:
    """Actions on resources; with `any_of` one of them on one of these is enough, else each on each is needed."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    only: Predicate | None
    context: ContextOf | None
    any_of: bool


def need(
    action: str | tuple[str, ...],
    *resources: str,
    only: Predicate | None = None,
    context: ContextOf | None = None,
    any_of: bool = False,
) -> Need:
    """Return a need; without resources it is on `*`. `only`: for which calls; `context`: what these have for conditions."""
    actions = (action,) if isinstance(action, str) else action
    return Need(actions, resources or ("*",), only, context, any_of)
