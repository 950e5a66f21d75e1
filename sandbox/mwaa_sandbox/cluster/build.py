"""Compiles the control plane from Go modules, for machines that cannot download it ready-made.

Knows the Go module beside it (`gomodule/`) and the go command; not where the result is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from mwaa_sandbox.cluster.progress import Progress
from mwaa_sandbox.process import ManagedProcess

MODULE = Path(__file__).parent / "gomodule"
COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
BINARY = "controlplane"

# The packages in which Kubernetes components look up their own version. Without these they call themselves v0.0.0,
# and kubectl warns about the difference in versions.
_VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
_BUILD_FLAGS = ("-mod=readonly", "-buildvcs=false", "-trimpath")
# GOTOOLCHAIN: never fetch another Go behind the person's back. The rest: not to be swayed by a workspace or a
# cross-compiling shell.
_SETTINGS = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GO111MODULE": "on"}
_NOT_INHERITED = ("GOOS", "GOARCH")
_REPORT_SECONDS = 0.5


class BuildError(RuntimeError):
    """The control plane could not be compiled; the message says why and what to do."""


def kubernetes_version() -> str:
    """Return the version of Kubernetes that go.mod names, such as "v1.36.4"."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)$", (MODULE / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise BuildError(f"{MODULE / 'go.mod'} does not require k8s.io/kubernetes")
    return found[1]


def cache_key() -> str:
    """Return a name for exactly what `build` would make here: sources, versions, flags and platform.

    The version of Go is not part of it: a binary that is there must be found on a machine without Go, and must not be
    compiled anew for each patch release.
    """
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "main.go"):
        digest.update((MODULE / name).read_bytes())
    digest.update("\0".join([*_BUILD_FLAGS, _linker_flags(), platform.system(), platform.machine()]).encode())
    return digest.hexdigest()[:16]


def build(folder: Path, progress: Progress, environ: Mapping[str, str] | None = None) -> None:
    """Compile the multi-call binary into `folder` and link each component's name to it.

    Takes about 8 minutes on 2 cores, seconds when Go's build cache is warm.

    Raises:
        BuildError: if there is no Go, or it fails.
    """
    environ = os.environ if environ is None else environ
    go = shutil.which("go", path=environ.get("PATH"))
    if go is None:
        raise BuildError(
            "the Kubernetes control plane has to be compiled, and there is no Go. Install Go 1.26 or newer "
            "(https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kubectl"
        )
    env = {name: value for name, value in environ.items() if name not in _NOT_INHERITED} | _SETTINGS
    total = _fetch_modules(go, env, folder, progress)
    _compile(go, env, folder, progress, total)
    for name in COMPONENTS:
        (folder / name).symlink_to(BINARY)


def _fetch_modules(go: str, env: Mapping[str, str], folder: Path, progress: Progress) -> int:
    """Fetch what the build needs and return the number of packages to compile."""

    def report(log: str, elapsed: float) -> None:
        modules = log.count("go: downloading ")
        progress(f"Fetching the sources of Kubernetes: {modules} Go modules, {_minutes(elapsed)}")

    packages = folder / "packages.log"
    _run([go, "list", "-deps", "-f", "package {{.ImportPath}}", "."], env, packages, report)
    total = len(re.findall(r"^package ", packages.read_text(), re.MULTILINE))
    packages.unlink()
    return total


def _compile(go: str, env: Mapping[str, str], folder: Path, progress: Progress, total: int) -> None:
    def report(log: str, elapsed: float) -> None:
        done = log.count("\n")
        progress(
            f"Compiling Kubernetes, once: {done:,} of at most {total:,} packages, {_minutes(elapsed)} "
            "(some 8 minutes on 2 cores)"
        )

    argv = [go, "build", "-v", *_BUILD_FLAGS, f"-ldflags={_linker_flags()}", "-o", str(folder / BINARY), "."]
    _run(argv, env, folder / "build.log", report)


def _run(argv: list[str], env: Mapping[str, str], log_file: Path, report: Callable[[str, float], None]) -> None:
    started = time.monotonic()
    with ManagedProcess(argv, env=env, log_file=log_file, cwd=MODULE) as process:
        while process.poll() is None:
            report(process.log_text(), time.monotonic() - started)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_REPORT_SECONDS)
        if process.returncode != 0:
            raise BuildError(
                f"`{' '.join(argv[:2])}` in {MODULE} failed with exit code {process.returncode}. "
                f"It said:\n{process.log_tail()}\n"
                "Put that right, or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kubectl"
            )


def _linker_flags() -> str:
    version = kubernetes_version()
    major, minor = version.removeprefix("v").split(".")[:2]
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "archive"}
    variables = [f"-X {package}.{name}={value}" for package in _VERSION_PACKAGES for name, value in values.items()]
    return " ".join(["-s -w", *variables])


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} so far"
