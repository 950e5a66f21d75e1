"""Requirements installed by the real pip, in front of an environment in which a small package stands for Airflow."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.real import packages
from mwaa_sandbox.airflow.real.installation import Installation
from mwaa_sandbox.airflow.real.requirements import with_requirements

from .conftest import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE)]

WHEELS = "--no-index\n--find-links /usr/local/airflow/plugins\n"


def write_wheel(folder: Path, name: str, version: str, needs: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        requires = f"Requires-Dist: {needs}\n" if needs else ""
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """An installation that has `standin` 1.0."""
    folder, wheels = tmp_path_factory.mktemp("installation"), tmp_path_factory.mktemp("wheels")
    write_wheel(wheels, "standin", "1.0")
    made = Installation("3.3.1", folder)
    uv = packages.find_uv(os.environ)
    for command in (
        [uv, "venv", "--quiet", "--seed", "--python", sys.executable, folder / "environment"],
        [uv, "pip", "install", "--quiet", "--offline", "--find-links", wheels, "--python", made.python, "standin"],
    ):
        packages.run(command, environ=os.environ, seconds=PATIENCE)
    made.constraints.write_text("standin==1.0\n")
    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An environment's folder with wheels among its plugins, and a cache that nobody has filled."""
    monkeypatch.setenv("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_wheel(tmp_path / "home" / "plugins", "gadget", "1.0", needs="standin")
    write_wheel(tmp_path / "home" / "plugins", "standin", "2.0")
    return tmp_path / "home"


@pytest.fixture
def install(base, home):
    """Install a file; the list that comes with it says whether that took any work."""

    def of(content, *, online=True):
        told = []
        return with_requirements(base, content, home=home, online=online, mark={}, progress=told.append), told

    return of


def versions(installation) -> str:
    program = (
        "import gadget, standin; from importlib.metadata import version; print(gadget.VERSION, version('standin'))"
    )
    ended = subprocess.run([installation.python, "-c", program], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def test_wheels_among_the_plugins_go_in_front_of_what_is_there_and_only_once(install):
    installation, worked = install(f"{WHEELS}gadget\n")
    assert versions(installation) == "1.0 1.0"
    assert "Successfully installed gadget-1.0" in installation.log
    assert "Forcing local constraints" in installation.log
    assert len(worked) == 1
    again, worked = install(f"{WHEELS}gadget\n")
    assert (again, worked) == (installation, [])


def test_same_file_is_installed_anew_when_the_wheels_are_others(install, home):
    before, _ = install(f"{WHEELS}gadget\n")
    write_wheel(home / "plugins", "gadget", "1.1")
    after, worked = install(f"{WHEELS}gadget\n")
    assert len(worked) == 1
    assert versions(after) == "1.1 1.0"
    assert versions(before) == "1.0 1.0"


def test_what_was_killed_while_it_was_written_down_is_installed_anew(install):
    installation, _ = install(f"{WHEELS}gadget\n")
    (installation.overlay / "installed.json").write_text('{"installed": tr')
    again, worked = install(f"{WHEELS}gadget\n")
    assert len(worked) == 1
    assert versions(again) == "1.0 1.0"


def test_what_mwaa_has_is_not_replaced(install, base):
    refused, _ = install(f"{WHEELS}gadget\nstandin==2.0\n")
    assert refused.python == base.python
    assert any("conflicting dependencies" in line for line in refused.log)
    assert refused.log[-1].startswith("ERROR: pip installation exited with a non-zero error code")


def test_file_that_brings_constraints_is_held_to_those(install, home):
    (home / "dags").mkdir()
    (home / "dags" / "constraints.txt").write_text("standin==2.0\n")
    installation, _ = install(f"{WHEELS}-c /usr/local/airflow/dags/constraints.txt\ngadget\nstandin\n")
    assert versions(installation) == "1.0 2.0"
    assert "Forcing local constraints" not in installation.log


def test_what_was_refused_is_told_again_without_work_and_in_the_paths_of_mwaa(install, home):
    first, worked = install(f"{WHEELS}does-not-exist\n")
    assert any(line.startswith("ERROR: No matching distribution found for does-not-exist") for line in first.log)
    assert any("/usr/local/airflow/plugins" in line for line in first.log)
    assert str(home) not in "\n".join(first.log)
    assert len(worked) == 1
    second, worked = install(f"{WHEELS}does-not-exist\n")
    assert (second.log, worked) == (first.log, [])


def test_nothing_is_fetched_where_there_is_no_way_to_the_internet(install):
    refused, _ = install("iniconfig==2.1.0\n", online=False)
    assert refused.overlay is None
    assert any("(from versions: none)" in line for line in refused.log)


def test_index_that_cannot_be_reached_is_asked_again(install, monkeypatch):
    monkeypatch.setenv("PIP_RETRIES", "1")
    for _ in range(2):
        refused, worked = install("--index-url http://127.0.0.1:9/simple\niniconfig==999\n")
        assert refused.overlay is None
        assert len(worked) == 1
