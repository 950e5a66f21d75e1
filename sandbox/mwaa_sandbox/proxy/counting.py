"""The proxy itself: a port for each server behind it, and one journal for all of them."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from mwaa_sandbox.cluster.ports import LOOPBACK
from mwaa_sandbox.proxy.journal import Call, DroppedError, Journal
from mwaa_sandbox.proxy.upstream import Upstream, passed_on, send

_SIGNED_FOR = re.compile(r"Credential=[^/,\s]+/[^/]+/[^/]+/([^/]+)/aws4_request")
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_PIECE = 65536
_LISTEN_SECONDS = 0.1  # after which a server sees that it is to close


class CountingProxy:
    """Listens from its making to `close`. One proxy serves one process: after the trap has sprung it serves nobody any more.

    What is under way to a server when the process ends is carried out, as it would be in life; `close` waits for it.
    """

    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        """Open a port for each of `upstreams`, which are called by these names in the journal."""
        self.journal = Journal()
        self._servers = {name: _Server(name, upstream, self.journal) for name, upstream in upstreams.items()}
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(_LISTEN_SECONDS,), name=f"proxy-{name}", daemon=True)
            for name, server in self._servers.items()
        ]
        for thread in self._threads:
            thread.start()

    def endpoint(self, name: str) -> str:
        """Return the address that stands for an upstream. It is plain HTTP whatever the upstream speaks."""
        return f"http://{LOOPBACK}:{self._servers[name].server_port}"

    def close(self) -> None:
        """Stop listening, end all watches, and wait until every other call has been carried out. Safe to repeat."""
        for server in self._servers.values():
            server.shutdown()
        for server in self._servers.values():
            server.hang_up()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    """One port. Each connection has a thread, and a connection to the server behind."""

    daemon_threads = False  # so that closing waits for calls that are under way
    request_queue_size = 128

    def __init__(self, name: str, upstream: Upstream, journal: Journal) -> None:
        self.name = name
        self.upstream = upstream
        self.journal = journal
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = False
        super().__init__((LOOPBACK, 0), _Handler)

    @contextlib.contextmanager
    def kept_in_sight(self, connection: socket.socket) -> Iterator[None]:
        """Have `hang_up` end this connection."""
        with self._lock:
            self._open.add(connection)
            if self._closing:
                _end_reading(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)

    def hang_up(self) -> None:
        """Wake every thread that waits for the process to speak, or for news of a watch."""
        with self._lock:
            self._closing = True
            for connection in self._open:
                _end_reading(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a process that went away in the middle of a call: that is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    """Passes the calls of one connection on, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = self.server.upstream.connect()

    def handle(self) -> None:
        with self.server.kept_in_sight(self.connection), contextlib.suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        self._upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def handle_expect_100(self) -> bool:
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def log_message(self, *_: Any) -> None:
        """Stay quiet: the journal knows."""

    def _pass_on(self) -> None:
        self.close_connection = True  # unless all goes well
        body = self._body()
        call = self._call(body)
        journal = self.server.journal
        try:
            journal.arrived(call)
        except DroppedError:
            return
        try:
            if self._upstream.sock is None:
                self._upstream.connect()
            line = self._upstream.sock
            answer = send(self._upstream, self.command, self.path, self.headers.items(), body)
            if call.watch:
                self._stream(call, answer, line)
            else:
                self._hand_back(call, answer)
        except (DroppedError, OSError, http.client.HTTPException):
            # No answer here means no answer there.
            self._upstream.close()
        finally:
            journal.over(call)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815 - the names that http.server looks for

    def _call(self, body: bytes) -> Call:
        signed = _SIGNED_FOR.search(self.headers.get("Authorization", ""))
        asked = parse_qs(urlsplit(self.path).query).get("watch", [""])[-1]
        return Call(
            ordinal=0,
            upstream=self.server.name,
            method=self.command,
            target=self.path,
            service=signed.group(1) if signed else "",
            watch=asked.lower() in {"true", "1"},
            operation=self._operation(body),
        )

    def _operation(self, body: bytes) -> str:
        if target := self.headers.get("X-Amz-Target"):
            return str(target).rpartition(".")[2]
        form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        action = _ACTION.search(body) if form else None
        return action[1].decode() if action else ""

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # a trailer, which is not passed on
        return b"".join(pieces)

    def _hand_back(self, call: Call, answer: http.client.HTTPResponse) -> None:
        content = answer.read()
        self.server.journal.answered(call, answer.status)
        self._head(answer)
        if self.command == "HEAD":
            if length := answer.getheader("Content-Length"):
                self.send_header("Content-Length", length)
        elif answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        self.close_connection = self.headers.get("Connection", "").lower() == "close"

    def _stream(self, call: Call, answer: http.client.HTTPResponse, line: socket.socket) -> None:
        line.settimeout(None)  # a watch may have no news for long
        self.server.journal.answered(call, answer.status)
        self._head(answer)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        with self.server.kept_in_sight(line):
            while piece := answer.read1(_PIECE):
                self._chunk(piece)
        self._chunk(b"")
        self._upstream.close()

    def _chunk(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def _head(self, answer: http.client.HTTPResponse) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in passed_on(answer.headers.items()):
            if name.lower() != "content-length":
                self.send_header(name, value)


def _end_reading(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
