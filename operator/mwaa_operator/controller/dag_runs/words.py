"""Words of Airflow's and AWS's without what a run was given: they may quote `conf`, which may hold anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_operator.controller.redaction import Redaction


def redaction_of(conf: Mapping[str, Any] | None) -> Redaction:
    """Takes the values of a `conf` out of texts, at whatever depth they stand."""
    return Redaction(_leaves(conf or {}))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
