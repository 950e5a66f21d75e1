"""Finds binaries that `setup-envtest` (of controller-runtime) has installed on this machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

_RELEASE = re.compile(r"^(\d+)\.(\d+)\.(\d+)-(\w+)-(\w+)$")


def folders(environ: Mapping[str, str], *, version: str, platform: tuple[str, str]) -> list[Path]:
    """Return the installed folders with the minor version of `version` ("v1.36.4") for `platform`, newest patch first.

    Another minor version is passed over: it would make what a person sees differ from one machine to the next.
    """
    root = _store(environ)
    if root is None or not (root / "k8s").is_dir():
        return []
    wanted = tuple(version.removeprefix("v").split(".")[:2])
    found = []
    for folder in (root / "k8s").iterdir():
        name = _RELEASE.match(folder.name)
        if name and name.groups()[:2] == wanted and name.groups()[3:] == platform:
            found.append((int(name[3]), folder))
    return [folder for _, folder in sorted(found, reverse=True)]


def _store(environ: Mapping[str, str]) -> Path | None:
    # The default places of setup-envtest (tools/setup-envtest/store/helpers.go).
    home = environ.get("HOME")
    if sys.platform == "darwin":
        return Path(home) / "Library/Application Support/io.kubebuilder.envtest" if home else None
    base = environ.get("XDG_DATA_HOME") or (f"{home}/.local/share" if home else None)
    return Path(base) / "kubebuilder-envtest" if base else None
