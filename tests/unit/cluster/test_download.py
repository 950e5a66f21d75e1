"""The download of a release: what is chosen, what is refused."""

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from mwaa_sandbox.cluster import download
from mwaa_sandbox.cluster.ports import free_ports

LINUX = ("linux", "amd64")
PROGRAMS = {"controller-tools/envtest/etcd": b"etcd", "controller-tools/envtest/kube-apiserver": b"api"}
COMPLETE = {**PROGRAMS, "controller-tools/envtest/kubectl": b"kubectl"}


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o755
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class Release:
    """A published release, and the variables that lead to it."""

    def __init__(self, website, files: Mapping[str, bytes] = COMPLETE, *, archive_hash="", manager_hash="") -> None:
        archive, manager = packed(files), b"manager"
        path = "release/v1.36.2/bin/linux/amd64/kube-controller-manager"
        entry = {
            "selfLink": website.put("envtest.tar.gz", archive),
            "hash": archive_hash or hashlib.sha512(archive).hexdigest(),
        }
        index = {"releases": {"v1.36.2": {"envtest-v1.36.2-linux-amd64.tar.gz": entry}}}
        website.put(path, manager)
        website.put(f"{path}.sha256", manager_hash or hashlib.sha256(manager).hexdigest())
        self.environ = {
            download.INDEX_VARIABLE: website.put("index.yaml", yaml.safe_dump(index)),
            download.RELEASES_VARIABLE: f"{website.url}/release",
        }

    def download(self, folder: Path, told: list[str] | None = None, platform: tuple[str, str] = LINUX) -> None:
        progress = [].append if told is None else told.append
        download.download(folder, progress, version="v1.36.4", platform=platform, environ=self.environ)


def test_release_ends_up_in_the_folder_ready_to_run(website, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()

    Release(website).download(folder)

    contents = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert contents == {
        "etcd": b"etcd",
        "kube-apiserver": b"api",
        "kubectl": b"kubectl",
        "kube-controller-manager": b"manager",
    }
    assert all(file.stat().st_mode & 0o777 == 0o755 for file in folder.iterdir())


def test_progress_tells_size_and_remaining_time(website, tmp_path: Path) -> None:
    told: list[str] = []

    Release(website, {**COMPLETE, "controller-tools/envtest/etcd": bytes(3_000_000)}).download(tmp_path, told)

    assert any("v1.36.2" in line and " MB, " in line and line.endswith(" s left") for line in told)


def test_archive_with_another_checksum_is_refused_before_it_is_unpacked(website, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()

    with pytest.raises(download.DownloadError, match=r"envtest.tar.gz has checksum .* but should have abc123"):
        Release(website, archive_hash="abc123").download(folder)
    assert list(folder.iterdir()) == []


def test_controller_manager_with_another_checksum_is_refused(website, tmp_path: Path) -> None:
    with pytest.raises(download.DownloadError, match="kube-controller-manager has checksum"):
        Release(website, manager_hash="abc123").download(tmp_path)


def test_controller_manager_is_left_out_where_none_is_published(website, tmp_path: Path) -> None:
    website.put("envtest-mac.tar.gz", packed(COMPLETE))
    index = {"releases": {"v1.36.2": {"envtest-v1.36.2-darwin-arm64.tar.gz": {}}}}
    release = Release(website)
    archive = packed(COMPLETE)
    index["releases"]["v1.36.2"]["envtest-v1.36.2-darwin-arm64.tar.gz"] = {
        "selfLink": website.put("mac.tar.gz", archive),
        "hash": hashlib.sha512(archive).hexdigest().upper(),
    }
    website.put("index.yaml", yaml.safe_dump(index))
    folder = tmp_path / "bin"
    folder.mkdir()

    release.download(folder, platform=("darwin", "arm64"))

    assert {file.name for file in folder.iterdir()} == {"etcd", "kube-apiserver", "kubectl"}


def test_archive_without_a_program_is_refused(website, tmp_path: Path) -> None:
    with pytest.raises(download.DownloadError, match="does not hold kubectl"):
        Release(website, PROGRAMS).download(tmp_path)


def test_archive_cannot_write_outside_the_folder(website, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "bin"
    folder.mkdir(parents=True)

    Release(website, {**COMPLETE, "../../etcd": b"evil", "../stranger": b"evil"}).download(folder)

    assert not (tmp_path / "etcd").exists()
    assert not (folder.parent / "stranger").exists()


def test_what_is_no_archive_is_refused(website, tmp_path: Path) -> None:
    release = Release(website, archive_hash=hashlib.sha512(b"<html>").hexdigest())
    website.put("envtest.tar.gz", b"<html>")

    with pytest.raises(download.DownloadError, match="cannot be unpacked"):
        release.download(tmp_path)


def test_index_that_is_not_found_is_reported_with_its_address(website, tmp_path: Path) -> None:
    environ = {download.INDEX_VARIABLE: f"{website.url}/nothing-here.yaml"}

    with pytest.raises(download.DownloadError, match=r"cannot reach .*/nothing-here.yaml: .*404"):
        download.download(tmp_path, print, version="v1.36.4", platform=LINUX, environ=environ)


def test_refused_connection_is_reported(tmp_path: Path) -> None:
    environ = {download.INDEX_VARIABLE: f"http://127.0.0.1:{free_ports(1)[0]}/index.yaml"}

    with pytest.raises(download.DownloadError, match=r"cannot reach .*refused"):
        download.download(tmp_path, print, version="v1.36.4", platform=LINUX, environ=environ)


def test_only_http_addresses_are_followed(tmp_path: Path) -> None:
    (tmp_path / "index.yaml").write_text("{}")
    environ = {download.INDEX_VARIABLE: f"file://{tmp_path}/index.yaml"}

    with pytest.raises(download.DownloadError, match="not an http address"):
        download.download(tmp_path, print, version="v1.36.4", platform=LINUX, environ=environ)


def test_newest_patch_of_the_same_minor_version_and_platform_is_chosen() -> None:
    def archives(version: str) -> dict[str, dict[str, str]]:
        return {
            f"envtest-{version}-{system}.tar.gz": {"selfLink": f"{version}/{system}", "hash": version}
            for system in ("linux-amd64", "linux-arm64", "darwin-arm64")
        }

    versions = ("v1.36.2", "v1.36.10", "v1.36.9", "v1.37.1", "v1.36.11-rc.0", "v1.3.99")
    index = {"releases": {version: archives(version) for version in versions}}

    assert download.newest(index, version="v1.36.4", platform=("linux", "arm64")) == download.Archive(
        version="v1.36.10", url="v1.36.10/linux-arm64", sha512="v1.36.10"
    )


def test_release_that_is_not_there_is_reported() -> None:
    index = {"releases": {"v1.35.0": {"envtest-v1.35.0-linux-amd64.tar.gz": {"selfLink": "x", "hash": "y"}}}}

    with pytest.raises(download.DownloadError, match=r"no envtest archive of Kubernetes v1\.36\.\* for linux/amd64"):
        download.newest(index, version="v1.36.4", platform=LINUX)


@pytest.mark.parametrize("index", [None, "moved", [], {"releases": None}, {"releases": {"v1.36.0": ["x"]}}])
def test_index_of_another_form_is_reported(index: object) -> None:
    with pytest.raises(download.DownloadError, match="form"):
        download.newest(index, version="v1.36.4", platform=LINUX)
