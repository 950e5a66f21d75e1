"""Child processes: how they are started, watched and ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mwaa_sandbox.process import ManagedProcess, ProcessError, clean_environment


def shell(script: str, log_file: Path, **env: str) -> ManagedProcess:
    return ManagedProcess(["sh", "-c", script], env=clean_environment(**env), log_file=log_file)


def eventually(condition: Callable[[], bool], timeout: float = 10) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "child.log"


@pytest.mark.parametrize(
    "variable",
    [
        "AWS_PROFILE",
        "AWS_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "http_proxy",
        "KUBECONFIG",
        "PYTHONPATH",
    ],
)
def test_clean_environment_leaves_the_callers_settings_behind(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "of the caller")

    assert variable not in clean_environment()


def test_clean_environment_keeps_what_programs_need_and_adds_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/some/bin")

    environment = clean_environment(KUBECONFIG="/ours")

    assert environment["PATH"] == "/some/bin"
    assert environment["KUBECONFIG"] == "/ours"
    assert "127.0.0.1" in environment["NO_PROXY"].split(",")


def test_child_sees_only_the_environment_it_is_given(monkeypatch: pytest.MonkeyPatch, log_file: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of the caller")

    with shell("env", log_file, GIVEN="yes") as child:
        child.wait(10)

    assert "GIVEN=yes" in child.log_text()
    assert "AWS_PROFILE" not in child.log_text()


def test_waiting_ends_when_the_probe_is_true(tmp_path: Path, log_file: Path) -> None:
    made = tmp_path / "made"
    with shell(f"touch {made}; exec sleep 60", log_file) as child:
        child.wait_until(made.exists, 10, "make a file")

    assert made.exists()


def test_waiting_for_a_child_that_dies_shows_its_last_words(log_file: Path) -> None:
    with (
        shell("echo no such database >&2; exit 3", log_file) as child,
        pytest.raises(ProcessError, match=r"(?s)exit code 3 before it could answer.*no such database"),
    ):
        child.wait_until(lambda: False, 10, "answer")


def test_waiting_too_long_shows_what_was_waited_for(log_file: Path) -> None:
    with (
        shell("echo starting; exec sleep 60", log_file) as child,
        pytest.raises(ProcessError, match=r"(?s)did not answer within 0.5 seconds.*starting"),
    ):
        child.wait_until(lambda: False, 0.5, "answer")


def test_log_of_an_earlier_process_in_the_same_file_is_not_taken_for_its_own(log_file: Path) -> None:
    with shell("echo first", log_file) as first:
        first.wait(10)
    with shell("echo second", log_file) as second:
        second.wait(10)

    assert second.log_tail() == "second"
    assert log_file.read_text() == "first\nsecond\n"


def test_stop_lets_a_child_end_in_good_order(tmp_path: Path, log_file: Path) -> None:
    ready = tmp_path / "ready"
    with shell(f"trap 'echo bye; exit 0' TERM; touch {ready}; while :; do sleep 0.05; done", log_file) as child:
        child.wait_until(ready.exists, 10, "get ready")
        assert child.stop() == 0

    assert child.log_tail() == "bye"


def test_stop_kills_a_child_that_does_not_listen_and_its_children(tmp_path: Path, log_file: Path) -> None:
    pids = tmp_path / "pids"
    script = f"trap '' TERM; sleep 60 & echo $! > {pids}.new; mv {pids}.new {pids}; while :; do sleep 0.05; done"
    with shell(script, log_file) as child:
        child.wait_until(pids.exists, 10, "start its child")
        assert child.stop(timeout=0.2) == -signal.SIGKILL

    assert eventually(lambda: not is_running(int(pids.read_text())))


def test_stop_and_kill_may_be_repeated(log_file: Path) -> None:
    child = shell("exec sleep 60", log_file)

    assert child.kill() == -signal.SIGKILL
    assert child.stop() == child.kill() == -signal.SIGKILL


def test_program_that_does_not_exist_is_named(log_file: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no program /no/such/program"):
        ManagedProcess(["/no/such/program"], env=clean_environment(), log_file=log_file)


def test_relative_program_is_found_from_where_we_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_file: Path
) -> None:
    (tmp_path / "program").write_text("#!/bin/sh\npwd\n")
    (tmp_path / "program").chmod(0o755)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)

    with ManagedProcess(["./program"], env=clean_environment(), log_file=log_file, cwd=tmp_path / "elsewhere") as child:
        assert child.wait(10) == 0

    assert child.log_tail() == str(tmp_path / "elsewhere")


def test_child_outlives_the_thread_that_started_it(log_file: Path) -> None:
    started: list[ManagedProcess] = []
    thread = threading.Thread(target=lambda: started.append(shell("echo ready; exec sleep 60", log_file)))
    thread.start()
    thread.join()

    with started[0] as child:
        child.wait_until(lambda: "ready" in child.log_text(), 10, "get ready")
        assert not eventually(lambda: child.poll() is not None, timeout=0.3)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent-death signal")
def test_child_dies_when_its_parent_is_killed(tmp_path: Path, log_file: Path) -> None:
    program = f"""
import pathlib, time
from mwaa_sandbox.process import ManagedProcess, clean_environment
child = ManagedProcess(["sh", "-c", "trap '' TERM HUP; echo ready; while :; do sleep 0.05; done"],
                       env=clean_environment(), log_file=pathlib.Path({str(log_file)!r}))
child.wait_until(lambda: "ready" in child.log_text(), 10, "get ready")
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], env=clean_environment(), stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert is_running(child)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait(10)

        assert eventually(lambda: not is_running(child))
