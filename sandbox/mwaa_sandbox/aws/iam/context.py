"""What a request brings along for conditions and policy variables: context keys with their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self


class Context:
    """Values by context key. Keys are not case-sensitive, tag keys in them neither (IAM User Guide, condition keys)."""

    def __init__(self, values: Mapping[str, str | Sequence[str]] | None = None) -> None:
        self._values = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in (values or {}).items()
        }

    def __contains__(self, key: str) -> bool:
        return key.lower() in self._values

    def get(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key, or None where the request does not have it."""
        return self._values.get(key.lower())

    def single(self, key: str) -> str | None:
        """Return the value of a key that has exactly one: only those can stand for a policy variable."""
        values = self.get(key)
        return values[0] if values is not None and len(values) == 1 else None

    def with_values(self, values: Mapping[str, str | Sequence[str]]) -> Self:
        """Return these values and some more; where both know a key, the new ones count."""
        return type(self)({**self._values, **values})
