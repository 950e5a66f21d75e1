"""Python environments with an Airflow in them, made by uv and kept outside the checkout, by version and requirements.

Each has an empty metadata database beside it, which is migrated once and then copied: a migration takes longer than a start.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mwaa_sandbox.airflow.real import database
from mwaa_sandbox.cluster.cache import cache_folder, exclusive, publishing
from mwaa_sandbox.cluster.progress import Progress

_TESTED = {2: "2.11.2", 3: "3.3.1"}
"""What is taken for a version that PyPI does not have, or that this Python does not run."""

_ALWAYS = ("apache-airflow-providers-amazon",)
"""What MWAA's images have beside Airflow, and DAGs count on."""

_SOURCES = ("UV_", "PIP_", "SSL_CERT_", "REQUESTS_CA_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "XDG_", "NETRC")
_FORMAT = 1
_INSTALL_SECONDS = 20 * 60
"""After that an update of MWAA has failed (mwaa-behaviour.md §2)."""


class InstallationError(RuntimeError):
    """There is no Airflow to run; the message says what uv said."""


@dataclass(frozen=True)
class Installation:
    """An environment that can be run. `log` is what installing the requirements said."""

    folder: Path
    version: str
    log: tuple[str, ...]

    @property
    def python(self) -> Path:
        return self.folder / "environment" / "bin" / "python"

    @property
    def database(self) -> Path:
        return self.folder / database.FILE


def installed(version: str, requirements: str | None, *, progress: Progress) -> Installation:
    """Return an installation of the version, or of the nearest one, with these requirements; make it if need be.

    Requirements that cannot be installed leave Airflow without them: "non-zero pip exit only logs an error" (§2).

    Raises:
        InstallationError: when Airflow itself cannot be installed.
    """
    major = int(version.partition(".")[0])
    nearest = dict.fromkeys((version, _TESTED.get(major, version)))
    problems = []
    for candidate in nearest:
        base = _kept(candidate, None, progress)
        if isinstance(base, str):
            problems.append(f"apache-airflow {candidate}: {base}")
            continue
        if requirements is None or not requirements.strip():
            return base
        complete = _kept(candidate, requirements, progress)
        if isinstance(complete, str):
            return Installation(base.folder, base.version, tuple(complete.splitlines()))
        return complete
    raise InstallationError("Airflow cannot be installed. " + "\n".join(problems))


def find_uv(environ: Mapping[str, str]) -> Path:
    """Return uv's program: on the PATH, beside this Python, or in `.tools/` of the checkout that this Python belongs to.

    Raises:
        InstallationError: when there is none.
    """
    places = [Path(sys.prefix) / "bin" / "uv"]
    places += [parent / ".tools" / "uv" / "bin" / "uv" for parent in Path(sys.prefix).parents]
    on_path = shutil.which("uv", path=environ.get("PATH"))
    found = on_path or next((str(place) for place in places if os.access(place, os.X_OK)), None)
    if found is None:
        raise InstallationError("uv is needed to install Airflow: https://docs.astral.sh/uv/")
    return Path(found)


def package_sources(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which a person has set up where packages come from, for a process that is to install some."""
    return {name: value for name, value in environ.items() if name.upper().startswith(_SOURCES)}


def _kept(version: str, requirements: str | None, progress: Progress) -> Installation | str:
    """Return an installation from the cache, made if need be, or what uv said when it could not be made."""
    identity = json.dumps([_FORMAT, version, _ALWAYS, requirements, sys.version])
    target = cache_folder(os.environ).with_name("airflow") / hashlib.sha256(identity.encode()).hexdigest()[:20]
    told = target / "installed.txt"
    if not told.exists():
        with exclusive(target.parent, progress):
            if not told.exists():
                try:
                    _make(target, version, requirements, progress)
                except _NotInstalledError as error:
                    return str(error)
    return Installation(target, version, tuple(told.read_text().splitlines()))


def _make(target: Path, version: str, requirements: str | None, progress: Progress) -> None:
    progress(f"Installing Airflow {version}{'' if requirements is None else ' with requirements'}")
    uv = find_uv(os.environ)
    with publishing(target) as draft:
        environment, listed = draft / "environment", draft / "requirements.txt"
        listed.write_text(requirements or "")
        _run([uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, environment])
        wanted: list[str | Path] = [f"apache-airflow=={version}", *_ALWAYS, "-r", listed]
        said = _run([uv, "pip", "install", "--no-progress", "--python", environment / "bin" / "python", *wanted])
        progress(f"Preparing Airflow {version}")
        database.prepare(environment / "bin" / "python", draft, version)
        (draft / "installed.txt").write_text(said)


def _run(command: Sequence[str | Path]) -> str:
    """Run uv, in the environment of the person who asked: where packages come from is set up there."""
    try:
        ended = subprocess.run(
            [str(part) for part in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _NotInstalledError(f"not finished after {_INSTALL_SECONDS // 60} minutes") from None
    if ended.returncode != 0:
        raise _NotInstalledError(ended.stdout)
    return ended.stdout


class _NotInstalledError(Exception):
    """uv has failed; the message is what it said."""
