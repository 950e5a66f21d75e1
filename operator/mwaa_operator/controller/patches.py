"""JSON merge patches (RFC 7386)."""

from collections.abc import Mapping
from typing import Any


def merge_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes `before` into `after`; empty if they are equal. Lists are replaced as a whole."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        current = before.get(name)
        if isinstance(value, Mapping) and isinstance(current, Mapping):
            inner = merge_patch(current, value)
            if inner:
                patch[name] = inner
        elif name not in before or current != value:
            patch[name] = value
    return patch
