"""Stand-ins for what the search for binaries meets: an environment, folders of programs, a web server."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest


class Website:
    """A local web server over a folder."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.url = url

    def put(self, path: str, content: bytes | str) -> str:
        """Publish a file and return its address."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return f"{self.url}/{path}"


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    root = tmp_path / "website"
    root.mkdir()
    handler = functools.partial(_QuietHandler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Website(root, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing is installed and nothing can be downloaded."""
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "no-programs"), "NO_PROXY": "127.0.0.1"}
