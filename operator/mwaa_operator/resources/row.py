"""The row of parts: adding one is a file in this folder, one in `planning.parts`, and a line here (design §2)."""

from mwaa_operator.resources.parts import Part

PARTS: tuple[Part, ...] = ()
"""In the order of `PartKind`."""
