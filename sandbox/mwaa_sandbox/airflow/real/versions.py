"""Which apache-airflow stands for a version of MWAA's: that version, or the nearest one that can be installed here."""

from __future__ import annotations

from mwaa_sandbox.aws.mwaa.versions import SUPPORTED, parsed

_LATEST_PACKAGES = {
    "2.7.2": "2023-11-30",
    "2.8.1": "2024-03-31",
    "2.9.2": "2024-07-31",
    "2.10.1": "2024-09-30",
    "2.10.3": "2024-12-31",
    "2.11.0": "2026-01-31",
    "2.11.2": "2026-08-31",
    "3.0.6": "2025-10-31",
    "3.2.1": "2026-05-31",
    "3.3.1": "2026-09-30",
}
"""Until when packages may have been published that a version is installed with: the end of the month in which it came to MWAA
(mwaa-behaviour.md §3.3). Airflow does not limit what it needs upwards, and does not run with what comes years after it."""


def latest_packages(version: str) -> str | None:
    """Return the day after which nothing of a version's packages may be from; None for a version that is unknown here."""
    return _LATEST_PACKAGES.get(version)


def candidates(version: str) -> list[str]:
    """Return a version, and the others of its major that MWAA has, the nearest first: upwards before downwards."""
    wanted = parsed(version)
    others = [one for one in SUPPORTED if parsed(one)[0] == wanted[0] and one != version]
    above = [one for one in others if parsed(one) > wanted]
    below = [one for one in reversed(others) if parsed(one) < wanted]
    return [version, *above, *below]


def further_requirements(version: str) -> tuple[str, ...]:
    """Return what has to be said about a version's packages beside the day: 2.7 does not know that Connexion became another thing."""
    return ("connexion<3",) if parsed(version) < (2, 8) else ()
