"""Processes that are forked from one which has made its imports: each is as good as a fresh one, and ends as it should."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from mwaa_sandbox.process import ProcessError, clean_environment
from mwaa_sandbox.warm_start import WarmStart

WAIT_SECONDS = 60
PROGRAM = """
import os, sys, time
IMPORTED_BY = os.getpid()
AT_IMPORT = os.environ.get("WHERE")

def main():
    verb = sys.argv[1]
    if verb == "tell":
        print(os.getpid() != IMPORTED_BY, os.getcwd(), os.environ["COLOUR"], "HOME" in os.environ, AT_IMPORT, os.getpgrp() == os.getpid())
    elif verb == "exit":
        sys.exit(int(sys.argv[2]))
    elif verb == "fail":
        raise RuntimeError("as it was told")
    elif verb == "sleep":
        print("asleep", flush=True)
        time.sleep(600)
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "warmed.py").write_text(textwrap.dedent(PROGRAM))
    return tmp_path


@pytest.fixture
def warm(program):
    with WarmStart("warmed:main", PYTHONPATH=str(program), WHERE="here") as running:
        yield running


@pytest.fixture
def start(warm, program):
    def start_one(*argv):
        return warm.start(argv, env={"COLOUR": "green"}, cwd=program)

    return start_one


def ended(process):
    return until(lambda: process.poll() is not None) and process.poll()


def until(reached):
    deadline = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return True


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_process_has_its_own_environment_folder_and_group_and_the_imports_of_another(start, program):
    process = start("tell")
    assert ended(process) == 0
    assert process.log_text() == f"True {program} green False here True\n"


def test_exit_code_is_the_programs(start):
    assert ended(start("exit", "7")) == 7


def test_exception_is_told_in_the_log(start):
    process = start("fail")
    assert ended(process) == 1
    with pytest.raises(ProcessError, match=r"(?s)exit code 1\..*RuntimeError: as it was told"):
        process.raise_if_ended()


def test_killed_process_is_gone_when_kill_returns(start):
    process = start("sleep")
    assert process.poll() is None
    assert process.kill() == -signal.SIGKILL
    assert not is_running(process.pid)
    assert process.kill() == -signal.SIGKILL


def test_processes_live_side_by_side(start):
    one, other = start("sleep"), start("sleep")
    one.kill()
    assert (one.poll(), other.poll()) == (-signal.SIGKILL, None)


def test_stopping_ends_all_that_were_started(start, warm):
    process = start("sleep")
    warm.stop()
    until(lambda: not is_running(process.pid))


def test_processes_end_with_whoever_had_them_started(program):
    script = f"""
        import os, signal
        from pathlib import Path
        from mwaa_sandbox.warm_start import WarmStart
        warm = WarmStart("warmed:main", PYTHONPATH={str(program)!r})
        print(warm.start(["sleep"], env={{}}, cwd=Path({str(program)!r})).pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    until(lambda: not is_running(int(done.stdout)))


def test_program_that_cannot_be_imported_is_told_at_once(program):
    with pytest.raises(ProcessError, match="No module named 'unheard_of'"):
        WarmStart("unheard_of:main")


def test_member_that_is_preloaded_has_to_be_there(program):
    with pytest.raises(ProcessError, match="has no attribute 'absent'"):
        WarmStart("warmed:main", preload=["warmed:absent"], PYTHONPATH=str(program))
