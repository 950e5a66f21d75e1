"""The demo as a person runs it: the command itself, in a terminal or away from one."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.process import clean_environment

PROJECT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "mwaa_sandbox.cli", "demo", "--project", str(PROJECT), "--time-scale", "300"]


def eventually(condition: Callable[[], bool], timeout: float = 120) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Traces:
    """What a demo leaves on the machine. It is told apart by the folder for temporary files that it alone has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def processes(self) -> dict[int, str]:
        """Every process that was started with this folder, or one in it, with its command line."""
        mark = f"TMPDIR={self._folder}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if any(each.startswith(mark) for each in (process / "environ").read_bytes().split(b"\0")):
                    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(process.name)] = words
        return found

    def files(self) -> list[Path]:
        """Every file below the folder, but for the lock that all runs of a user share."""
        return [path for path in self._folder.rglob("*") if path.is_file() and path.parent.parent != self._folder]

    def logs(self, name: str) -> list[Path]:
        return list(self._folder.rglob(name))


@pytest.fixture
def traces(tmp_path: Path) -> Traces:
    folder = tmp_path / "tmp"
    folder.mkdir()
    return Traces(folder)


@pytest.fixture
def environment(control_plane: ControlPlane, traces: Traces, tmp_path: Path) -> dict[str, str]:
    # The control plane of the session is not used, only its binaries.
    return clean_environment(KUBEBUILDER_ASSETS=str(control_plane.assets.folder), TMPDIR=str(tmp_path / "tmp"))


class TerminalDemo:
    """A demo in a terminal of its own, which never folds a line by itself."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._shown = bytearray()
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        variables = {**environment, "TERM": "xterm", "COLUMNS": "400", "LINES": "50"}
        self.process = subprocess.Popen(
            [*COMMAND, "--keep"], env=variables, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def shown(self) -> str:
        with contextlib.suppress(OSError):  # nothing at the moment, or nobody at the other end any more
            while part := os.read(self._ours, 65536):
                self._shown += part
        return self._shown.decode(errors="replace")

    def wait_for(self, text: str) -> None:
        assert eventually(lambda: text in self.shown() or self.process.poll() is not None)
        assert text in self.shown()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        assert eventually(lambda: bool(self.shown()) and self.process.poll() is not None), self.shown()
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal_demo(environment: dict[str, str]) -> Iterator[TerminalDemo]:
    demo = TerminalDemo(environment)
    yield demo
    demo.close()


@pytest.fixture(name="eventually")
def eventually_fixture() -> Callable[..., bool]:
    """importlib mode has no shared modules for tests; a fixture hands the helper on."""
    return eventually


@pytest.fixture
def command() -> list[str]:
    """The demo, 300 times as fast as AWS."""
    return COMMAND
