"""Temporary files of the operator's process, and what becomes of those of a killed one."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from mwaa_operator.cli.temporary_files import in_own_folder
from mwaa_sandbox.process import clean_environment

KILLED_WITH_A_FILE = """
import os, signal, sys, tempfile
from mwaa_operator.cli.temporary_files import in_own_folder
tempfile.tempdir = sys.argv[1]
with in_own_folder():
    print(tempfile.mkstemp()[1], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def parent(tmp_path, monkeypatch):
    """Have `tempfile` use a folder of this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_files_go_with_the_process(parent):
    with in_own_folder():
        made = Path(tempfile.mkstemp()[1])
        assert made.exists()
        assert made.parent.parent == parent
    assert list(parent.iterdir()) == []
    assert tempfile.gettempdir() == str(parent)


def test_files_of_a_killed_process_go_when_the_next_one_starts(parent):
    argv = [sys.executable, "-c", KILLED_WITH_A_FILE, str(parent)]
    killed = subprocess.run(argv, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60)
    left_behind = Path(killed.stdout.strip())
    assert left_behind.exists()
    with in_own_folder():
        assert not left_behind.parent.exists()


def test_files_of_a_process_that_goes_on_are_left_alone(parent):
    with in_own_folder():
        made = Path(tempfile.mkstemp()[1])
        tempfile.tempdir = str(parent)
        with in_own_folder():
            assert made.exists()
        assert made.exists()


def test_folder_that_has_no_lock_yet_is_left_alone(parent):
    (parent / "mwaa-operator-new").mkdir()
    with in_own_folder():
        assert (parent / "mwaa-operator-new").exists()


def test_link_to_a_folder_elsewhere_is_left_alone(parent, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / ".lock").touch()
    (parent / "mwaa-operator-link").symlink_to(elsewhere)
    with in_own_folder():
        assert (elsewhere / ".lock").exists()


def test_process_goes_on_where_there_is_no_place_for_files(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with in_own_folder():
        assert not (tmp_path / "nowhere").exists()
