"""The life of a control plane: starting in spite of trouble, outages, and leaving nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import Assets, ControlPlane, KubectlError
from mwaa_sandbox.cluster import control_plane as module
from mwaa_sandbox.process import ProcessError, clean_environment
from mwaa_sandbox.run_folder import FolderInUseError


def eventually(condition: Callable[[], bool], timeout: float = 10) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def pids(control_plane: ControlPlane) -> list[int]:
    return [process.pid for process in control_plane._processes.values()]


@pytest.fixture(scope="module")
def own(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    """A control plane that outages may happen to, started by somebody who has secrets and a proxy."""
    with pytest.MonkeyPatch.context() as caller:
        caller.setenv("AWS_SECRET_ACCESS_KEY", "do-not-leak")
        caller.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        with ControlPlane.start(assets=control_plane.assets) as running:
            yield running


def test_data_outlives_an_outage_of_the_api_server(own: ControlPlane) -> None:
    own.kubectl("create", "configmap", "before-api-outage")
    server, kubeconfig = own.server, own.kubeconfig.read_text()

    own.stop_api_server()
    with pytest.raises(KubectlError, match="refused"):
        own.kubectl("get", "configmap/before-api-outage")
    own.start_api_server()

    assert own.kubectl("get", "configmap/before-api-outage").returncode == 0
    assert (own.server, own.kubeconfig.read_text()) == (server, kubeconfig)


def test_data_outlives_a_crash_of_etcd(own: ControlPlane) -> None:
    own.kubectl("create", "configmap", "before-etcd-crash")

    own.restart_etcd()

    assert own.kubectl("get", "configmap/before-etcd-crash").returncode == 0
    own.kubectl("create", "configmap", "after-etcd-crash")


def test_component_that_ends_by_itself_is_reported(own: ControlPlane) -> None:
    own.raise_if_ended()
    os.kill(own._processes["kube-apiserver"].pid, signal.SIGKILL)

    def reported() -> bool:
        try:
            own.raise_if_ended()
        except ProcessError as error:
            return "kube-apiserver ended with exit code -9" in str(error)
        return False

    assert eventually(reported)
    own.restart_api_server()
    own.raise_if_ended()


def test_stopping_ends_all_processes_and_removes_the_data(control_plane: ControlPlane) -> None:
    with ControlPlane.start(assets=control_plane.assets) as running:
        started, folder = pids(running), running.data_dir
        assert len(started) == (3 if running.has_controller_manager else 2)
        assert all(map(is_running, started))

    assert not any(map(is_running, started))
    assert not folder.exists()
    running.stop()


def test_given_folder_starts_empty_and_keeps_the_logs(control_plane: ControlPlane, tmp_path: Path) -> None:
    with ControlPlane.start(tmp_path, assets=control_plane.assets) as first:
        first.kubectl("create", "configmap", "of-the-first-run")
        with pytest.raises(FolderInUseError, match=re.escape(str(tmp_path))):
            ControlPlane.start(tmp_path, assets=control_plane.assets)

    assert (tmp_path / "logs" / "kube-apiserver.log").stat().st_size > 0
    with ControlPlane.start(tmp_path, assets=control_plane.assets) as second:
        assert "NotFound" in second.kubectl("get", "configmap/of-the-first-run", check=False).stderr


def test_ports_that_somebody_else_takes_are_exchanged(
    control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = module.free_ports
    with socket.create_server((module.LOOPBACK, 0)) as somebody_else:
        taken = somebody_else.getsockname()[1]
        choices = [[taken, *free(2)], [*free(2), taken], free(3)]
        monkeypatch.setattr(module, "free_ports", lambda _count: choices.pop(0))

        with ControlPlane.start(assets=control_plane.assets) as running:
            assert running.kubectl("get", "namespaces").returncode == 0

    assert choices == []


def test_binaries_without_a_controller_manager_are_used_with_a_warning(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    for name in ("etcd", "kube-apiserver", "kubectl"):
        (tmp_path / name).symlink_to(control_plane.assets.folder / name)
    told: list[str] = []

    with ControlPlane.start(progress=told.append, assets=Assets(tmp_path, "a test")) as running:
        assert not running.has_controller_manager
        assert running.kubectl("get", "namespace/default").returncode == 0

    assert any("No kube-controller-manager" in line and "stay in phase Terminating" in line for line in told)


def test_binaries_that_cannot_run_are_reported_with_their_words(tmp_path: Path) -> None:
    for name in ("etcd", "kube-apiserver", "kubectl"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'exec format error' >&2\nexit 126\n")
        (tmp_path / name).chmod(0o755)

    with pytest.raises(ProcessError, match=r"(?s)etcd ended with exit code 126.*exec format error"):
        ControlPlane.start(assets=Assets(tmp_path, "a test"))


def test_components_do_not_see_the_environment_of_the_caller(own: ControlPlane) -> None:
    environments = [Path(f"/proc/{pid}/environ").read_text() for pid in pids(own)]

    assert all("PATH=" in environment for environment in environments)
    assert not any("do-not-leak" in environment or "HTTPS_PROXY" in environment for environment in environments)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent-death signal")
def test_everything_ends_with_a_parent_that_is_killed(control_plane: ControlPlane) -> None:
    program = f"""
import pathlib, time
from mwaa_sandbox.cluster import Assets, ControlPlane
running = ControlPlane.start(assets=Assets(pathlib.Path({str(control_plane.assets.folder)!r}), "a test"))
print(*[process.pid for process in running._processes.values()], flush=True)
time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], env=clean_environment(), stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) >= 2
        assert all(map(is_running, children))
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(10)

        assert eventually(lambda: not any(map(is_running, children)))
