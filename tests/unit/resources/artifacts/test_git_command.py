"""git is ended with all that it has begun."""

from __future__ import annotations

import subprocess
import sys

import pytest
from mwaa_operator.resources.artifacts.git_command import Git, GitError
from mwaa_sandbox.process import clean_environment

FIRST_PROCESS = """
import ctypes, os, sys
from pathlib import Path
from mwaa_operator.resources.artifacts.git_command import Git, GitError

# As the first process of a container it is given the orphans of its children: prctl(2).
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
git = Git(Path(sys.argv[1]), settings={"alias.hang": "!echo begun > begun; sleep 600; true"})
try:
    git.run("hang", seconds=float(sys.argv[2]))
except GitError:
    print("ended")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("none is left")
"""


def test_nothing_is_left_of_a_git_that_hung_where_nobody_else_waits_for_its_helpers(tmp_path):
    for seconds in (1, 2, 4, 8, 16):  # until git has begun its helper, on a machine however busy
        done = subprocess.run(
            [sys.executable, "-c", FIRST_PROCESS, str(tmp_path), str(seconds)],
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.split("\n") == ["ended", "none is left", ""], done.stderr
        if (tmp_path / "begun").exists():
            return
    raise AssertionError("git has not begun its helper")


def fails_with(tmp_path, command):
    Git(tmp_path, settings={"alias.fail": f"!{command}"}).run("fail")


def test_disk_that_is_full_is_ours_and_no_trouble_of_the_servers(tmp_path):
    with pytest.raises(OSError, match="No space left on device"):
        fails_with(tmp_path, "echo 'fatal: write error: No space left on device' >&2; exit 128 #")


def test_git_that_has_no_room_for_a_word_has_a_full_disk(tmp_path, monkeypatch):
    with pytest.raises(GitError, match="without a word"):
        fails_with(tmp_path, "exit 1 #")
    monkeypatch.setattr("mwaa_operator.resources.artifacts.git_command._NO_ROOM", 2**63)
    with pytest.raises(OSError, match="No space left on device"):
        fails_with(tmp_path, "exit 1 #")
