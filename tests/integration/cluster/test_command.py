"""`mwaa-sandbox cluster`, as a person or a script runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.process import clean_environment

COMMAND = [sys.executable, "-m", "mwaa_sandbox.cli", "cluster"]


def eventually(condition: Callable[[], bool], timeout: float = 20) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def refuses(control_plane: ControlPlane, kubeconfig: Path) -> bool:
    return "refused" in control_plane.kubectl("get", "ns", kubeconfig=kubeconfig, check=False).stderr


@pytest.fixture
def environment(control_plane: ControlPlane) -> dict[str, str]:
    return clean_environment(KUBEBUILDER_ASSETS=str(control_plane.assets.folder))


class Running:
    """A control plane in the foreground of its own process."""

    def __init__(self, tmp_path: Path, environment: dict[str, str], *, in_shell: bool = False) -> None:
        self.kubeconfig = tmp_path / "given" / "kubeconfig"
        self.errors = tmp_path / "errors"
        argv = [*COMMAND, "start", "--kubeconfig", str(self.kubeconfig), "--data-dir", str(tmp_path / "data")]
        if in_shell:
            argv = ["sh", "-c", f"{' '.join(argv)}; exit"]
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout
        self.first_line = self.process.stdout.readline().strip()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def running(tmp_path: Path, environment: dict[str, str]) -> Iterator[Running]:
    started = Running(tmp_path, environment)
    yield started
    started.close()


def test_assets_prints_the_folder(control_plane: ControlPlane, environment: dict[str, str]) -> None:
    done = subprocess.run([*COMMAND, "assets"], env=environment, capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == f"{control_plane.assets.folder}\n"


def test_missing_assets_are_an_error_of_one_line(tmp_path: Path) -> None:
    environment = clean_environment(KUBEBUILDER_ASSETS=str(tmp_path))
    done = subprocess.run(
        [*COMMAND, "assets"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("mwaa-sandbox: KUBEBUILDER_ASSETS is ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_line_is_a_kubeconfig_that_works_until_the_command_is_stopped(
    running: Running, control_plane: ControlPlane, tmp_path: Path, number: int
) -> None:
    assert running.first_line == str(running.kubeconfig)
    copy = tmp_path / "copy"
    copy.write_text(running.kubeconfig.read_text())
    assert "default" in control_plane.kubectl("get", "namespaces", kubeconfig=copy).stdout

    assert running.end(number) == 0

    assert not running.kubeconfig.exists()
    assert refuses(control_plane, copy)
    assert "Ctrl-C stops it" in running.errors.read_text()


def test_component_that_dies_ends_the_command_with_its_log(running: Running) -> None:
    children = Path(f"/proc/{running.process.pid}/task").glob("*/children")
    component = next(int(pid) for file in children for pid in file.read_text().split())

    os.kill(component, signal.SIGKILL)

    assert running.process.wait(20) == 1
    assert "ended with exit code -9. The end of its log" in running.errors.read_text()


def test_command_ends_when_the_process_that_started_it_ends(
    tmp_path: Path, environment: dict[str, str], control_plane: ControlPlane
) -> None:
    running = Running(tmp_path, environment, in_shell=True)
    copy = tmp_path / "copy"
    copy.write_text(running.kubeconfig.read_text())
    running.process.kill()
    running.process.wait()

    assert eventually(lambda: not running.kubeconfig.exists())
    assert eventually(lambda: refuses(control_plane, copy))
    running.close()


def test_kubeconfig_of_another_cluster_is_never_overwritten(tmp_path: Path, environment: dict[str, str]) -> None:
    precious = tmp_path / "config"
    precious.write_text("apiVersion: v1\nkind: Config\ncontexts: [{name: production}, {name: sandbox}]\n")
    argv = [*COMMAND, "start", "--kubeconfig", str(precious)]

    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert "production" in precious.read_text()
