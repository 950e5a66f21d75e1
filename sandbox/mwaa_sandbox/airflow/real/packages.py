"""uv, and where packages come from: as the person has set it up who starts the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_SOURCES = ("UV_", "PIP_", "SSL_CERT_", "REQUESTS_CA_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "XDG_", "NETRC")
_INDEX_OF_UV = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")


class PackagesError(RuntimeError):
    """Something cannot be installed; the message is what uv or pip said. `exit_code` is theirs, None if there is none."""

    def __init__(self, said: str, exit_code: int | None = None) -> None:
        super().__init__(said)
        self.exit_code = exit_code


def find_uv(environ: Mapping[str, str]) -> Path:
    """Return uv's program: on the PATH, beside this Python, or in `.tools/` of the checkout that this Python belongs to.

    Raises:
        PackagesError: when there is none.
    """
    places = [Path(sys.prefix) / "bin" / "uv"]
    places += [parent / ".tools" / "uv" / "bin" / "uv" for parent in Path(sys.prefix).parents]
    on_path = shutil.which("uv", path=environ.get("PATH"))
    found = on_path or next((str(place) for place in places if os.access(place, os.X_OK)), None)
    if found is None:
        raise PackagesError("uv is needed to install Airflow: https://docs.astral.sh/uv/")
    return Path(found)


def package_sources(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which a person has set up where packages come from, for a process that is to install some."""
    return {name: value for name, value in environ.items() if name.upper().startswith(_SOURCES)}


def environment_of_pip(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` for pip, which does not know the index that was named to uv only."""
    index = next((environ[name] for name in _INDEX_OF_UV if name in environ), None)
    return {**({} if index is None else {"PIP_INDEX_URL": index}), **environ}


def run(command: Sequence[str | Path], *, environ: Mapping[str, str], seconds: float, cwd: Path | None = None) -> str:
    """Run uv or pip and return what it said.

    Raises:
        PackagesError: when it fails, or takes longer than `seconds`.
    """
    try:
        ended = subprocess.run(
            [str(part) for part in command],
            check=False,
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        raise PackagesError(f"{text}\nNot finished after {seconds / 60:g} minutes".strip()) from None
    if ended.returncode != 0:
        raise PackagesError(ended.stdout, ended.returncode)
    return ended.stdout
