"""The compilation: how Go is called, what is shown meanwhile, what becomes of its errors. Go itself is a stand-in here."""

import shutil
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import build

GO = """#!/bin/sh
case "$1" in
list)
  echo "go: downloading example.org/a v1.0.0" >&2
  echo "package a"; echo "package b"; echo "package c"
  ;;
build)
  env > "$RECORD"; pwd >> "$RECORD"
  for argument in "$@"; do echo "$argument" >> "$RECORD"; done
  echo a >&2; echo b >&2
  while [ ! -e "$PROCEED" ]; do sleep 0.02; done
  while [ "$1" != -o ]; do shift; done
  touch "$2"; chmod +x "$2"
  ;;
esac
"""


class Go:
    """A program that goes by the name of go."""

    def __init__(self, root: Path) -> None:
        self.record = root / "record"
        self.proceed = root / "proceed"
        self.program = root / "tools" / "go"
        self.program.parent.mkdir()
        self.behave(GO)
        self.environ = {
            "PATH": f"{self.program.parent}:/usr/bin:/bin",
            "RECORD": str(self.record),
            "PROCEED": str(self.proceed),
            "GOPROXY": "of the person",
            "GOOS": "plan9",
            "GOTOOLCHAIN": "auto",
        }

    def behave(self, script: str) -> None:
        self.program.write_text(script)
        self.program.chmod(0o755)


@pytest.fixture
def go(tmp_path: Path) -> Go:
    return Go(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


def test_each_component_is_a_link_to_the_one_binary(go: Go, folder: Path) -> None:
    go.proceed.touch()

    build.build(folder, print, go.environ)

    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl"):
        assert (folder / name).readlink() == Path("controlplane")
        assert (folder / name).exists()


def test_progress_counts_the_packages_that_are_compiled(go: Go, folder: Path) -> None:
    told: list[str] = []

    def progress(line: str) -> None:
        told.append(line)
        if "2 of at most 3 packages" in line:
            go.proceed.touch()

    build.build(folder, progress, go.environ)

    assert any(line.startswith("Compiling") and "2 of at most 3 packages" in line for line in told)


def test_go_is_called_so_that_the_result_does_not_depend_on_the_person(go: Go, folder: Path) -> None:
    go.proceed.touch()

    build.build(folder, print, go.environ)

    record = go.record.read_text().splitlines()
    assert {"CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOWORK=off", "-trimpath", "-mod=readonly"} <= set(record)
    assert "GOPROXY=of the person" in record
    assert not [line for line in record if line.startswith("GOOS=")]
    assert str(build.MODULE) in record


def test_components_are_told_their_version(go: Go, folder: Path) -> None:
    go.proceed.touch()

    build.build(folder, print, go.environ)

    flags = next(line for line in go.record.read_text().splitlines() if line.startswith("-ldflags="))
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert f"-X {package}.gitVersion={build.kubernetes_version()}" in flags


def test_failure_of_go_is_shown_in_its_own_words(go: Go, folder: Path) -> None:
    go.behave("#!/bin/sh\necho 'go: go.mod requires go >= 1.26.0 (running go 1.22.1)' >&2\nexit 1\n")

    with pytest.raises(
        build.BuildError, match=r"(?s)`.*go list`.*exit code 1.*requires go >= 1.26.0.*KUBEBUILDER_ASSETS"
    ):
        build.build(folder, print, go.environ)


def test_missing_go_is_an_error_that_says_what_to_install(folder: Path) -> None:
    with pytest.raises(build.BuildError, match="Install Go"):
        build.build(folder, print, {"PATH": str(folder)})


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "gomodule"
    shutil.copytree(build.MODULE, copy)
    monkeypatch.setattr(build, "MODULE", copy)
    return copy


@pytest.mark.parametrize("name", ["go.mod", "go.sum", "main.go"])
def test_cache_key_changes_with_each_source(module: Path, name: str) -> None:
    before = build.cache_key()

    with (module / name).open("a") as file:
        file.write("\n")

    assert build.cache_key() != before


def test_cache_key_is_the_same_wherever_the_package_is_installed(module: Path) -> None:
    copied = build.cache_key()
    (module / "notes.txt").write_text("not compiled")

    assert build.cache_key() == copied


def test_version_comes_from_the_go_module(module: Path) -> None:
    go_mod = module / "go.mod"
    go_mod.write_text(go_mod.read_text().replace("k8s.io/kubernetes v1.", "k8s.io/kubernetes v7."))

    assert build.kubernetes_version().startswith("v7.")


def test_each_staging_module_is_replaced_by_the_release_of_the_same_version() -> None:
    """A new version of Kubernetes has to be written into many lines; one that was forgotten would compile a mixture."""
    expected = build.kubernetes_version().replace("v1.", "v0.", 1)
    lines = (build.MODULE / "go.mod").read_text().splitlines()
    replaced = [line.split() for line in lines if " => " in line]

    assert len(replaced) == 33
    assert all(old == new and version == expected for old, _, new, version in replaced)
