"""The order in which binaries are looked for, and what is done when there are none."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import build as go_build
from mwaa_sandbox.cluster import download as release
from mwaa_sandbox.cluster.assets import REQUIRED, Assets, AssetsError, ensure_assets
from mwaa_sandbox.cluster.machine import go_platform
from mwaa_sandbox.cluster.ports import free_ports

Environ = dict[str, str]


def put_programs(folder: Path, names: Iterable[str] = REQUIRED) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


class Maker:
    """Makes programs, or fails; counts how often it was asked."""

    def __init__(self, error: Exception | None = None, before: Callable[[], object] = lambda: None) -> None:
        self.calls = 0
        self._error = error
        self._before = before

    def __call__(self, folder: Path, _progress: object) -> None:
        self.calls += 1
        self._before()
        put_programs(folder, REQUIRED[: 1 if self._error else None])
        if self._error:
            raise self._error


@pytest.fixture
def offline() -> Maker:
    return Maker(release.DownloadError("no internet"))


def find(environ: Environ, download: Maker, build: Maker, told: list[str] | None = None, **options: bool) -> Assets:
    progress = [].append if told is None else told.append
    return ensure_assets(progress, environ=environ, download=download, build=build, **options)


def store(environ: Environ, version: str) -> Path:
    data = Path(environ["HOME"]) / "data"
    environ["XDG_DATA_HOME"] = str(data)
    return data / "kubebuilder-envtest" / "k8s" / "-".join((version, *go_platform()))


def same_minor(patch: int) -> str:
    return f"{go_build.kubernetes_version().removeprefix('v').rpartition('.')[0]}.{patch}"


def test_folder_named_by_kubebuilder_assets_comes_first(environ: Environ, tmp_path: Path, offline: Maker) -> None:
    find(environ, offline, Maker())
    environ["KUBEBUILDER_ASSETS"] = str(put_programs(tmp_path / "named"))

    assert find(environ, Maker(), Maker()).folder == tmp_path / "named"


def test_wrong_kubebuilder_assets_is_an_error_rather_than_passed_over(environ: Environ, tmp_path: Path) -> None:
    environ["KUBEBUILDER_ASSETS"] = str(put_programs(tmp_path / "named", ["etcd"]))
    download, build = Maker(), Maker()

    with pytest.raises(AssetsError, match=r"KUBEBUILDER_ASSETS is .*no executable kube-apiserver, kubectl.*unset"):
        find(environ, download, build)
    assert download.calls == build.calls == 0


def test_relative_folder_is_resolved_where_it_was_named(
    environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_programs(tmp_path / "named")
    monkeypatch.chdir(tmp_path)
    environ["KUBEBUILDER_ASSETS"] = "named"

    assert find(environ, Maker(), Maker()).folder == tmp_path / "named"


def test_single_program_can_be_replaced(environ: Environ, tmp_path: Path) -> None:
    named = put_programs(tmp_path / "named", [*REQUIRED, "kube-controller-manager"])
    other = put_programs(tmp_path / "other", ["my-etcd"]) / "my-etcd"
    environ |= {"KUBEBUILDER_ASSETS": str(named), "TEST_ASSET_ETCD": str(other)}

    assets = find(environ, Maker(), Maker())

    assert assets.etcd.resolve() == other
    assert assets.kube_apiserver.resolve() == named / "kube-apiserver"
    assert assets.kube_controller_manager
    assert assets.kube_controller_manager.resolve() == named / "kube-controller-manager"


def test_nothing_is_looked_for_when_each_program_is_named(environ: Environ, tmp_path: Path) -> None:
    folder = put_programs(tmp_path / "other")
    environ |= {f"TEST_ASSET_{name.upper().replace('-', '_')}": str(folder / name) for name in REQUIRED}
    download, build = Maker(), Maker()

    assets = find(environ, download, build)

    assert assets.kubectl.resolve() == folder / "kubectl"
    assert assets.kube_controller_manager is None
    assert download.calls == build.calls == 0


def test_named_program_that_cannot_run_is_an_error(environ: Environ, tmp_path: Path) -> None:
    put_programs(tmp_path)
    environ |= {"KUBEBUILDER_ASSETS": str(tmp_path), "TEST_ASSET_KUBE_APISERVER": str(tmp_path / "missing")}

    with pytest.raises(AssetsError, match=r"TEST_ASSET_KUBE_APISERVER is .*/missing, which is not an executable"):
        find(environ, Maker(), Maker())


def test_download_is_made_once_and_kept(environ: Environ) -> None:
    download, build = Maker(), Maker()

    first = find(environ, download, build)
    second = find(environ, download, build)

    assert first == second
    assert first.origin == "downloaded"
    assert (download.calls, build.calls) == (1, 0)


def test_build_is_made_once_and_kept_when_there_is_no_download(environ: Environ, offline: Maker) -> None:
    told: list[str] = []
    build = Maker()

    first = find(environ, offline, build, told)
    second = find(environ, offline, build)

    assert first == second
    assert first.origin == "compiled"
    assert (offline.calls, build.calls) == (1, 1)
    assert any("no internet" in line for line in told)


def test_download_that_cannot_connect_ends_in_a_build(environ: Environ) -> None:
    environ[release.INDEX_VARIABLE] = f"http://127.0.0.1:{free_ports(1)[0]}/index.yaml"
    build = Maker()

    assets = ensure_assets(environ=environ, build=build)

    assert assets.origin == "compiled"
    assert build.calls == 1


def test_compiled_binaries_come_before_downloaded_ones(environ: Environ, offline: Maker) -> None:
    find(environ, Maker(), Maker())
    compiled = find(environ, offline, Maker(), compile_anyway=True)

    assert compiled.origin == "compiled"
    assert find(environ, Maker(), Maker()) == compiled


def test_cache_comes_before_what_setup_envtest_has_installed(environ: Environ, offline: Maker) -> None:
    cached = find(environ, offline, Maker())
    put_programs(store(environ, same_minor(0)))

    assert find(environ, offline, Maker()) == cached


def test_newest_installation_of_setup_envtest_comes_before_a_download(environ: Environ) -> None:
    for patch in (2, 10, 9):
        put_programs(store(environ, same_minor(patch)))
    download = Maker()

    assets = find(environ, download, Maker())

    assert assets.folder == store(environ, same_minor(10))
    assert download.calls == 0


def test_installation_of_another_minor_version_or_an_incomplete_one_is_passed_over(environ: Environ) -> None:
    put_programs(store(environ, "1.2.3"))
    put_programs(store(environ, same_minor(1)), ["etcd"])
    (store(environ, same_minor(1)).parent / "README").touch()
    download = Maker()

    assert find(environ, download, Maker()).origin == "downloaded"
    assert download.calls == 1


def test_default_places_are_below_home(environ: Environ, offline: Maker) -> None:
    home = Path(environ["HOME"])

    assert find(environ, offline, Maker()).folder.parent == home / ".cache" / "mwaa-sandbox" / "control-plane"


def test_cache_can_be_elsewhere(environ: Environ, tmp_path: Path, offline: Maker) -> None:
    environ["XDG_CACHE_HOME"] = str(tmp_path / "elsewhere")

    assert tmp_path / "elsewhere" in find(environ, offline, Maker()).folder.parents


def test_failed_build_leaves_nothing_behind_and_says_why(environ: Environ, offline: Maker) -> None:
    with pytest.raises(AssetsError, match="out of memory"):
        find(environ, offline, Maker(go_build.BuildError("out of memory")))

    cache = Path(environ["HOME"]) / ".cache" / "mwaa-sandbox" / "control-plane"
    assert [entry.name for entry in cache.iterdir()] == [".lock"]


def test_draft_of_a_killed_process_is_removed_by_the_next_one(environ: Environ, offline: Maker) -> None:
    cache = find(environ, offline, Maker()).folder
    abandoned = cache.with_name(f".{cache.name}-draft")
    cache.rename(abandoned)

    find(environ, offline, Maker())

    assert not abandoned.exists()


def test_damaged_cache_is_made_anew(environ: Environ, offline: Maker) -> None:
    find(environ, offline, Maker()).kubectl.unlink()
    build = Maker()

    assert find(environ, offline, build).missing() == []
    assert build.calls == 1


def test_machine_without_internet_and_go_is_told_what_to_do(environ: Environ) -> None:
    environ[release.INDEX_VARIABLE] = ""

    with pytest.raises(AssetsError, match=r"Install Go .* or set KUBEBUILDER_ASSETS"):
        ensure_assets(environ=environ)


def test_second_process_waits_for_the_first_and_uses_its_binaries(environ: Environ, offline: Maker) -> None:
    building, waiting = threading.Event(), threading.Event()

    def first_build() -> None:
        building.set()
        assert waiting.wait(10)

    first_builder, second_builder = Maker(before=first_build), Maker()
    found: list[Assets] = []
    first = threading.Thread(target=lambda: found.append(find(environ, offline, first_builder)))
    first.start()
    assert building.wait(10)

    def told(line: str) -> None:
        if line.startswith("Waiting for another process"):
            waiting.set()

    found.append(ensure_assets(told, environ=environ, download=offline, build=second_builder))
    first.join()

    assert found[0] == found[1]
    assert (first_builder.calls, second_builder.calls) == (1, 0)
