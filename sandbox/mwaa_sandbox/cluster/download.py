"""Downloads an official release of the control plane: the envtest archive, and the controller manager it leaves out.

The archive (etcd, kube-apiserver, kubectl) is found through the index that `setup-envtest` uses too, and has to have
the SHA-512 that the index names. The controller manager comes from the release site of Kubernetes, which has it for
Linux only.
"""

from __future__ import annotations

import dataclasses
import hashlib
import http.client
import os
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, cast

import yaml

from mwaa_sandbox.cluster.progress import Progress

INDEX_VARIABLE = "MWAA_SANDBOX_ENVTEST_INDEX_URL"
"""Overrides the address of the index of envtest archives; empty means: do not download, compile."""
RELEASES_VARIABLE = "MWAA_SANDBOX_KUBERNETES_RELEASES_URL"
"""Overrides the address below which the releases of Kubernetes lie."""

_INDEX_URL = "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml"
_RELEASES_URL = "https://dl.k8s.io/release"
# Of connecting and of each read, not of the whole: short, because without the internet there is another way.
_TIMEOUT_SECONDS = 5
_CHUNK = 1 << 16
_WANTED = frozenset({"etcd", "kube-apiserver", "kubectl"})


Index = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]
"""What the index is expected to hold: {"releases": {version: {archive name: {"hash": ..., "selfLink": ...}}}}."""


class DownloadError(RuntimeError):
    """The release could not be had; the message says why."""


@dataclasses.dataclass(frozen=True)
class Archive:
    """An entry of the index."""

    version: str
    url: str
    sha512: str


def download(
    folder: Path, progress: Progress, *, version: str, platform: tuple[str, str], environ: Mapping[str, str]
) -> None:
    """Put the newest patch release with the minor version of `version` ("v1.36.4") into `folder`.

    Raises:
        DownloadError: if the index, the archive or the controller manager cannot be had, or is not what its checksum
            says.
    """
    index_url = environ.get(INDEX_VARIABLE, _INDEX_URL)
    if not index_url:
        raise DownloadError(f"{INDEX_VARIABLE} is empty")
    progress("Downloading Kubernetes: looking for a release")
    archive = newest(_index(index_url), version=version, platform=platform)
    with tempfile.TemporaryFile(dir=folder) as file:
        digest = _fetch(archive.url, file, "sha512", f"Downloading Kubernetes: {archive.version}", progress)
        _verify(archive.url, digest, archive.sha512)
        file.seek(0)
        _unpack(file, folder, archive.url)
    if platform[0] == "linux":
        releases = environ.get(RELEASES_VARIABLE, _RELEASES_URL)
        url = f"{releases}/{archive.version}/bin/{'/'.join(platform)}/kube-controller-manager"
        _fetch_controller_manager(url, folder, progress)


def newest(index: Index, *, version: str, platform: tuple[str, str]) -> Archive:
    """Choose the newest patch release of the minor version of `version` from the index.

    Raises:
        DownloadError: if there is no release of that minor version for that platform, or the index has another form.
    """
    minor = version.rpartition(".")[0] + "."
    suffix = f"-{'-'.join(platform)}.tar.gz"
    try:
        found = [
            (int(release.removeprefix(minor)), Archive(release, entry["selfLink"], entry["hash"]))
            for release, archives in index["releases"].items()
            # Release candidates ("v1.36.0-rc.1") have no number there.
            if release.startswith(minor) and release.removeprefix(minor).isdecimal()
            for name, entry in archives.items()
            if name.endswith(suffix)
        ]
    except (TypeError, KeyError, AttributeError) as error:
        raise DownloadError(f"the index of envtest archives does not have the form that is known: {error!r}") from error
    if not found:
        raise DownloadError(f"there is no envtest archive of Kubernetes {minor}* for {'/'.join(platform)}")
    return max(found, key=lambda numbered: numbered[0])[1]


def _index(url: str) -> Index:
    with _open(url) as response:
        text = _reading(url, response.read)
    try:
        return cast("Index", yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise DownloadError(f"{url} is not YAML: {error}") from error


def _fetch_controller_manager(url: str, folder: Path, progress: Progress) -> None:
    with _open(f"{url}.sha256") as response:
        expected = _reading(url, response.read).decode("ascii", errors="replace").split()[:1]
    path = folder / "kube-controller-manager"
    with path.open("wb") as file:
        digest = _fetch(url, file, "sha256", "Downloading Kubernetes: controller manager", progress)
    _verify(url, digest, "".join(expected))
    path.chmod(0o755)


def _fetch(url: str, file: IO[bytes], algorithm: str, what: str, progress: Progress) -> str:
    digest = hashlib.new(algorithm)
    started = time.monotonic()
    with _open(url) as response:
        size = int(response.headers.get("Content-Length") or 0)
        done = 0
        while chunk := _reading(url, lambda: response.read(_CHUNK)):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(f"{what}, {_how_far(done, size, time.monotonic() - started)}")
    return digest.hexdigest()


def _how_far(done: int, size: int, elapsed: float) -> str:
    if not size:
        return f"{done / 1e6:.0f} MB"
    remaining = elapsed / done * (size - done)
    return f"{done / 1e6:.0f} of {size / 1e6:.0f} MB, {remaining:.0f} s left"


def _verify(url: str, actual: str, expected: str) -> None:
    if actual != expected.lower():
        raise DownloadError(f"{url} has checksum {actual}, but should have {expected or '(none given)'}")


def _unpack(file: IO[bytes], folder: Path, url: str) -> None:
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            for member in archive:
                # By the last part of the name alone: no entry can point out of the folder.
                name = os.path.basename(member.name)  # noqa: PTH119 - a name in an archive, not a path
                content = archive.extractfile(member) if member.isfile() and name in _WANTED else None
                if content:
                    (folder / name).write_bytes(content.read())
                    (folder / name).chmod(0o755)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DownloadError(f"{url} cannot be unpacked: {error}") from error
    if missing := [name for name in sorted(_WANTED) if not (folder / name).exists()]:
        raise DownloadError(f"{url} does not hold {', '.join(missing)}")


def _open(url: str) -> http.client.HTTPResponse:
    if not url.startswith(("https://", "http://")):
        raise DownloadError(f"{url} is not an http address")
    try:
        response = urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS)  # noqa: S310 - checked above
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"cannot reach {url}: {error}") from error
    return cast("http.client.HTTPResponse", response)


def _reading(url: str, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"reading {url} broke off: {error}") from error
