"""Calls, and which of them something applies to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANY = "*"
_ALIASES = {"mwaa": "airflow"}


@dataclass(frozen=True)
class Call:
    """What a request is, before it is carried out. `service` is the name it is signed for (`airflow` for MWAA)."""

    service: str
    operation: str
    account: str
    region: str
    access_key: str
    environment: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Selector:
    """A pattern for calls; `*` or None matches everything. `mwaa` may be said for `airflow`."""

    service: str = ANY
    operation: str = ANY
    account: str | None = None
    environment: str | None = None

    def matches(self, call: Call) -> bool:
        return (
            _ALIASES.get(self.service, self.service) in {ANY, call.service}
            and self.operation in {ANY, call.operation}
            and self.account in {None, ANY, call.account}
            and self.environment in {None, ANY, call.environment}
        )

    @property
    def precision(self) -> int:
        """How much it leaves open: the higher, the less."""
        return sum(value not in {None, ANY} for value in (self.service, self.operation, self.account, self.environment))
