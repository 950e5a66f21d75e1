"""A headless Chromium, for what only a browser shows: that a page works as a person would see it, and pictures of it.

It is steered by the Chrome DevTools Protocol over two pipes (`--remote-debugging-pipe`): JSON, each message ended by a zero byte. That
needs no port and no library, and Chromium ends by itself when we do, because the pipes close.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mwaa_sandbox.process import clean_environment

_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ANSWER_SECONDS = 60.0
_POLL_SECONDS = 0.2
_FIRST_FREE = 10
"""Our ends of the pipes are kept above what the child has by number."""
_READS, _WRITES = 3, 4  # the numbers that Chromium has for the pipes

Command = Mapping[str, Any]


class BrowserError(RuntimeError):
    """There is no Chromium, it has ended, or a page is not as was waited for; the message says what there was instead."""


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


@contextlib.contextmanager
def browser(*, width: int = 1280, height: int = 800) -> Iterator[Page]:
    """Run a Chromium with one empty page of that many pixels, and a profile that nobody has used; it ends with the block.

    Raises:
        BrowserError: if no Chromium is installed, or it does not come up.
    """
    program = find_chromium()
    if program is None:
        raise BrowserError("There is no Chromium on the PATH. On Debian: apt-get install chromium-headless-shell")
    with tempfile.TemporaryDirectory(prefix="mwaa-sandbox-browser-", ignore_cleanup_errors=True) as profile:
        pipes = _Pipes.to(program, Path(profile), width=width, height=height)
        try:
            yield Page(pipes)
        finally:
            pipes.close()


class Page:
    """The one page of a browser."""

    def __init__(self, pipes: _Pipes) -> None:
        self._pipes = pipes
        target = pipes.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = pipes.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._call("Page.enable")

    def open(self, address: str) -> None:
        """Go to an address. Returns when it is under way; what is there has to be waited for."""
        problem = self._call("Page.navigate", {"url": address}).get("errorText")
        if problem:
            raise BrowserError(f"{address} cannot be opened: {problem}")

    def address(self) -> str:
        """Return where the page is now."""
        return str(self.evaluate("location.href"))

    def text(self) -> str:
        """Return what is to be read on the page now."""
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in JavaScript; None while the page is between two documents."""
        answer = self._call("Runtime.evaluate", {"expression": script, "returnByValue": True})
        return answer.get("result", {}).get("value")

    def wait_for_text(self, *texts: str, seconds: float = 60.0) -> None:
        """Return when all of these are to be read on the page.

        Raises:
            BrowserError: after that time, with what is to be read instead.
        """
        deadline = time.monotonic() + seconds
        while not all(text in self.text() for text in texts):
            if time.monotonic() > deadline:
                raise BrowserError(f"{self.address()} does not show {' and '.join(texts)}, but:\n{self.text()}")
            time.sleep(_POLL_SECONDS)

    def picture(self) -> bytes:
        """Return the page as it is now, as a PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", {"format": "png"})["data"])

    def _call(self, method: str, parameters: Command | None = None) -> dict[str, Any]:
        return self._pipes.call(method, parameters or {}, session=self._session)


class _Pipes:
    """Messages to and from a running Chromium."""

    def __init__(self, pid: int, reading: int, writing: int) -> None:
        self._pid = pid
        self._reading = reading
        self._writing = writing
        self._last = 0
        self._received = b""

    @classmethod
    def to(cls, program: str, profile: Path, *, width: int, height: int) -> _Pipes:
        """Start a Chromium."""
        its_reading, our_writing = _pipe()
        our_reading, its_writing = _pipe()
        argv = [
            program,
            *("--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}"),
            *("--no-first-run", "--no-proxy-server", "--hide-scrollbars", "--disable-gpu", "--disable-dev-shm-usage"),
            *(f"--window-size={width},{height}", "--disable-background-networking", "--disable-component-update"),
            *(("--no-sandbox",) if os.getuid() == 0 else ()),  # Chromium has none for root
        ]
        with (profile / "chromium.log").open("wb") as log:
            pid = os.posix_spawn(
                program,
                argv,
                clean_environment(HOME=str(profile)),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, its_reading, _READS),
                    (os.POSIX_SPAWN_DUP2, its_writing, _WRITES),
                    (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                    (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
                ],
                setpgroup=0,
            )
        os.close(its_reading)
        os.close(its_writing)
        return cls(pid, our_reading, our_writing)

    def call(self, method: str, parameters: Command, *, session: str | None = None) -> dict[str, Any]:
        """Make a call and return its result; events that come meanwhile are passed over."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                data = data[os.write(self._writing, data) :]
        except BrokenPipeError:
            raise BrowserError("Chromium has ended") from None
        deadline = time.monotonic() + _ANSWER_SECONDS
        while (answer := self._next(deadline, method)).get("id") != self._last:
            pass
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def close(self) -> None:
        """End Chromium and all that it has started."""
        os.close(self._writing)
        os.close(self._reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _next(self, deadline: float, method: str) -> dict[str, Any]:
        while b"\0" not in self._received:
            if not select.select([self._reading], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise BrowserError(f"Chromium has not answered {method} within {_ANSWER_SECONDS:g} seconds")
            part = os.read(self._reading, 1 << 20)
            if not part:
                raise BrowserError("Chromium has ended")
            self._received += part
        message, _, self._received = self._received.partition(b"\0")
        content: dict[str, Any] = json.loads(message)
        return content


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends have numbers that the child does not use, and that no other child inherits."""
    ends = os.pipe()
    kept = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for end in ends]
    for end in ends:
        os.close(end)
    return kept[0], kept[1]
