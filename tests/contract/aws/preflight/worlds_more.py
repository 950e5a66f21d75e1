"""Grounds with one thing wrong, by a description in words.

Each world is a context manager over a `Ground`: broken within, mended after it. Whoever wants to see what AWS makes of it creates the
environment within.
"""

from __future__ import annotations

from . import worlds_identity, worlds_storage  # noqa: F401 - they put their worlds on the list
from .ground_world import WORLDS, Aws, World

__all__ = ["WORLDS", "Aws", "World"]
