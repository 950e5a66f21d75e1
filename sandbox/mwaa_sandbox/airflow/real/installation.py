"""Python environments with an Airflow in them, made by uv and kept outside the checkout, one for each version.

Each has an empty metadata database beside it, which is migrated once and then copied: a migration takes longer than a start.
An Airflow that cannot be installed is remembered as well, for a day.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from mwaa_sandbox.airflow.real import packages, sqlite, versions
from mwaa_sandbox.airflow.real.database import DatabaseError
from mwaa_sandbox.cluster.cache import cache_folder, exclusive, publishing
from mwaa_sandbox.cluster.progress import Progress

ALWAYS = ("apache-airflow-providers-amazon", "apache-airflow-providers-postgres")
"""What MWAA's images have beside Airflow: DAGs count on the one, the metadata database needs the other."""

_FORMAT = 2
_INSTALL_SECONDS = 20 * 60.0
_NOT_AGAIN_SECONDS = 24 * 3600.0
_NO_SOLUTION = 1
"""uv's exit code when there is nothing to install; with others, another attempt may go better."""


class InstallationError(RuntimeError):
    """There is no Airflow to run; the message says what uv said."""


@dataclass(frozen=True)
class Installation:
    """An Airflow that can be run. `log` is what installing the requirements of an environment said, if it has any."""

    version: str
    folder: Path
    overlay: Path | None = None
    log: tuple[str, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @property
    def python(self) -> Path:
        return (self.overlay or self.folder / "environment") / "bin" / "python"

    @property
    def programs(self) -> tuple[Path, ...]:
        """The folders of its programs, in the order of a PATH."""
        own = () if self.overlay is None else (self.overlay / "bin",)
        return (*own, self.folder / "environment" / "bin")

    @property
    def constraints(self) -> Path:
        """The versions of all its packages, as a file of constraints."""
        return self.folder / "constraints.txt"

    @property
    def database(self) -> Path:
        """An empty metadata database, as SQLite has it."""
        return self.folder / sqlite.FILE


def cache() -> Path:
    """Return the folder in which all of this is kept."""
    return cache_folder(os.environ).with_name("airflow")


def digest(*parts: object) -> str:
    """Return a name for what is made of these parts, JSON values all of them."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def installed(version: str, *, progress: Progress) -> Installation:
    """Return an installation of the version, or else of the nearest one of MWAA's that can be had; make it if need be.

    Raises:
        InstallationError: when there is none of that major.
    """
    problems = []
    for candidate in versions.candidates(version):
        try:
            return _kept(candidate, progress)
        except (packages.PackagesError, DatabaseError) as error:
            problems.append(f"apache-airflow {candidate}: {error}")
            progress(f"Airflow {candidate} cannot be installed here")
    raise InstallationError("Airflow cannot be installed. " + "\n".join(problems))


def _kept(version: str, progress: Progress) -> Installation:
    target = cache() / f"{version}-{digest(_FORMAT, ALWAYS, versions.latest_packages(version), sys.version)}"
    installation = Installation(version, target)
    failure = target.with_suffix(".failed")
    if not target.exists():
        with exclusive(cache() / ".locks" / target.name, progress):
            if not target.exists():
                if failure.exists() and time.time() - failure.stat().st_mtime < _NOT_AGAIN_SECONDS:
                    raise packages.PackagesError(failure.read_text())
                try:
                    _make(installation, progress)
                except packages.PackagesError as error:
                    if error.exit_code == _NO_SOLUTION:
                        failure.write_text(str(error))
                    raise
                except DatabaseError as error:
                    failure.write_text(str(error))
                    raise
    return installation


def _make(installation: Installation, progress: Progress) -> None:
    version = installation.version
    progress(f"Installing Airflow {version}")
    uv = packages.find_uv(os.environ)
    with publishing(installation.folder) as draft:
        made = Installation(version, draft)
        _uv(uv, "venv", "--seed", "--relocatable", "--python", sys.executable, draft / "environment")
        until = versions.latest_packages(version)
        of_its_time = () if until is None else ("--exclude-newer", until)
        wanted = (f"apache-airflow=={version}", *ALWAYS, *versions.further_requirements(version))
        _uv(uv, "pip", "install", *of_its_time, "--python", made.python, *wanted)
        made.constraints.write_text(_uv(uv, "pip", "freeze", "--python", made.python))
        progress(f"Preparing the database of Airflow {version}")
        sqlite.prepare(made.python, draft, version)


def _uv(uv: Path, *arguments: str | Path) -> str:
    return packages.run([uv, "--quiet", *arguments], environ=os.environ, seconds=_INSTALL_SECONDS)
