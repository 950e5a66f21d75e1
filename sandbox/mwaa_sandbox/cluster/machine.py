"""What Go, and so every release of Kubernetes, calls the system we run on."""

from __future__ import annotations

import platform

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def go_platform() -> tuple[str, str]:
    """Return the operating system and the architecture in Go's words, such as ("linux", "amd64")."""
    machine = platform.machine().lower()
    return platform.system().lower(), _ARCHITECTURES.get(machine, machine)
