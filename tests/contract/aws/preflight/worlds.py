"""Networks with one thing wrong, made from a good one by boto3 as somebody would, and mended again.

Each world is a context manager over a `Site`: broken within, mended after it. `WORLDS` says which check finds it, whether as an error,
and which of the two good networks it is made from. Whoever wants to see what AWS makes of it creates the environment within.
"""

from __future__ import annotations

from . import (
    worlds_of_endpoints,  # noqa: F401 - puts its worlds on the list, as the others do
    worlds_of_places,  # noqa: F401
    worlds_of_routes,  # noqa: F401
    worlds_of_rules,  # noqa: F401
)
from .world import ALL

WORLDS = ALL
