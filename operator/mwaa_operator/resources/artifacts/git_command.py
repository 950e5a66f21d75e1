"""Running git: with nothing but what is meant for it, for a bounded time, and never with a credential in its arguments.

git itself rather than a library: it is what servers are tested with, it reads packs in bounded memory, and its ssh checks host keys.
Nothing of it runs what a repository brings: there is no working tree, so there are no hooks, filters or submodules.
"""

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mwaa_operator.resources.artifacts.git_progress import Watch, without_progress
from mwaa_operator.resources.artifacts.limited import limited

LOOK_SECONDS = 30
"""For a call that only asks."""

LOCAL_SECONDS = 120
"""For what happens on our own disk."""

FETCH_SECONDS = 600
"""For a call that fetches a state of a repository."""

_LARGEST_FILE = 2 * 1024**3
"""What no file that git writes may exceed, in bytes: a pack of twice what a source may hold."""

_MOST_OUTPUT = 64 * 1024**2
_MOST_WORDS = 4096
_LOOK_EVERY = 1.0
"""In seconds: how often who waits is told."""

_FULL = re.compile("no space left on device|disk quota exceeded", re.IGNORECASE)
_NO_ROOM = 64 * 1024
"""In bytes. On a disk with less git cannot even say that it is full."""

_PASSED_ON = (
    *("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
    *("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"),
)
"""Of our own environment: where programs are, who signs certificates, and by which proxy the world is reached."""

_SETTINGS = {
    # Only these two, for redirections as well.
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "core.hooksPath": "/dev/null",
    "core.askPass": "",
    "fetch.recurseSubmodules": "no",
    # Nothing goes on behind our back once a command has ended.
    "gc.auto": "0",
    "maintenance.auto": "false",
    # A connection that hardly moves has broken, in bytes a second and seconds.
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    # Memory is bounded: by default git takes what the machine has.
    "core.bigFileThreshold": "8m",
    "core.deltaBaseCacheLimit": "16m",
    "core.packedGitWindowSize": "8m",
    "core.packedGitLimit": "64m",
    "pack.threads": "1",
}


class GitError(Exception):
    """git did not do what it was asked. `words` are its own, the end of them; empty where it was still at work when its time was over."""

    def __init__(self, words: str, *, code: int | None) -> None:
        super().__init__(words or "it took too long")
        self.words = words
        self.code = code


@dataclass(frozen=True)
class Git:
    """git in one repository: what is told to every call."""

    repository: Path
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, *arguments: str, seconds: float = LOCAL_SECONDS, watch: Watch | None = None) -> bytes:
        """Run git to its end and give what it prints. Raises GitError, and OSError where our disk is full."""
        with tempfile.TemporaryFile() as output:
            self.run_into(output, *arguments, seconds=seconds, watch=watch)
            output.seek(0)
            found = output.read(_MOST_OUTPUT + 1)
        if len(found) > _MOST_OUTPUT:
            raise GitError("git prints more than can be right", code=None)
        return found

    def run_into(
        self,
        output: IO[bytes],
        *arguments: str,
        seconds: float = LOCAL_SECONDS,
        given: IO[bytes] | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Run git to its end with its output in a file, and a file as its input. `watch` is told each second what git has said last.

        Raises GitError, and OSError where our disk is full.
        """
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                limited(["git", *arguments], file_bytes=_LARGEST_FILE),
                env=self._environment(),
                cwd=self.repository,
                stdin=given or subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                # git has helpers: all of them are ended together.
                start_new_session=True,
            )
            try:
                code = _waited(process, seconds, errors, watch)
            except subprocess.TimeoutExpired:
                raise GitError("", code=None) from None
            finally:
                _end(process)
            if code != 0:
                words = without_progress(_end_of(errors))
                if _FULL.search(words) or (not words and shutil.disk_usage(self.repository).free < _NO_ROOM):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                raise GitError(words or f"git has ended with {code} and without a word", code=code)

    def _environment(self) -> dict[str, str]:
        settings = {**_SETTINGS, **self.settings}
        numbered: dict[str, str] = {}
        for number, (name, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            # Neither the machine's settings nor those of a person.
            "HOME": str(self.repository),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self.repository.parent),
            "GIT_DIR": str(self.repository),
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            # Its words are told apart by us.
            "LC_ALL": "C",
            **self.variables,
            **numbered,
            "GIT_CONFIG_COUNT": str(len(settings)),
        }


def _waited(process: subprocess.Popen[bytes], seconds: float, errors: IO[bytes], watch: Watch | None) -> int:
    """Wait for a process to end, with an ear for what it says; gives its code. Raises subprocess.TimeoutExpired."""
    if watch is None:
        return process.wait(seconds)
    deadline = time.monotonic() + seconds
    code = None
    while code is None:
        left = deadline - time.monotonic()
        try:
            code = process.wait(min(left, _LOOK_EVERY))
        except subprocess.TimeoutExpired:
            if left <= _LOOK_EVERY:
                raise
        watch(_end_of(errors))
    return code


def _end_of(errors: IO[bytes]) -> str:
    """The last words. By a place of our own: git writes to the same file, from the same place on."""
    size = os.fstat(errors.fileno()).st_size
    return os.pread(errors.fileno(), _MOST_WORDS, max(0, size - _MOST_WORDS)).decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and its helpers, and have all of them gone.

    As the first process of a container we inherit the helpers of a git that was killed. Nobody else waits for them, and each that is
    not waited for keeps its number: some thousands of calls later no process could be begun any more.
    """
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with contextlib.suppress(ChildProcessError):  # none is ours, or none is left
            while True:
                os.waitpid(-process.pid, 0)
