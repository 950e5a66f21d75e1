"""Data folders of runs, and what becomes of those of killed runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from mwaa_sandbox import run_folder
from mwaa_sandbox.process import clean_environment


def test_temporary_folder_is_removed_when_it_is_released(tmp_path: Path) -> None:
    folder = run_folder.temporary_folder(tmp_path)
    (folder.path / "data").write_text("x")

    folder.release()

    assert not folder.path.exists()


def test_given_folder_stays_when_it_is_released(tmp_path: Path) -> None:
    folder = run_folder.given_folder(tmp_path / "made")
    (folder.path / "data").write_text("x")

    folder.release()

    assert (tmp_path / "made" / "data").exists()


def test_given_folder_of_a_run_that_goes_on_is_refused(tmp_path: Path) -> None:
    folder = run_folder.given_folder(tmp_path)

    with pytest.raises(run_folder.FolderInUseError, match=str(tmp_path)):
        run_folder.given_folder(tmp_path)
    folder.release()

    run_folder.given_folder(tmp_path).release()


def test_folder_of_a_killed_run_is_removed_by_the_next_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, pathlib\n"
        "from mwaa_sandbox.run_folder import temporary_folder\n"
        "print(temporary_folder(pathlib.Path(sys.argv[1])).path, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    argv = [sys.executable, "-c", program, str(tmp_path)]
    killed = subprocess.run(argv, env=clean_environment(), capture_output=True, text=True, check=False, timeout=30)
    abandoned = Path(killed.stdout.strip())
    assert abandoned.parent == tmp_path
    assert abandoned.exists()

    run_folder.temporary_folder(tmp_path).release()

    assert not abandoned.exists()


def test_folder_of_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    running = run_folder.temporary_folder(tmp_path)

    run_folder.temporary_folder(tmp_path).release()

    assert running.path.exists()
    running.release()
