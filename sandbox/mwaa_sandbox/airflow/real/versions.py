"""Which apache-airflow stands for a version of MWAA's: that version, or the nearest one that can be installed here."""

from __future__ import annotations

from mwaa_sandbox.aws.mwaa.versions import SUPPORTED, parsed

_LATEST_PACKAGES = {
    "2.7.2": "2023-10-20",
    "2.8.1": "2024-01-27",
    "2.9.2": "2024-06-18",
    "2.10.1": "2024-09-14",
    "2.10.3": "2024-11-13",
    "2.11.0": "2025-05-28",
    "2.11.2": "2026-08-31",
    "3.0.6": "2025-09-06",
    "3.2.1": "2026-04-30",
    "3.3.1": "2026-09-30",
}
"""Until when packages may have been published that a version is installed with. Airflow does not limit what it needs upwards, and
does not run with what comes later: two months after 3.0.6, FastAPI broke its task API. So the day is a week after the release, when
Airflow's own constraints were made; the last versions of both majors run with later packages, too."""


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
