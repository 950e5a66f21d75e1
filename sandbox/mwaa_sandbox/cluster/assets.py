"""Finds the binaries of a Kubernetes control plane, or gets them: the search order, and nothing of how each way works.

1. `KUBEBUILDER_ASSETS`, and `TEST_ASSET_ETCD`, `TEST_ASSET_KUBE_APISERVER`, `TEST_ASSET_KUBECTL`,
   `TEST_ASSET_KUBE_CONTROLLER_MANAGER` for single binaries (the variables of controller-runtime's envtest).
2. Our cache.
3. What `setup-envtest` has installed, in the same minor version as ours.
4. A download of the official envtest archive.
5. Compiling them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from mwaa_sandbox.cluster import build as go_build
from mwaa_sandbox.cluster import cache, envtest_store
from mwaa_sandbox.cluster import download as release
from mwaa_sandbox.cluster.machine import go_platform
from mwaa_sandbox.cluster.progress import Progress, silent

REQUIRED = ("etcd", "kube-apiserver", "kubectl")
_OPTIONAL = "kube-controller-manager"

Maker = Callable[[Path, Progress], None]
"""Puts binaries into an empty folder."""


class AssetsError(RuntimeError):
    """There are no usable binaries; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Assets:
    """A folder of binaries, as `KUBEBUILDER_ASSETS` names one, and where it comes from."""

    folder: Path
    origin: str

    @property
    def etcd(self) -> Path:
        return self.folder / "etcd"

    @property
    def kube_apiserver(self) -> Path:
        return self.folder / "kube-apiserver"

    @property
    def kubectl(self) -> Path:
        return self.folder / "kubectl"

    @property
    def kube_controller_manager(self) -> Path | None:
        """The controller manager, or None: envtest archives do not hold it."""
        path = self.folder / _OPTIONAL
        return path if path.exists() else None

    def missing(self) -> list[str]:
        return [name for name in REQUIRED if not os.access(self.folder / name, os.X_OK)]


def ensure_assets(
    progress: Progress = silent,
    *,
    environ: Mapping[str, str] | None = None,
    download: Maker | None = None,
    build: Maker | None = None,
    compile_anyway: bool = False,
) -> Assets:
    """Return the binaries of a control plane, downloading or compiling them if need be, in the order that stands above.

    Args:
        progress: told what is going on while it takes long.
        environ: the environment to look for variables in; default: ours.
        download: replaces the download of a release.
        build: replaces the compilation.
        compile_anyway: look at nothing else than what was compiled here before.

    Raises:
        AssetsError: if a variable names a folder without the binaries, or there is no way left to get them.
    """
    environ = os.environ if environ is None else environ
    version, platform = go_build.kubernetes_version(), go_platform()
    folder = cache.cache_folder(environ)
    make = _Makers(
        download=download
        or (lambda into, told: release.download(into, told, version=version, platform=platform, environ=environ)),
        build=build or (lambda into, told: go_build.build(into, told, environ)),
        built=folder / f"built-{go_build.cache_key()}",
        downloaded=folder / "-".join(("envtest", version.rpartition(".")[0], *platform)),
    )
    if compile_anyway:
        return _compiled(make, progress)
    single = {name: Path(path) for name in (*REQUIRED, _OPTIONAL) if (path := environ.get(_variable(name)))}
    if single.keys() >= set(REQUIRED):
        return _linked(folder, single)
    found = _named_by_variable(environ) or _lying_around(make, environ, version, platform) or _made(make, progress)
    return _linked(folder, single, found) if single else found


@dataclasses.dataclass(frozen=True)
class _Makers:
    """The two ways to get binaries, and where in the cache each puts its own."""

    download: Maker
    build: Maker
    downloaded: Path
    built: Path

    def cached(self) -> Assets | None:
        # What was compiled comes first: it has the controller manager on every platform.
        candidates = (Assets(self.built, "compiled"), Assets(self.downloaded, "downloaded"))
        return next((assets for assets in candidates if not assets.missing()), None)


def _named_by_variable(environ: Mapping[str, str]) -> Assets | None:
    folder = environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        return None
    assets = Assets(Path(folder).absolute(), "KUBEBUILDER_ASSETS")
    if missing := assets.missing():
        raise AssetsError(
            f"KUBEBUILDER_ASSETS is {folder}, but there is no executable {', '.join(missing)} in that folder. "
            "Correct the variable, or unset it to let the binaries be found or made"
        )
    return assets


def _lying_around(make: _Makers, environ: Mapping[str, str], version: str, platform: tuple[str, str]) -> Assets | None:
    if cached := make.cached():
        return cached
    installed = envtest_store.folders(environ, version=version, platform=platform)
    stored = (Assets(folder, "installed by setup-envtest") for folder in installed)
    return next((assets for assets in stored if not assets.missing()), None)


def _made(make: _Makers, progress: Progress) -> Assets:
    with cache.exclusive(make.built.parent, progress):
        if cached := make.cached():  # another process was quicker
            return cached
        try:
            with cache.publishing(make.downloaded) as folder:
                make.download(folder, progress)
        except release.DownloadError as error:
            progress(f"No ready-made Kubernetes, so it will be compiled: {error}")
        else:
            return Assets(make.downloaded, "downloaded")
    return _compiled(make, progress)


def _compiled(make: _Makers, progress: Progress) -> Assets:
    assets = Assets(make.built, "compiled")
    with cache.exclusive(make.built.parent, progress):
        if assets.missing():
            try:
                with cache.publishing(make.built) as folder:
                    make.build(folder, progress)
            except go_build.BuildError as error:
                raise AssetsError(str(error)) from error
    return assets


def _linked(cache_folder: Path, single: Mapping[str, Path], rest: Assets | None = None) -> Assets:
    """Return a folder of links, with each binary that a variable of its own names in place of the one in `rest`."""
    binaries = {}
    for name in (*REQUIRED, _OPTIONAL):
        if name in single:
            if not os.access(single[name], os.X_OK):
                raise AssetsError(
                    f"{_variable(name)} is {single[name]}, which is not an executable file. Correct or unset it"
                )
            binaries[name] = single[name].absolute()
        elif rest is not None and (rest.folder / name).exists():
            binaries[name] = (rest.folder / name).absolute()
    key = hashlib.sha256(repr(sorted(binaries.items())).encode()).hexdigest()[:16]
    target = cache_folder / f"linked-{key}"
    assets = Assets(target, "TEST_ASSET_* variables")
    with cache.exclusive(cache_folder, silent):
        # Never made anew while it is whole: somebody may be running from it.
        if assets.missing():
            with cache.publishing(target) as folder:
                for name, path in binaries.items():
                    (folder / name).symlink_to(path)
    return assets


def _variable(name: str) -> str:
    return f"TEST_ASSET_{name.upper().replace('-', '_')}"
