"""Looks that do not need each other's answers, made at the same time: a check then takes as long as the slowest, and not as all of them."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_THREADS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="look")
"""Of all looks of the process, so that a fleet does not ask AWS for everything in one moment. They are made when they are needed."""


def at_once(looks: Iterable[Callable[[], Any]]) -> list[Any]:
    """What each look gives, in their order. A look may not itself make others at once. Raises what the first that fails raises."""
    return [under_way.result() for under_way in [_THREADS.submit(look) for look in looks]]
