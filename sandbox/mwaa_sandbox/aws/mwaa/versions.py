"""The Airflow versions of the service and the ways between them (mwaa-behaviour.md §3.3).

The sandbox's own list, on purpose not shared with anything that is tested against it.
"""

from __future__ import annotations

SUPPORTED = ("2.7.2", "2.8.1", "2.9.2", "2.10.1", "2.10.3", "2.11.0", "2.11.2", "3.0.6", "3.2.1", "3.3.1")
"""Versions one can create, and change to, oldest first. Those whose support has ended are not among them."""

LATEST = "3.3.1"
"""The default when AirflowVersion is omitted."""

LAST_OF_2 = "2.11.2"
"""The one door between the majors: "2.x -> 3.x only through the latest 2.11.x first"."""

FIRST_WITH_PUBLIC_AND_PRIVATE = "3.2.1"
"""§3.6: the model says 3.2, the user guide 3.2.1, which is the only 3.2 there is."""

FIRST_WITH_TEAMS = "3.3.1"
"""§3.6: not documented, "likely 3.3.1"; strict."""

FIRST_WITH_GRACEFUL = "2.4.3"


def parsed(version: str) -> tuple[int, ...]:
    """Return a version in a form that can be compared; anything that is not a number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def may_change(present: str, wanted: str) -> bool:
    """Whether the service changes an environment from one version to the other.

    Within a major up and down, in one jump; upwards between the majors only from the last 2.11; downwards only to a 2.11.
    """
    old, new = parsed(present), parsed(wanted)
    if old[0] == new[0]:
        return True
    if old[0] < new[0]:
        return present == LAST_OF_2
    return new[:2] == (2, 11)


def highest_target(present: str) -> str:
    """Return the highest version that an environment with `present` can change to."""
    return max((version for version in SUPPORTED if may_change(present, version)), key=parsed)
