"""The Airflow versions that MWAA is known to have had, as data with dates.

AWS adds versions faster than anybody releases an operator, so the list is never a reason to refuse anything: a version
that is not in it may be newer than the list. The data is `airflow_versions.json` beside this file, from the User
Guide's pages airflow-versions and doc-history (mwaa-behaviour.md §3.3).
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Version(NamedTuple):
    """A version whose parts can be compared, by number and not by letter: 2.9.2 comes before 2.10.1."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def parse(text: str) -> Version | None:
    """Read a version of the form 3.3.1. Another form, which AWS may come to allow, cannot be compared and gives None."""
    found = _FORM.fullmatch(text)
    return Version(*(int(part) for part in found.groups())) if found else None


@dataclass(frozen=True)
class Release:
    """An Airflow version on MWAA."""

    version: Version
    available_since: date | None
    """The day on which AWS announced it; None where that is not on record any more."""
    python: str | None
    """The Python that it runs on, for example 3.12; None where that is not on record any more."""
    support_ended: date | None
    """The day from which no environment can be created with it, or moved to it. None: AWS has published none."""

    def supported_on(self, day: date) -> bool:
        """Say whether environments could be created with it on that day."""
        begun = self.available_since is None or self.available_since <= day
        return begun and (self.support_ended is None or day < self.support_ended)


@cache
def releases() -> tuple[Release, ...]:
    """Give all versions on record, the newest first."""
    text = resources.files(__package__).joinpath("airflow_versions.json").read_text(encoding="utf-8")
    rows = TypeAdapter(list[_Row]).validate_json(text)
    return tuple(sorted((_release(row) for row in rows), key=lambda release: release.version, reverse=True))


def find(text: str) -> Release | None:
    """Give what is on record of a version; None says only that the record does not know it."""
    return next((release for release in releases() if str(release.version) == text), None)


def supported_on(day: date) -> tuple[Release, ...]:
    """Give the versions on record with which environments could be created on that day, the newest first."""
    return tuple(release for release in releases() if release.supported_on(day))


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    version: str
    available_since: date | None = None
    python: str | None = None
    support_ended: date | None = None


def _release(row: _Row) -> Release:
    version = parse(row.version)
    if version is None:
        raise ValueError(f"airflow_versions.json: {row.version!r} is not a version of the form 3.3.1")
    return Release(version, row.available_since, row.python, row.support_ended)
