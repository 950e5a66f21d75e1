"""The requirements of an environment, really installed by pip, as MWAA does it (mwaa-behaviour.md §2, §3.4).

They go into a small environment in front of that of Airflow, so that what Airflow has is installed once for each version and
not for each file. pip and not uv: it is what MWAA runs, and its words are what people find in their logs. Both what has been
installed and what could not be is kept, by version and by what the file says.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mwaa_sandbox.airflow.real import packages
from mwaa_sandbox.airflow.real.installation import Installation, cache, digest
from mwaa_sandbox.aws.logs.requirements import FAILED, HAS_CONSTRAINTS, PATH, UNCONSTRAINED
from mwaa_sandbox.cluster.cache import exclusive
from mwaa_sandbox.cluster.progress import Progress

_FORMAT = 1
_SECONDS = 9 * 60.0
"""§2, container-level limits: "requirements install 9 min, non-zero pip exit only logs an error"."""

_NOT_AGAIN_SECONDS = 24 * 3600.0
_PASSING = re.compile(r"Retrying \(Retry\(|Connection|Temporary failure|timed out|Not finished after")
"""What pip says when the way to the packages is at fault, and not the file."""

_HOME = "/usr/local/airflow"
_CRITICAL = ("apache-airflow==", "celery==", "kombu==", "SQLAlchemy==", "sqlalchemy==", "Flask==", "flask==")
"""§3.4: what is held to its version even where a file brings constraints of its own; MWAA's list is longer."""

_TOLD = "installed.json"


def with_requirements(
    base: Installation, content: str, *, home: Path, online: bool, mark: Mapping[str, str], progress: Progress
) -> Installation:
    """Return an Airflow that has these requirements beside what it has; what cannot be installed leaves it without any of them.

    `home` is where the files of the environment are that a file may name below MWAA's `/usr/local/airflow`: wheels among
    the plugins, constraints among the DAGs. Where an environment is not `online`, nothing is fetched. pip runs with the variables of
    `mark`: one that outlived us would write into what the next of us makes anew.
    """
    identity = digest(_FORMAT, base.folder.name, content, online, list(_named(content, home)))
    target = cache() / f"{base.version}-requirements-{identity}"
    with exclusive(cache() / ".locks" / target.name, progress):
        told = _told(target)
        if told is None:
            progress(f"Installing requirements for Airflow {base.version}")
            told = _install(base, content, target, home, online=online, mark=mark)
    return dataclasses.replace(base, overlay=target if told.installed else None, log=told.lines)


@dataclass(frozen=True)
class _Told:
    """How an installation has ended, and what pip said."""

    installed: bool
    lines: tuple[str, ...]


def _told(target: Path) -> _Told | None:
    try:
        kept = json.loads((target / _TOLD).read_text())
        age = time.time() - (target / _TOLD).stat().st_mtime
    except (FileNotFoundError, ValueError):  # not there, or not all of it: somebody was killed while writing it
        return None
    return _Told(kept["installed"], tuple(kept["lines"])) if kept["installed"] or age < _NOT_AGAIN_SECONDS else None


def _install(
    base: Installation, content: str, target: Path, home: Path, *, online: bool, mark: Mapping[str, str]
) -> _Told:
    """Make the environment in its place: programs that pip installs know where they are. `installed.json` comes last."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _make_environment(base, target)
    listed, constraints = target / "requirements.txt", target / "constraints.txt"
    listed.write_text(content.replace(_HOME, str(home)))
    own = HAS_CONSTRAINTS.search(content) is not None
    pins = base.constraints.read_text().splitlines(keepends=True)
    constraints.write_text("".join(pin for pin in pins if not own or pin.startswith(_CRITICAL)))
    pip: list[str | Path] = [
        target / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--no-input",
        "--progress-bar=off",
        "--root-user-action=ignore",
    ]
    environ = {**packages.environment_of_pip(os.environ), **mark}
    arguments: list[str | Path] = ["-r", listed, "-c", constraints, *(() if online else ("--no-index",))]
    try:
        told = _Told(
            True, tuple(packages.run([*pip, *arguments], environ=environ, seconds=_SECONDS, cwd=home).splitlines())
        )
    except packages.PackagesError as error:
        told = _Told(False, (*str(error).splitlines(), FAILED))
    said = [line.replace(str(listed), PATH).replace(str(home), _HOME) for line in told.lines]
    told = _Told(told.installed, (*(() if own else UNCONSTRAINED), *said))
    if told.installed or not any(_PASSING.search(line) for line in told.lines):
        (target / _TOLD).write_text(json.dumps(dataclasses.asdict(told)))
    return told


def _make_environment(base: Installation, target: Path) -> None:
    """An environment that has what the other one has, behind what will be installed into it."""
    uv = packages.find_uv(os.environ)
    packages.run([uv, "--quiet", "venv", "--python", base.python, target], environ=os.environ, seconds=_SECONDS)
    inside = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
    behind = base.folder / "environment" / inside
    (target / inside / "airflow_of_mwaa.pth").write_text(f"import site; site.addsitedir({str(behind)!r})\n")
    program = target / "bin" / "airflow"  # executors start tasks by this name
    program.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m airflow "$@"\n')
    program.chmod(0o755)


def _named(content: str, home: Path) -> Iterator[tuple[str, str]]:
    """Yield what the files are that a requirements file may name: if one of them changes, so may what is installed."""
    for folder in ("dags", "plugins"):
        if f"{_HOME}/{folder}" not in content:
            continue
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and path.suffix in {".txt", ".whl", ".gz", ".zip"}:
                yield str(path.relative_to(home)), hashlib.sha256(path.read_bytes()).hexdigest()
