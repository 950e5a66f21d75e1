"""Words of Airflow's and AWS's without what a run was given: they may quote `conf`, which may hold anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_operator.controller.redaction import Redaction


def redaction_of(conf: Mapping[str, Any] | None) -> Redaction:
    """Takes the values of a `conf` out of texts, at whatever depth they stand."""
    return Redaction(_leaves(conf or {}))


def _leaves(conf: Mapping[str, Any]) -> Iterator[str]:
    """Not recursive: a `conf` may be nested more deeply than Python calls."""
    left: list[Any] = [conf]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value)
        elif value is not None and not isinstance(value, bool):
            yield str(value)
