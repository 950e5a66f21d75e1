"""All checks, in the order in which they are reported: what is cheap to say first, then what AWS refuses at once, then what it finds late."""

from mwaa_operator.planning.preflight.model import CHECKS, Check

ALL_CHECKS: tuple[Check, ...] = tuple(CHECKS)
